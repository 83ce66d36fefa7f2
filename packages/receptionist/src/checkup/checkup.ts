/** What `adminctl doctor` cannot see from outside: the daemon looks at itself and at what it depends on. */
import {
  DAEMON_CHECKS,
  type DaemonCheck,
  type DaemonStatus,
  type Finding,
  fine,
  skipped,
  worrying,
  wrong,
} from '@receptionist/admin-api';
import { isPlaceholder, type Tenant } from '@receptionist/core';
import type { Store } from '@receptionist/store';
import type { Config } from '../config.ts';
import type { Readiness } from '../http/readiness.ts';
import type { ModelSettings } from '../models/ai-sdk.ts';
import { version } from '../version.ts';
import { checkEscalationSteps } from './escalation-steps-check.ts';
import { readKept } from './kept.ts';
import { checkModels } from './model-check.ts';
import { checkOnCall } from './on-call-check.ts';
import { slackChannels } from './slack-channels.ts';
import { checkSlack, type SlackSettings } from './slack-check.ts';

export function createCheckup({
  config,
  models,
  publicUrl,
  store,
  readiness,
  hasAccount,
}: {
  config: Config;
  models: readonly ModelSettings[];
  publicUrl: string;
  store: Store;
  readiness: () => Promise<Readiness>;
  /** Whether we have a Twilio account to text and call with for a tenant. */
  hasAccount: (tenant: Tenant) => boolean;
}): () => Promise<DaemonStatus> {
  const slack: SlackSettings = {
    token: config.SLACK_BOT_TOKEN,
    signingSecret: config.SLACK_SIGNING_SECRET,
    apiUrl: config.SLACK_API_URL,
  };
  return async () => {
    const kept = await readKept(store);
    const [{ parts }, ofSlack, model] = await Promise.all([
      readiness(),
      checkSlack(slack, slackChannels(kept?.tenants ?? [], config.SLACK_CHANNEL)),
      checkModels(models),
    ]);
    const findings: Record<DaemonCheck, Finding> = {
      database: partFinding(parts['database'], DATABASE),
      migrations: partFinding(parts['migrations'], MIGRATIONS),
      escalation_engine: partFinding(parts['escalation_engine'], ENGINE),
      ...ofSlack,
      twilio_token: checkTwilioToken(config),
      model,
      escalation_steps: kept ? checkEscalationSteps(kept.tenants, { config, hasAccount }) : NOT_READ,
      on_call: kept ? checkOnCall(kept) : NOT_READ,
    };
    const checks = DAEMON_CHECKS.map((name) => ({ name, ...findings[name] }));
    return { version, app_env: config.APP_ENV, public_url: publicUrl, checks };
  };
}

const NOT_READ = skipped('Not looked at: the database cannot be read.');

interface PartWords {
  well: string;
  meaning: string;
  fix: string;
}

const DATABASE: PartWords = {
  well: 'It answers.',
  meaning: 'Callers hear an apology, and nothing they say can be kept.',
  fix: 'Is it running, may the daemon read and write it, is the disk full? docs/operations.md, "What to watch".',
};
const MIGRATIONS: PartWords = {
  well: 'Nothing is pending.',
  meaning: 'The program is newer than the schema: requests that need what is missing fail.',
  fix: 'Run: adminctl migrate up',
};
const ENGINE: PartWords = {
  well: 'Its last full cycle is recent.',
  meaning: 'Alerts may not leave; their rows wait safely.',
  fix: "Read the daemon's log: it names the step that fails. A daemon that has just started needs a second.",
};

/** A daemon with the role `web` has no engine. */
function partFinding(said: string | undefined, { well, meaning, fix }: PartWords): Finding {
  if (said === undefined) return skipped('That is the part of another daemon: this one has another role.');
  return said === 'ok' ? fine(well) : wrong(said, meaning, fix);
}

const COPY_TOKEN =
  "Copy the primary auth token from the first page of Twilio's console into TWILIO_AUTH_TOKEN at the daemon, and restart it.";

function checkTwilioToken(config: Config): Finding {
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token, TWILIO_ACCOUNTS: accounts } = config;
  const refused = 'The daemon refuses every call and text with 403.';
  if (token && isPlaceholder(token)) return wrong('TWILIO_AUTH_TOKEN is a placeholder.', refused, COPY_TOKEN);
  if (!token && !accounts) return wrong('The daemon has no TWILIO_AUTH_TOKEN.', refused, COPY_TOKEN);
  if (sid || accounts) return fine('The daemon has one, and its account.');
  return worrying(
    'The daemon has a TWILIO_AUTH_TOKEN, and no TWILIO_ACCOUNT_SID.',
    'Calls and texts are answered; it cannot send texts by itself.',
    'Set TWILIO_ACCOUNT_SID at the daemon too.',
  );
}
