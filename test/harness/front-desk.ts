/**
 * The whole product in one process, for stories: the real daemon on a real database, a Twilio that calls it, a Slack that
 * it posts to, an operator with a token, and a clock that only moves when the story says so.
 *
 * What was posted or sent and not read by the story fails it, and so does a line at error level that it did not expect.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type AdminClient, createAdminClient, ROUTES } from '@receptionist/admin-api';
import type { Entry, EntryWithHistory, OnCall, Tenant } from '@receptionist/core';
import {
  type Call,
  createSwitchboard,
  createTwilio,
  type TextThread,
  type ThreadOptions,
  type TwilioOptions,
} from '@receptionist/simulator/caller';
import {
  type Model,
  type ModelOptions,
  type PagerDuty,
  type PagerDutyIncident,
  type Slack,
  type SlackMessage,
  type SlackOptions,
  startModel,
  startPagerDuty,
  startSlack,
  startTwilioRest,
  type TwilioMessage,
  type TwilioRest,
  type TwilioRestOptions,
} from '@receptionist/simulator/servers';
import type { Store } from '@receptionist/store';
import { createLog, type Receptionist, readConfig, startReceptionist } from 'receptionistd';
import { expect, onTestFinished } from 'vitest';
import { type Clock, createClock } from './clock.ts';
import {
  ACCOUNT_SID,
  ADMIN_KEY,
  AUTH_TOKEN,
  CALLER,
  PAGERDUTY_ROUTING_KEY,
  PAGERDUTY_WEBHOOK_SECRET,
  SLACK_SIGNING_SECRET,
  SLACK_TOKEN,
} from './credentials.ts';
import { makeDatabase, tenancy } from './database.ts';
import { northside } from './tenants.ts';

export { ACCOUNT_SID, ADMIN_KEY, AUTH_TOKEN, CALLER, SLACK_TOKEN };

const MODEL = 'gpt-5-mini';
export const MODEL_KEY = 'sk-stories-0123456789abcdef';

export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

export interface FrontDesk {
  /** Where the daemon listens. */
  url: string;
  clock: Clock;
  slack: Slack;
  /** There where the story asked for one. */
  model: Model | null;
  /** There where the story asked for one. */
  pagerDuty: PagerDuty | null;
  /** Twilio's REST API, which texts and calls of ours are made through. */
  twilioRest: TwilioRest;
  store: Store;
  /** The admin API as `lex`. */
  admin: AdminClient;
  log: readonly LogLine[];
  /** Somebody dials the tenant; resolves when the greeting was heard. */
  ring(from?: string, to?: string): Promise<Call>;
  /** Somebody writes to the tenant; nothing is sent yet. */
  text(thread?: Partial<ThreadOptions>): TextThread;
  /** The engine finishes whole cycles until nothing is left to do at this moment. */
  settle(): Promise<void>;
  /** What the story has not read yet of what stands in the channels, replies in threads left out, after the engine has settled. */
  alerts(): Promise<SlackMessage[]>;
  /** The texts that the story has not read yet, once each has come to its end. */
  sentTexts(): Promise<TwilioMessage[]>;
  /** The calls of ours that the story has not read yet, once each has come to its end. */
  placedCalls(): Promise<Call[]>;
  /** The incidents that paged somebody, and that the story has not read yet. */
  pages(): Promise<PagerDutyIncident[]>;
  /** Those that are not resolved, most urgent first. */
  entries(): Promise<Entry[]>;
  entry(entry_id: string): Promise<EntryWithHistory>;
  /** What Slack refuses in words that fit is part of the story. */
  expectRefusals(words: RegExp): void;
  /** Lines at error level whose message fits are part of the story. */
  expectErrors(message: RegExp): void;
  /** Stop the daemon in order and start it again on the same database. */
  restart(): Promise<void>;
}

