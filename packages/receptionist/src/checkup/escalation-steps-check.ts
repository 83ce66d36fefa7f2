/** Whether what the tenants' escalation steps name can be used with the settings of this daemon. */
import { type Finding, fine, worrying } from '@receptionist/admin-api';
import type { EscalationChannel, Tenant } from '@receptionist/core';
import type { Config } from '../config.ts';
import { some } from './some.ts';

type Settings = Pick<Config, 'SLACK_BOT_TOKEN' | 'PAGERDUTY_ROUTING_KEY' | 'TWILIO_PHONE_NUMBER'>;

export interface Means {
  config: Settings;
  /** Whether texts and calls can be paid for by an account that we know the token of. */
  hasAccount: (tenant: Tenant) => boolean;
}

/** A channel that a tenant names, and what is not set for it. */
interface Lack {
  tenant_id: string;
  channel: EscalationChannel;
  setting: string;
}

export function checkEscalationSteps(tenants: readonly Tenant[], means: Means): Finding {
  const lacks = tenants.flatMap((tenant) => lacksOf(tenant, means));
  if (lacks.length === 0) return fine('Every channel that a step names can be used.');
  const bySetting = [...Map.groupBy(lacks, ({ setting }) => setting)];
  const found = bySetting.map(([setting, those]) => {
    const channels = [...new Set(those.map(({ channel }) => channel))].join(', ');
    const named = some([...new Set(those.map(({ tenant_id }) => tenant_id))]);
    return `${setting} is not set, and steps of ${named} name ${channels}.`;
  });
  return worrying(
    found.join(' '),
    'What those steps should tell through it is skipped, or told to the log; other channels and later steps are what is left.',
    `Set ${bySetting.map(([setting]) => setting).join(', ')} at the daemon, or take the channels out of the tenants' escalation.`,
  );
}

function lacksOf(tenant: Tenant, means: Means): Lack[] {
  const { critical, standard } = tenant.escalation;
  const channels = new Set([...critical, ...standard].flatMap(({ notify }) => notify));
  return [...channels].flatMap((channel) => {
    const setting = SETTING_MISSING[channel](tenant, means);
    return setting === null ? [] : [{ tenant_id: tenant.tenant_id, channel, setting }];
  });
}

type Missing = (tenant: Tenant, means: Means) => string | null;

const slack: Missing = (_, { config }) => (config.SLACK_BOT_TOKEN ? null : 'SLACK_BOT_TOKEN');

const phone: Missing = (tenant, { config, hasAccount }) => {
  if (!hasAccount(tenant)) return 'TWILIO_ACCOUNT_SID or its TWILIO_AUTH_TOKEN';
  return config.TWILIO_PHONE_NUMBER || tenant.numbers.length > 0 ? null : 'TWILIO_PHONE_NUMBER';
};

const SETTING_MISSING: Readonly<Record<EscalationChannel, Missing>> = {
  slack,
  slack_mention: slack,
  pagerduty: (_, { config }) => (config.PAGERDUTY_ROUTING_KEY ? null : 'PAGERDUTY_ROUTING_KEY'),
  text: phone,
  call: phone,
};
