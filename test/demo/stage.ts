/** What the demo plays on: the shipped programs as processes, and a Twilio, a Slack and a PagerDuty that the simulator plays. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  type Call,
  type CallEvent,
  type ConversationEvent,
  createSwitchboard,
  createTwilio,
  type TextThread,
} from '@receptionist/simulator/caller';
import {
  type PagerDuty,
  type Slack,
  startPagerDuty,
  startSlack,
  startTwilioRest,
  type TwilioRest,
} from '@receptionist/simulator/servers';
import { execa } from 'execa';
import { ROOT, startDaemon } from '../harness/daemon.ts';
import * as telling from './telling.ts';

const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
const SLACK_TOKEN = 'xoxb-of-the-demo';
const NUMBER = '+15005550006';
/** Texts do not reach it. */
export const LANDLINE = '+14155550188';
/** Kim is on call (docs/examples/oncall.yaml), and picks up. */
const KIM = '+14155550102';
/** The tenant's own phone, with somebody beside it. */
const FRONT_PHONE = '+15005550009';
const TENANT_FILE = path.join(ROOT, 'docs/examples/t1.yaml');

export interface Stage {
  url: string;
  slack: Slack;
  pagerDuty: PagerDuty;
  twilioRest: TwilioRest;
  /** The alerts in the channel: no replies in threads. */
  alerts(): Slack['posts'];
  /** The example's tenant, open day and night, whose minutes of escalation are a second each: nobody wants to watch them pass. */
  hurriedTenant: string;
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
  const signingSecret = randomBytes(16).toString('hex');
  const slack = await startSlack({
    token: SLACK_TOKEN,
    channels: [{ id: 'C0HUMAN', name: 'human-fallback', member: true }],
    interactivity: { url: () => `${url}/slack/interactions`, signingSecret },
  });
  const routingKey = randomBytes(16).toString('hex');
  const pagerDuty = await startPagerDuty({ routingKey });
  const key = randomBytes(32).toString('base64url');
  const authToken = randomBytes(16).toString('hex');
  const switchboard = createSwitchboard();
  const twilioRest = await startTwilioRest({
    accountSid: ACCOUNT_SID,
    authToken,
    switchboard,
    numbers: [NUMBER],
    deliveries: { [LANDLINE]: { status: 'undelivered', errorCode: 30006 } },
    phones: { [KIM]: acknowledgeAlert, [FRONT_PHONE]: takeCall },
  });
  const daemon = await startDaemon(folder, {
    APP_ENV: 'local',
    DATABASE_URL: `sqlite:${path.join(folder, 'receptionist.db')}`,
    ADMIN_PRIVATE_KEY: key,
    TWILIO_ACCOUNT_SID: ACCOUNT_SID,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_API_URL: twilioRest.url,
    SLACK_BOT_TOKEN: SLACK_TOKEN,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: slack.url,
    PAGERDUTY_ROUTING_KEY: routingKey,
    PAGERDUTY_API_URL: pagerDuty.url,
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
  const hurriedTenant = path.join(folder, 'in-a-hurry.yaml');
  await writeFile(hurriedTenant, inAHurry(await readFile(TENANT_FILE, 'utf8')));
  const alerts = () => slack.posts.filter(({ thread_ts }) => thread_ts === null);
  let read = 0;
  const run = (words: string[]) =>
    execa(path.join(ROOT, 'bin/adminctl'), words, {
      env: { ADMINCTL_ENV_FILE: envFile, NO_COLOR: '1', COLUMNS: '96' },
      stdin: 'ignore',
      all: true,
    });

  const twilio = createTwilio({
    accountSid: ACCOUNT_SID,
    switchboard,
    authToken,
    voiceUrl: `${url}/twilio/webhook`,
    statusCallbackUrl: `${url}/twilio/status/call`,
    messageUrl: `${url}/twilio/webhook`,
    onEvent: tellSaid,
  });

  return {
    url,
    slack,
    pagerDuty,
    twilioRest,
    alerts,
    hurriedTenant,
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
        const post = alerts()[read];
        if (post) {
          read += 1;
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
      await pagerDuty.close();
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

function inAHurry(tenant: string): string {
  return tenant
    .replace(/(after_minutes: )([1-9]\d*)/g, (_, name, minutes) => `${name}${minutes / 60}`)
    .replace(/^( {2}\w+day: )\[.*\]$/gm, '$1["00:00-24:00"]')
    .replace(/^closed_dates: .*$/m, 'closed_dates: []');
}

/** Kim is half asleep, but knows what to do. */
async function acknowledgeAlert(call: Call): Promise<void> {
  answerPhone("Kim's phone rings.", call);
  await call.press('1');
  telling.tell('         Kim  (presses 1)');
  for (const said of call.heard) telling.line('receptionist', said);
}

async function takeCall(call: Call): Promise<void> {
  answerPhone('The phone at the front desk rings, while the caller hears music.', call);
  await call.press('1');
  telling.tell('  front desk  (presses 1, and they talk)');
  await call.wait(20);
}

function answerPhone(what: string, { transcript }: Call): void {
  telling.tell();
  telling.tell(what);
  for (const { speaker, text } of transcript) telling.line(speaker, text);
}

function tellSaid(event: CallEvent | ConversationEvent): void {
  if (event.event !== 'said') return;
  const isMusic = event.text.startsWith('(plays ');
  telling.line(event.speaker, isMusic ? '(music)' : event.text);
}

function quoted(word: string): string {
  return /^[\w./:@=+-]+$/.test(word) ? word : `"${word}"`;
}