export interface FrontDeskOptions {
  tenants?: Tenant[];
  /** Without it alerts go to the log channel. */
  slackToken?: string | null;
  settings?: Record<string, string>;
  twilio?: Partial<TwilioOptions>;
  twilioRest?: Partial<TwilioRestOptions>;
  /** Who picks up when we call, or a `<Dial>` does; the others do not answer. */
  phones?: TwilioRestOptions['phones'];
  /** Nobody if left out. */
  onCall?: OnCall;
  slack?: Partial<SlackOptions>;
  /** Incidents can be opened in a PagerDuty. */
  pagerduty?: boolean;
  /** A language model is asked. */
  model?: Pick<ModelOptions, 'answer'> & { provider?: 'openai' | 'anthropic' | 'openai-compatible' };
}

export async function openFrontDesk(options: FrontDeskOptions = {}): Promise<FrontDesk> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'front-desk-'));
  const database = await makeDatabase();
  const clock = createClock();
  const slack = await startSlack({
    token: SLACK_TOKEN,
    channels: [{ id: 'C0HUMAN', name: 'human-fallback', member: true }],
    interactivity: { url: () => `${daemon.url}/slack/interactions`, signingSecret: SLACK_SIGNING_SECRET },
    now: () => clock.now().getTime(),
    ...options.slack,
  });
  const switchboard = createSwitchboard();
  const twilioRest = await startTwilioRest({
    switchboard,
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    numbers: ['+15005550006'],
    phones: options.phones ?? {},
    now: () => clock.now().getTime(),
    ...options.twilioRest,
  });
  const pagerDuty = options.pagerduty
    ? await startPagerDuty({
        routingKey: PAGERDUTY_ROUTING_KEY,
        webhook: { url: () => `${daemon.url}/pagerduty/webhook`, secret: PAGERDUTY_WEBHOOK_SECRET },
        now: () => clock.now().getTime(),
      })
    : null;
  const model = options.model
    ? await startModel({ key: MODEL_KEY, models: [MODEL], ...options.model })
    : null;
  const incoming: Call[] = [];
  const log: LogLine[] = [];
  const expectedErrors: RegExp[] = [];
  const expectedRefusals: RegExp[] = [];
  const unread = {
    alerts: unreadOf(() => slack.posts.filter(({ thread_ts, broadcast }) => !thread_ts || broadcast)),
    texts: unreadOf(() => twilioRest.messages),
    calls: unreadOf(() => twilioRest.outgoing),
    pages: unreadOf(() => pagerDuty?.pages ?? []),
  };
  let daemon = await start();
  const admin = createAdminClient({
    baseUrl: daemon.url,
    key: ADMIN_KEY,
    user: 'lex',
    timeoutMs: 5_000,
    now: () => clock.now(),
  });

  async function start(port = '0'): Promise<Receptionist> {
    const config = readConfig({
      environment: {
        APP_ENV: 'test',
        PORT: port,
        DATABASE_URL: database.url,
        TENANCY: tenancy,
        ADMIN_PRIVATE_KEY: ADMIN_KEY,
        TWILIO_ACCOUNT_SID: ACCOUNT_SID,
        TWILIO_AUTH_TOKEN: AUTH_TOKEN,
        TWILIO_API_URL: twilioRest.url,
        SLACK_API_URL: slack.url,
        ...(model
          ? {
              LLM_PROVIDER: options.model?.provider ?? 'openai',
              LLM_MODEL: MODEL,
              LLM_API_KEY: MODEL_KEY,
              LLM_BASE_URL: model.url,
            }
          : {}),
        ...(options.slackToken === null
          ? {}
          : { SLACK_BOT_TOKEN: options.slackToken ?? SLACK_TOKEN, SLACK_SIGNING_SECRET }),
        ...(pagerDuty
          ? { PAGERDUTY_ROUTING_KEY, PAGERDUTY_WEBHOOK_SECRET, PAGERDUTY_API_URL: pagerDuty.url }
          : {}),
        ...options.settings,
      },
      directory: folder,
    });
    const write = (line: string) => log.push(JSON.parse(line) as LogLine);
    return startReceptionist({
      config,
      log: createLog({ level: 'info', secrets: [], write }),
      now: clock.now,
    });
  }

  /** Rings that came during a cycle are answered by the next one: two cycles leave nothing. */
  async function settle(): Promise<void> {
    const reports = countReports();
    await daemon.engine?.finishCycle();
    await daemon.engine?.finishCycle();
    await twilioRest.settled();
    await pagerDuty?.settled();
    // What became of a text, a call or an incident may be for a person.
    if (countReports() > reports) await settle();
  }

  /** What Twilio and PagerDuty have told or asked us, on our calls and on those that they reach. */
  function countReports(): number {
    const asked = [...incoming, ...twilioRest.outgoing].map(({ requests }) => requests.length);
    const told = twilioRest.callbacks.length + (pagerDuty?.webhooks.length ?? 0);
    return asked.reduce((sum, requests) => sum + requests, told);
  }

  async function readSettled<T>(reader: Unread<T>): Promise<T[]> {
    await settle();
    return reader.take();
  }

  const twilio = () =>
    createTwilio({
      switchboard,
      accountSid: ACCOUNT_SID,
      authToken: AUTH_TOKEN,
      voiceUrl: `${daemon.url}/twilio/webhook`,
      statusCallbackUrl: `${daemon.url}/twilio/status/call`,
      messageUrl: `${daemon.url}/twilio/webhook`,
      ...options.twilio,
    });

  onTestFinished(async () => {
    await settle();
    await daemon.stop();
    await slack.close();
    await twilioRest.close();
    await pagerDuty?.close();
    await model?.close();
    await database.remove();
    await rm(folder, { recursive: true });
    const posts = unread.alerts.take().map(({ text }) => text);
    expect(posts, 'posts that the story does not tell of').toEqual([]);
    const texts = unread.texts.take().map(({ to, body }) => `${to}: ${body}`);
    expect(texts, 'texts that the story does not tell of').toEqual([]);
    const calls = unread.calls.take().map(({ to, status }) => `${to}: ${status}`);
    expect(calls, 'calls of ours that the story does not tell of').toEqual([]);
    const pages = unread.pages.take().map(({ title }) => title);
    expect(pages, 'incidents that the story does not tell of').toEqual([]);
    expect(twilioRest.unexpected(), 'what Twilio refused, and the story did not ask for').toEqual([]);
    expect(pagerDuty?.unexpected() ?? [], 'what PagerDuty refused, or we did not take from it').toEqual([]);
    expect(model?.unexpected() ?? [], 'what the model could not take').toEqual([]);
    const refusals = slack.unexpected().filter((words) => !expectedRefusals.some((fits) => fits.test(words)));
    expect(refusals, 'what Slack refused, and the story does not tell of').toEqual([]);
    const errors = log.filter(
      ({ level, msg }) => level === 'error' && !expectedErrors.some((fits) => fits.test(msg)),
    );
    expect(errors, 'errors in the log that the story does not tell of').toEqual([]);
  });

  for (const tenant of options.tenants ?? [northside()])
    await admin.call(ROUTES.createTenant, { body: tenant });
  if (options.onCall) await admin.call(ROUTES.putOnCall, { body: options.onCall });

  return {
    get url() {
      return daemon.url;
    },
    get store() {
      return daemon.store;
    },
    clock,
    slack,
    model,
    pagerDuty,
    twilioRest,
    admin,
    log,
    async ring(from = CALLER, to = '+15005550006') {
      const call = await twilio().placeCall({ from, to });
      incoming.push(call);
      return call;
    },
    text: (thread) => twilio().openTexts({ from: CALLER, to: '+15005550006', ...thread }),
    settle,
    alerts: () => readSettled(unread.alerts),
    sentTexts: () => readSettled(unread.texts),
    placedCalls: () => readSettled(unread.calls),
    pages: () => readSettled(unread.pages),
    async entries() {
      await settle();
      return (await admin.all(ROUTES.listEntries, {})).items;
    },
    entry: (entry_id) => admin.call(ROUTES.getEntry, { params: { entry_id } }) as Promise<EntryWithHistory>,
    expectRefusals: (words) => void expectedRefusals.push(words),
    expectErrors: (message) => void expectedErrors.push(message),
    async restart() {
      const { port } = new URL(daemon.url);
      await daemon.stop();
      daemon = await start(port);
    },
  };
}

interface Unread<T> {
  /** What came since the last time. */
  take(): T[];
}

function unreadOf<T>(all: () => readonly T[]): Unread<T> {
  let read = 0;
  return {
    take() {
      const fresh = all().slice(read);
      read += fresh.length;
      return fresh;
    },
  };
}
