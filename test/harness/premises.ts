/** The shipped daemon in a folder of its own, with a Slack of its own: for whoever kills it, floods it or measures it. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type AdminClient, createAdminClient } from '@receptionist/admin-api';
import { type Call, createTwilio } from '@receptionist/simulator/caller';
import { type Slack, startSlack } from '@receptionist/simulator/servers';
import { ACCOUNT_SID, ADMIN_KEY, AUTH_TOKEN, CALLER, SLACK_TOKEN } from './credentials.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { makeDatabase } from './database.ts';

export interface Running extends Daemon {
  /** The admin API as `lex`. */
  admin: AdminClient;
  /** Somebody dials Northside; resolves when the greeting was heard. */
  ring(): Promise<Call>;
}

export interface Premises {
  slack: Slack;
  /** Each time on the same database. */
  start(settings?: Record<string, string>): Promise<Running>;
  /** Kills what still runs, and leaves nothing behind. */
  close(): Promise<void>;
}

export async function openPremises(): Promise<Premises> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'premises-'));
  const database = await makeDatabase();
  const slack = await startSlack({
    token: SLACK_TOKEN,
    channels: [{ id: 'C0HUMAN', name: 'human-fallback', member: true }],
  });
  const daemons: Daemon[] = [];
  return {
    slack,
    async start(settings = {}) {
      const daemon = await startDaemon(folder, {
        APP_ENV: 'test',
        DATABASE_URL: database.url,
        ADMIN_PRIVATE_KEY: ADMIN_KEY,
        TWILIO_ACCOUNT_SID: ACCOUNT_SID,
        TWILIO_AUTH_TOKEN: AUTH_TOKEN,
        SLACK_BOT_TOKEN: SLACK_TOKEN,
        SLACK_SIGNING_SECRET: 'a-signing-secret',
        SLACK_API_URL: slack.url,
        ...settings,
      });
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
  const twilio = createTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    voiceUrl: `${url}/twilio/webhook`,
  });
  return {
    ...daemon,
    admin: createAdminClient({ baseUrl: url, key: ADMIN_KEY, user: 'lex', timeoutMs: 10_000 }),
    ring: () => twilio.placeCall({ from: CALLER, to: '+15005550006' }),
  };
}
