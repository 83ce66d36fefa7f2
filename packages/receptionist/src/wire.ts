/** Puts the parts together: the only place that knows which vendors there are. */
import type { Tenant, Ways } from '@receptionist/core';
import type { Store } from '@receptionist/store';
import type { Express } from 'express';
import { createAdminRouter } from './admin/router.ts';
import { createEntryStream, type EntryStream } from './admin/stream.ts';
import { createCheckup } from './checkup/checkup.ts';
import type { Config } from './config.ts';
import { createAnnouncer } from './conversation/announcer.ts';
import { createConversations } from './conversation/conversations.ts';
import { createComplaints } from './escalation/complaints.ts';
import { type Chore, createEscalationEngine, type EscalationEngine } from './escalation/engine.ts';
import { every } from './escalation/every.ts';
import { createHandOffs } from './escalation/hand-offs.ts';
import { createHeartbeat } from './escalation/heartbeat.ts';
import type { RedisWake } from './escalation/redis-wake.ts';
import { createSelfCheck } from './escalation/self-check.ts';
import { createSend } from './escalation/send.ts';
import type { Wake } from './escalation/wake.ts';
import type { FlagCache } from './flags/cache.ts';
import { createDuePlans } from './flags/due-plans.ts';
import { createFlagReader, type FlagReader } from './flags/reader.ts';
import { createRolloutGuard } from './flags/rollout-guard.ts';
import { createLegs } from './hand-off/legs.ts';
import { createTellHandOff } from './hand-off/news.ts';
import { createRooms } from './hand-off/rooms.ts';
import { createApp } from './http/app.ts';
import { metricsPage } from './http/metrics-page.ts';
import { createReadiness } from './http/readiness.ts';
import { createReplayer } from './learning/replayer.ts';
import { createAiSdkModel, type ModelSettings } from './models/ai-sdk.ts';
import { createModelLine } from './models/line.ts';
import { createLogAlerter } from './notify/log.ts';
import type { Notifiers } from './notify/notifier.ts';
import { createPagerDuty } from './notify/pagerduty.ts';
import { createCallAlerter, createTextAlerter } from './notify/phone.ts';
import { createSlackTeller } from './notify/slack.ts';
import type { Log } from './observability/log.ts';
import { createMetrics } from './observability/metrics.ts';
import { createTextOutbox } from './texts/outbox.ts';
import {
  createTwilioCallChanger,
  createTwilioCaller,
  createTwilioCallReader,
  createTwilioSender,
  type TwilioAccount,
} from './texts/twilio-rest.ts';
import { createAlertCalls } from './webhooks/alert-calls.ts';
import type { AlertLine } from './webhooks/alert-line.ts';
import { createHandOffRoutes } from './webhooks/hand-off-routes.ts';
import { createPagerDutyRouter } from './webhooks/pagerduty-router.ts';
import { createSlackRouter } from './webhooks/slack-router.ts';
import { createTwilioAlertLine } from './webhooks/twilio-alert-line.ts';
import { createTwilioHandOffLine } from './webhooks/twilio-hand-off-line.ts';
import { createTwilioMessaging } from './webhooks/twilio-messaging.ts';
import { createTwilioRouter } from './webhooks/twilio-router.ts';
import { createTwilioTelephony, type TwilioCredentials } from './webhooks/twilio-telephony.ts';

/** `web` answers requests, `worker` runs the escalation engine, `all` does both. */
export const ROLES = ['all', 'web', 'worker'] as const;
export type Role = (typeof ROLES)[number];

const MINUTE_MS = 60_000;
const ROLLOUTS_EVERY_MS = 10_000;

export interface Wiring {
  config: Config;
  role: Role;
  store: Store;
  /** Rings the engines of all daemons; null: each looks by itself. */
  redisWake: RedisWake | null;
  /** Null: flags are kept in this process alone. */
  flagCache: FlagCache | null;
  /** As Twilio knows it, without a slash at the end. */
  publicUrl: string;
  now: () => Date;
  /** Ms, from any beginning; never goes back. */
  elapsed: () => number;
  log: Log;
}

