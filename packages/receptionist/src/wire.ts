/** Puts the parts together: the only place that knows which vendors there are. */
import type { Store } from '@receptionist/store';
import type { Express } from 'express';
import { createAdminRouter } from './admin/router.ts';
import type { Config } from './config.ts';
import { createConversations } from './conversation/conversations.ts';
import { createEscalationEngine, type EscalationEngine } from './escalation/engine.ts';
import { silentWake } from './escalation/wake.ts';
import { createApp } from './http/app.ts';
import { metricsPage } from './http/metrics-page.ts';
import { createReadiness } from './http/readiness.ts';
import { createLogNotifier } from './notify/log.ts';
import type { Notifiers } from './notify/notifier.ts';
import { createSlackNotifier } from './notify/slack.ts';
import type { Log } from './observability/log.ts';
import { createMetrics } from './observability/metrics.ts';
import { createTwilioRouter } from './webhooks/twilio-router.ts';
import { createTwilioTelephony, type TwilioCredentials } from './webhooks/twilio-telephony.ts';

/** `web` answers requests, `worker` runs the escalation engine, `all` does both. */
export const ROLES = ['all', 'web', 'worker'] as const;
export type Role = (typeof ROLES)[number];

export interface Wiring {
  config: Config;
  role: Role;
  store: Store;
  /** As Twilio knows it, without a slash at the end. */
  publicUrl: string;
  now: () => Date;
  log: Log;
}

export function wire({ config, role, store, publicUrl, now, log }: Wiring): {
  app: Express;
  engine: EscalationEngine | null;
} {
  const metrics = createMetrics();
  const notifiers = createNotifiers(config, log);
  const alertChannel = 'slack' in notifiers ? 'slack' : 'log';
  const engine =
    role === 'web' ? null : createEscalationEngine({ store, notifiers, alertChannel, log, metrics });
  const wake = engine ?? silentWake;
  const telephony = createTwilioTelephony({ publicUrl, credentials: twilioCredentials(config) });
  const conversations = createConversations({ store, log, metrics, wake });
  const allowSimulated = config.APP_ENV !== 'production';
  const routers = {
    '/twilio': createTwilioRouter({ telephony, store, conversations, allowSimulated, log, metrics }),
    '/admin': createAdminRouter({ store, keys: adminKeys(config), now, log, wake }),
  };
  const app = createApp({
    log,
    metrics,
    trustProxy: config.TRUST_PROXY,
    readiness: createReadiness({ store, engine }),
    metricsPage: metricsPage({ store, engine, metrics }),
    routers: role === 'worker' ? {} : routers,
  });
  return { app, engine };
}

function createNotifiers(config: Config, log: Log): Notifiers {
  const runbook = config.RUNBOOK_URL ?? 'docs/runbook.md';
  const toLog = createLogNotifier({ log, runbook });
  const { SLACK_BOT_TOKEN: token, SLACK_API_URL: apiUrl, SLACK_CHANNEL: channel } = config;
  if (!token) return { log: toLog };
  return { log: toLog, slack: createSlackNotifier({ token, apiUrl, channel, runbook }) };
}

function twilioCredentials(config: Config): TwilioCredentials {
  const tokens = [config.TWILIO_AUTH_TOKEN, config.TWILIO_AUTH_TOKEN_PREVIOUS];
  return {
    accountSid: config.TWILIO_ACCOUNT_SID,
    authTokens: tokens.filter((token) => token !== undefined),
    accounts: config.TWILIO_ACCOUNTS ?? new Map(),
  };
}

function adminKeys({ ADMIN_PRIVATE_KEY: current, ADMIN_PRIVATE_KEY_PREVIOUS: previous }: Config) {
  return current === undefined ? null : { current, previous: previous ?? null };
}
