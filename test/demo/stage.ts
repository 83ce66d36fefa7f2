/** What the demo plays on: the shipped programs as processes, a Twilio that calls, a Slack that is posted to. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  type Call,
  type CallEvent,
  type ConversationEvent,
  createTwilio,
  type TextThread,
} from '@receptionist/simulator/caller';
import { type Slack, startSlack, startTwilioRest } from '@receptionist/simulator/servers';
import { execa } from 'execa';
import { ROOT, startDaemon } from '../harness/daemon.ts';
import * as telling from './telling.ts';

const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
const SLACK_TOKEN = 'xoxb-of-the-demo';
const NUMBER = '+15005550006';
/** Texts do not reach it. */
export const LANDLINE = '+14155550188';

export interface Stage {
  url: string;
  slack: Slack;
  /** Somebody dials the tenant; what both say is printed as it is said. */
  ring(from?: string): Promise<Call>;
  /** Somebody writes to the tenant. */
  text(): TextThread;
  /** Run adminctl, and print the command and what it printed. */
  adminctl(...words: string[]): Promise<void>;
  /** Run adminctl for what the demo itself wants to know; answers its stdout. */
  ask(...words: string[]): Promise<string>;
  /** Resolves once Slack has one more post than the last time. */
  nextAlert(): Promise<Slack['posts'][number]>;
  close(): Promise<void>;
  /** How to go on by hand, while the daemon runs. */
  instructions(): string[];
  /** Resolves when somebody presses Ctrl-C. */
  interrupted(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'receptionist-demo-'));
  const slack = await startSlack({
    token: SLACK_TOKEN,
    channels: [{ id: 'C0HUMAN', name: 'human-fallback', member: true }],
  });
  const key = randomBytes(32).toString('base64url');
  const authToken = randomBytes(16).toString('hex');
  const twilioRest = await startTwilioRest({
    accountSid: ACCOUNT_SID,
    authToken,
    numbers: [NUMBER],
    deliveries: { [LANDLINE]: { status: 'undelivered', errorCode: 30006 } },
  });
  const daemon = await startDaemon(folder, {
    APP_ENV: 'local',
    DATABASE_URL: `sqlite:${path.join(folder, 'receptionist.db')}`,
    ADMIN_PRIVATE_KEY: key,
    TWILIO_ACCOUNT_SID: ACCOUNT_SID,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_API_URL: twilioRest.url,
    SLACK_BOT_TOKEN: SLACK_TOKEN,
    SLACK_SIGNING_SECRET: randomBytes(16).toString('hex'),
    SLACK_API_URL: slack.url,
  });
  const { url } = daemon;
  const envFile = path.join(folder, 'adminctl.env');
  const settings = [
    `ADMIN_PRIVATE_KEY=${key}`,
    `ADMIN_API_URL=${url}`,
    'ADMIN_USER=lex',
    `TWILIO_AUTH_TOKEN=${authToken}`,
  ];
  await writeFile(envFile, `${settings.join('\n')}\n`, { mode: 0o600 });
  let alerts = 0;
  const run = (words: string[]) =>
    execa(path.join(ROOT, 'bin/adminctl'), words, {
      env: { ADMINCTL_ENV_FILE: envFile, NO_COLOR: '1', COLUMNS: '96' },
      stdin: 'ignore',
      all: true,
    });

  const twilio = createTwilio({
    accountSid: ACCOUNT_SID,
    authToken,
    voiceUrl: `${url}/twilio/webhook`,
    statusCallbackUrl: `${url}/twilio/status/call`,
    messageUrl: `${url}/twilio/webhook`,
    onEvent: tellSaid,
  });

  return {
    url,
    slack,
    ring: (from = '+14155550123') => twilio.placeCall({ from, to: NUMBER }),
    text: () => twilio.openTexts({ from: '+14155550145', to: NUMBER, onEvent: tellSaid }),
    async adminctl(...words) {
      const { all } = await run(words);
      telling.command(['adminctl', ...words.map(quoted)].join(' '), all);
    },
    ask: async (...words) => (await run(words)).stdout,
    async nextAlert() {
      const deadline = Date.now() + 10_000;
      for (;;) {
        const post = slack.posts[alerts];
        if (post) {
          alerts += 1;
          return post;
        }
        if (Date.now() > deadline)
          throw new Error(`no alert reached Slack within 10 s; the daemon's log:\n${daemon.log.join('\n')}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async close() {
      await daemon.stop();
      await slack.close();
      await twilioRest.close();
      await rm(folder, { recursive: true, force: true });
    },
    instructions: () => [
      `export ADMINCTL_ENV_FILE=${envFile}`,
      'bin/adminctl simulate call --tenant t1     # you are the caller',
      'bin/adminctl fallback                      # who needs a person',
      `curl ${url}/ready`,
    ],
    interrupted: () => new Promise((resolve) => void process.once('SIGINT', () => resolve())),
  };
}

function tellSaid(event: CallEvent | ConversationEvent): void {
  if (event.event === 'said') telling.line(event.speaker, event.text);
}

function quoted(word: string): string {
  return /^[\w./:@=+-]+$/.test(word) ? word : `"${word}"`;
}