export function wire({ config, role, store, redisWake, flagCache, publicUrl, now, elapsed, log }: Wiring): {
  app: Express;
  flags: FlagReader;
  engine: EscalationEngine | null;
  entryStream: EntryStream;
} {
  const metrics = createMetrics();
  const runbook = config.RUNBOOK_URL ?? 'docs/runbook.md';
  const accountOf = createAccounts(config);
  const hasAccount = (tenant: Tenant) => accountOf(tenant) !== null;
  const alertLine = createTwilioAlertLine({ publicUrl });
  const notifiers = createNotifiers({ config, runbook, accountOf, alertLine, log });
  const ways: Ways = {
    slack: notifiers.slack ? { channel: config.SLACK_CHANNEL } : null,
    pagerduty: notifiers.pagerduty !== null,
    phone: notifiers.call !== null,
  };
  // The engine does what conversations leave to do, and is rung by them.
  const wake: Wake = {
    ring(kind, id) {
      engine?.ring();
      entryStream.ring();
      redisWake?.ring(kind, id);
    },
  };
  const entryStream = createEntryStream({ store, log });
  const announce = createAnnouncer({ log, metrics, wake });
  const flags = createFlagReader({ ...{ store, now, elapsed, log, metrics }, cache: flagCache });
  const models = modelSettings(config);
  const modelLine = createModelLine({ models: models.map(createAiSdkModel), log, metrics });
  const conversations = createConversations({
    store,
    flags,
    models: modelLine,
    canText: hasAccount,
    canCall: hasAccount,
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
  const handOffLine = createTwilioHandOffLine({ publicUrl });
  const tellHandOff = createTellHandOff({ store, wake, log, metrics });
  const handOffs = createHandOffs({
    ...{ store, ways, accountOf, wake, log },
    placeCall: createTwilioCaller({ apiUrl: config.TWILIO_API_URL }),
    changeCall: createTwilioCallChanger({ apiUrl: config.TWILIO_API_URL }),
    lookUpCall: createTwilioCallReader({ apiUrl: config.TWILIO_API_URL }),
    endCall: conversations.endCall,
    line: handOffLine,
    tell: tellHandOff,
  });
  const selfCheck = createSelfCheck({ store, log, metrics });
  const complain = createComplaints({ store, ways, means: { config, hasAccount }, metrics });
  const chores: Record<string, Chore> = {
    texts: outbox.sendDue,
    hand_offs: handOffs,
    silence: conversations.endSilentThreads,
    forgetting: every(10 * MINUTE_MS, (at) => store.transact((tx) => tx.forgetExpired(at))),
    next_actions: every(MINUTE_MS, selfCheck.check),
    complaints: every(10 * MINUTE_MS, complain),
    rollouts: every(ROLLOUTS_EVERY_MS, createRolloutGuard({ store, flags, ways, log, metrics })),
    // Else those who follow entries after a long time would wait until all of that time is numbered.
    events: every(MINUTE_MS, () => store.transact((tx) => tx.numberEvents())),
    plans: every(ROLLOUTS_EVERY_MS, createDuePlans({ store, flags, log })),
    ...(config.HEARTBEAT_URL ? { heartbeat: every(MINUTE_MS, heartbeat(config.HEARTBEAT_URL)) } : {}),
  };
  const engine: EscalationEngine | null =
    role === 'web'
      ? null
      : createEscalationEngine({
          ...{ store, ways, chores, log, metrics },
          send: createSend({ store, notifiers, log, metrics }),
          isSwept: () => redisWake?.isRinging() ?? false,
        });
  if (engine) redisWake?.listen(engine.ring);
  const readiness = createReadiness({ store, engine, selfCheck });
  const routers = {
    '/twilio': createTwilioRouter({
      telephony,
      messaging,
      alertLine,
      alertCalls: createAlertCalls({ store, wake, log }),
      handOffRoutes: createHandOffRoutes({
        line: handOffLine,
        legs: createLegs({ store, tell: tellHandOff, log }),
        rooms: createRooms({ store, tell: tellHandOff }),
        log,
      }),
      store,
      conversations,
      allowSimulated: config.APP_ENV !== 'production',
      log,
      metrics,
    }),
    '/slack': createSlackRouter({
      ...{ store, runbook, wake, log, metrics, now },
      signingSecret: config.SLACK_SIGNING_SECRET,
      slack: { token: config.SLACK_BOT_TOKEN ?? '', apiUrl: config.SLACK_API_URL },
    }),
    '/pagerduty': createPagerDutyRouter({
      ...{ store, wake, log, metrics },
      secret: config.PAGERDUTY_WEBHOOK_SECRET,
    }),
    '/admin': createAdminRouter({
      ...{ store, now, log, wake, flagReader: flags },
      canCall: hasAccount,
      keys: adminKeys(config),
      entryStream,
      replay: createReplayer({ flags, models: modelLine, hasAccount }),
      examine: createCheckup({ config, models, publicUrl, store, readiness, hasAccount }),
    }),
  };
  const app = createApp({
    log,
    metrics,
    trustProxy: config.TRUST_PROXY,
    readiness,
    metricsPage: metricsPage({ store, engine, metrics }),
    routers: role === 'worker' ? {} : routers,
  });
  return { app, flags, engine, entryStream };

  function heartbeat(url: string): Chore {
    return createHeartbeat({ url, store, readiness: () => readiness(), log, metrics });
  }
}

function createNotifiers({
  config,
  runbook,
  accountOf,
  alertLine,
  log,
}: {
  config: Config;
  runbook: string;
  accountOf: (tenant: Tenant) => TwilioAccount | null;
  alertLine: AlertLine;
  log: Log;
}): Notifiers {
  const { SLACK_BOT_TOKEN: token, PAGERDUTY_ROUTING_KEY: routingKey, TWILIO_API_URL: twilioUrl } = config;
  const telephone = { accountOf, phoneNumber: config.TWILIO_PHONE_NUMBER };
  const hasPhone = (config.TWILIO_ACCOUNT_SID && config.TWILIO_AUTH_TOKEN) || config.TWILIO_ACCOUNTS;
  return {
    log: createLogAlerter({ log, runbook }),
    slack: token
      ? createSlackTeller({
          ...{ token, runbook, log },
          apiUrl: config.SLACK_API_URL,
          channel: config.SLACK_CHANNEL,
          interactive: config.SLACK_SIGNING_SECRET !== undefined,
        })
      : null,
    pagerduty: routingKey ? createPagerDuty({ routingKey, runbook, apiUrl: config.PAGERDUTY_API_URL }) : null,
    text: hasPhone
      ? createTextAlerter({ ...telephone, sendText: createTwilioSender({ apiUrl: twilioUrl }) })
      : null,
    call: hasPhone
      ? createCallAlerter({
          ...telephone,
          placeCall: createTwilioCaller({ apiUrl: twilioUrl }),
          line: alertLine,
        })
      : null,
  };
}

function twilioCredentials(config: Config): TwilioCredentials {
  const tokens = [config.TWILIO_AUTH_TOKEN, config.TWILIO_AUTH_TOKEN_PREVIOUS];
  return {
    accountSid: config.TWILIO_ACCOUNT_SID,
    authTokens: tokens.filter((token) => token !== undefined),
    accounts: config.TWILIO_ACCOUNTS ?? new Map(),
  };
}

/** The account that texts and calls of a tenant are made with; null where its token is not known. */
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
