/** SIGKILL right after an escalating turn was answered: whatever the process had not done yet, the rows still know. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createAdminClient, ROUTES } from '@receptionist/admin-api';
import { createTwilio } from '@receptionist/simulator/caller';
import { type Failure, type Slack, startSlack } from '@receptionist/simulator/servers';
import { expect, onTestFinished, test } from 'vitest';
import { type Daemon, startDaemon } from '../harness/daemon.ts';
import { ACCOUNT_SID, ADMIN_KEY, AUTH_TOKEN, CALLER, SLACK_TOKEN } from '../harness/front-desk.ts';
import { northside } from '../harness/tenants.ts';

const WAIT_MS = 15_000;

async function open() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kill-'));
  const slack = await startSlack({
    token: SLACK_TOKEN,
    channels: [{ id: 'C0HUMAN', name: 'human-fallback', member: true }],
  });
  const daemons: Daemon[] = [];
  onTestFinished(async () => {
    await Promise.all(daemons.map((daemon) => daemon.kill()));
    await slack.close();
    await rm(folder, { recursive: true });
  });
  const start = async () => {
    const daemon = await startDaemon(folder, {
      APP_ENV: 'test',
      ADMIN_PRIVATE_KEY: ADMIN_KEY,
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      SLACK_BOT_TOKEN: SLACK_TOKEN,
      SLACK_SIGNING_SECRET: 'a-signing-secret',
      SLACK_API_URL: slack.url,
    });
    daemons.push(daemon);
    return daemon;
  };
  return { slack, start };
}

function adminOf({ url }: Daemon) {
  return createAdminClient({ baseUrl: url, key: ADMIN_KEY, user: 'lex', timeoutMs: 5_000 });
}

function ring({ url }: Daemon) {
  const voiceUrl = `${url}/twilio/webhook`;
  return createTwilio({ accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, voiceUrl }).placeCall({
    from: CALLER,
    to: '+15005550006',
  });
}

/** Alerts leave when a process far away gets to it: the one thing here that is waited for. */
async function posts(slack: Slack, count: number): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (slack.posts.length < count && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

const AT_THAT_MOMENT: [string, Failure | null][] = [
  ['is well', null],
  ['answers 500', { mode: 'http_500', untilCleared: true }],
  ['hangs', { mode: 'hang', untilCleared: true }],
];

test.each(AT_THAT_MOMENT)(
  'Slack %s, the daemon is killed: one entry, and the alert arrives',
  async (_, failure) => {
    const { slack, start } = await open();
    const first = await start();
    await adminOf(first).call(ROUTES.createTenant, { body: northside() });
    if (failure) slack.fail(failure);
    const call = await ring(first);
    await call.say('I need to talk to a person');
    await first.kill();
    expect(call.heard.join(' ')).toContain('alerting our team');

    slack.recover();
    const told = slack.posts.length;
    const second = await start();
    const admin = adminOf(second);
    await posts(slack, 1);

    const { items } = await admin.all(ROUTES.listEntries, {});
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ reason: 'caller_asked_for_human', status: 'open' });
    // Twice only where the kill left open whether the first alert had arrived.
    expect(slack.posts.length).toBeGreaterThanOrEqual(1);
    expect(slack.posts.length).toBeLessThanOrEqual(told + 1);
    expect(await second.stop()).toBe(0);
  },
);
