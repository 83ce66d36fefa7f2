/** Puts the parts together: the only place that knows which vendors there are. */
import type { Tenant } from '@receptionist/core';
import type { Store } from '@receptionist/store';
import type { Express } from 'express';
import { createAdminRouter } from './admin/router.ts';
import { createCheckup } from './checkup/checkup.ts';
import type { Config } from './config.ts';
import { createAnnouncer } from './conversation/announcer.ts';
import { createConversations } from './conversation/conversations.ts';
import { createEscalationEngine, type EscalationEngine } from './escalation/engine.ts';
import type { Wake } from './escalation/wake.ts';
import { createApp } from './http/app.ts';
import { metricsPage } from './http/metrics-page.ts';
import { createReadiness } from './http/readiness.ts';
import { createAiSdkModel, type ModelSettings } from './models/ai-sdk.ts';
import { createModelLine } from './models/line.ts';
import { createLogNotifier } from './notify/log.ts';
import type { Notifiers } from './notify/notifier.ts';
import { createSlackNotifier } from './notify/slack.ts';
import type { Log } from './observability/log.ts';
import { createMetrics } from './observability/metrics.ts';
import { createTextOutbox } from './texts/outbox.ts';
import { createTwilioSender, type TwilioAccount } from './texts/twilio-rest.ts';
import { createTwilioMessaging } from './webhooks/twilio-messaging.ts';
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
  // The engine does what conversations leave to do, and is rung by them.
  const wake: Wake = { ring: () => engine?.ring() };
  const announce = createAnnouncer({ log, metrics, wake });
  const accountOf = createAccounts(config);
  const models = modelSettings(config);
  const conversations = createConversations({
    store,
    models: createModelLine({ models: models.map(createAiSdkModel), log, metrics }),
    canText: (tenant) => accountOf(tenant) !== null,
    announce,
    metrics,
    wake,
  });
  const telephony = createTwilioTelephony({ publicUrl, credentials: twilioCredentials(config) });
  const messaging = createTwilioMessaging({ publicUrl });
  const outbox = createTextOutbox({
    store,
    sendText: createTwilioSender({ apiUrl: config.TWILIO_API_URL }),
    accountOf,
    reportUrl: messaging.reportUrl,
    announce,
    log,
    metrics,
  });
  const chores = { texts: outbox.sendDue, silence: conversations.endSilentThreads };
  const engine =
    role === 'web' ? null : createEscalationEngine({ store, notifiers, alertChannel, chores, log, metrics });
  const allowSimulated = config.APP_ENV !== 'production';
  const readiness = createReadiness({ store, engine });
  const examine = createCheckup({ config, models, publicUrl, store, readiness });
  const routers = {
    '/twilio': createTwilioRouter({
      telephony,
      messaging,
      store,
      conversations,
      allowSimulated,
      log,
      metrics,
    }),
    '/admin': createAdminRouter({ store, keys: adminKeys(config), now, log, wake, examine }),
  };
  const app = createApp({
    log,
    metrics,
    trustProxy: config.TRUST_PROXY,
    readiness,
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

/** The account that texts of a tenant are sent from; null where its token is not known. */
function createAccounts(config: Config): (tenant: Tenant) => TwilioAccount | null {
  const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_ACCOUNTS } = config;
  const tokens = new Map(TWILIO_ACCOUNTS);
  if (TWILIO_ACCOUNT_SID && TWILIO_AUTH_TOKEN) tokens.set(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN);
  return ({ twilio_account_sid }) => {
    const sid = twilio_account_sid ?? TWILIO_ACCOUNT_SID;
    const token = sid && tokens.get(sid);
    return sid && token ? { sid, token } : null;
  };
}

/** In the order in which they are asked. */
function modelSettings(config: Config): ModelSettings[] {
  const first = {
    provider: config.LLM_PROVIDER,
    model: config.LLM_MODEL,
    apiKey: config.LLM_API_KEY,
    baseUrl: config.LLM_BASE_URL,
  };
  const next = {
    provider: config.LLM_FALLBACK_PROVIDER,
    model: config.LLM_FALLBACK_MODEL,
    apiKey: config.LLM_FALLBACK_API_KEY,
    baseUrl: config.LLM_FALLBACK_BASE_URL,
  };
  return [first, next].flatMap(({ provider, model, ...access }) =>
    provider && model ? [{ provider, model, ...access }] : [],
  );
}

function adminKeys({ ADMIN_PRIVATE_KEY: current, ADMIN_PRIVATE_KEY_PREVIOUS: previous }: Config) {
  return current === undefined ? null : { current, previous: previous ?? null };
}
