/** The shipped daemon in a folder of its own, with a Slack of its own: for whoever kills it, floods it or measures it. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type AdminClient, createAdminClient } from '@receptionist/admin-api';
import { type Call, createTwilio, type TextThread } from '@receptionist/simulator/caller';
import { type Slack, type SlackOptions, startSlack } from '@receptionist/simulator/servers';
import type { TestDatabase } from '@receptionist/store/test-databases';
import {
  ACCOUNT_SID,
  ADMIN_KEY,
  AUTH_TOKEN,
  CALLER,
  SLACK_SIGNING_SECRET,
  SLACK_TOKEN,
} from './credentials.ts';
import { type Daemon, type Program, startDaemon } from './daemon.ts';
import { makeDatabase, tenancy } from './database.ts';

const NORTHSIDE = '+15005550006';

export interface Running extends Daemon {
  /** The admin API as `lex`. */
  admin: AdminClient;
  adminAs(user: string): AdminClient;
  /** Somebody dials a tenant; resolves when the greeting was heard. */
  ring(from?: string, to?: string): Promise<Call>;
  /** Somebody writes to Northside; nothing is sent yet. */
  text(from: string): TextThread;
}

export interface Premises {
  /** Of the database that every daemon here is on, unless its settings name another. */
  databaseUrl: string;
  /** A press is told to the daemon that was started last. */
  slack: Slack;
  /** `program`: in place of the one that is shipped. */
  start(settings?: Record<string, string>, program?: Program): Promise<Running>;
  /** Kills what still runs, and leaves nothing behind. */
  close(): Promise<void>;
}

export interface PremisesOptions {
  /** In place of one of the kind that this run of the tests is on. Removed in the end. */
  database?: TestDatabase;
  slack?: Partial<SlackOptions>;
}

export async function openPremises(options: PremisesOptions = {}): Promise<Premises> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'premises-'));
  const database = options.database ?? (await makeDatabase());
  const daemons: Daemon[] = [];
  const slack = await startSlack({
    token: SLACK_TOKEN,
    channels: [{ id: 'C0HUMAN', name: 'human-fallback', member: true }],
    interactivity: {
      url: () => `${daemons.at(-1)?.url}/slack/interactions`,
      signingSecret: SLACK_SIGNING_SECRET,
    },
    ...options.slack,
  });
  return {
    databaseUrl: database.url,
    slack,
    async start(settings = {}, program) {
      const all = {
        APP_ENV: 'test',
        DATABASE_URL: database.url,
        TENANCY: tenancy,
        ADMIN_PRIVATE_KEY: ADMIN_KEY,
        TWILIO_ACCOUNT_SID: ACCOUNT_SID,
        TWILIO_AUTH_TOKEN: AUTH_TOKEN,
        SLACK_BOT_TOKEN: SLACK_TOKEN,
        SLACK_SIGNING_SECRET,
        SLACK_API_URL: slack.url,
        ...settings,
      };
      const daemon = await startDaemon(folder, all, program);
      daemons.push(daemon);
      return withPeople(daemon);
    },
    async close() {
      await Promise.all(daemons.map((daemon) => daemon.kill()));
      await slack.close();
      await database.remove();
      await rm(folder, { recursive: true });
    },
  };
}

function withPeople(daemon: Daemon): Running {
  const { url } = daemon;
  const webhook = `${url}/twilio/webhook`;
  const twilio = createTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    voiceUrl: webhook,
    messageUrl: webhook,
  });
  const adminAs = (user: string) =>
    createAdminClient({ baseUrl: url, key: ADMIN_KEY, user, timeoutMs: 10_000 });
  return {
    ...daemon,
    admin: adminAs('lex'),
    adminAs,
    ring: (from = CALLER, to = NORTHSIDE) => twilio.placeCall({ from, to }),
    text: (from) => twilio.openTexts({ from, to: NORTHSIDE }),
  };
}
