/** Two daemons on one Postgres: what one of them does the other leaves alone, also when it sleeps in the middle of it. */
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import { afterEach, describe, expect, test } from 'vitest';
import { needs } from '../../scripts/optional-tools.ts';
import { postsByEntry } from '../harness/named-entries.ts';
import { openPremises, type Premises, type Running } from '../harness/premises.ts';
import { sleep, until } from '../harness/real-time.ts';
import { startRedis } from '../harness/redis-server.ts';
import { northside } from '../harness/tenants.ts';
import { type Fate, startInterceptor } from './interceptor.ts';

const ENTRIES = 30;
/** Longer than the lease of 10 s; by hand: `TEST_SLEEP_SECONDS=60 bin/test faults-postgres two-daemons`. */
const SLEEP_MS = Number(process.env.TEST_SLEEP_SECONDS ?? 15) * 1_000;
const TOLD_WITHIN_MS = 45_000;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe.each(['without Redis', 'with Redis'] as const)('two daemons %s', (kind) => {
  const options = kind === 'with Redis' ? needs('redis-server') : {};

  test('30 entries: each is alerted once', options, async () => {
    const premises = await open();
    const settings = await settingsOf(kind);
    const daemons = [await premises.start(settings), await premises.start(settings)] as const;
    await welcome(daemons[0]);

    const entries = await Promise.all(
      Array.from({ length: ENTRIES }, (_, number) => file(daemons[number % 2 === 0 ? 0 : 1].admin)),
    );
    await untilTold(premises, entries);
    await everyoneIsDone(daemons);
    expect(timesTold(premises, entries)).toEqual(entries.map(() => 1));
  });

  test('one sleeps in the middle of a send: the other goes on, and what it finds on waking does nothing', {
    ...options,
    timeout: SLEEP_MS + 120_000,
  }, async () => {
    const premises = await open();
    const settings = await settingsOf(kind);
    const door = await openDoor(premises);
    const sleeper = await premises.start({ ...settings, SLACK_API_URL: door.url });
    await welcome(sleeper);

    const inFlight = await file(sleeper.admin);
    await door.knocked;
    process.kill(sleeper.pid, 'SIGSTOP');
    const asleepUntil = Date.now() + SLEEP_MS;
    const other = await premises.start(settings);
    const meanwhile = [await file(other.admin), await file(other.admin)];
    door.open();
    await untilTold(premises, [inFlight, ...meanwhile]);
    await sleep(asleepUntil - Date.now());
    process.kill(sleeper.pid, 'SIGCONT');

    const afterwards = await file(sleeper.admin);
    await untilTold(premises, [afterwards]);
    const { notifications, timeline } = await other.admin.call(ROUTES.getEntry, {
      params: { entry_id: inFlight },
    });
    await everyoneIsDone([sleeper, other]);
    expect(timesTold(premises, [...meanwhile, afterwards])).toEqual([1, 1, 1]);
    // Its first alert had reached Slack, and nobody could know.
    expect(timesTold(premises, [inFlight])[0]).toBeLessThanOrEqual(2);
    expect(notifications).toMatchObject([{ status: 'sent', attempts: 2 }]);
    expect(timeline.filter(({ action }) => action === 'alerted')).toHaveLength(1);
  });
});

async function open(): Promise<Premises> {
  const premises = await openPremises();
  closing.push(premises.close);
  return premises;
}

async function settingsOf(kind: 'without Redis' | 'with Redis'): Promise<Record<string, string>> {
  if (kind === 'without Redis') return {};
  const redis = await startRedis();
  closing.push(redis.remove);
  return { REDIS_URL: redis.url };
}

/** Slack as one of them reaches it. The first message waits at the door until it is opened. */
async function openDoor({ slack }: Premises) {
  const knocked = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<Fate>();
  const { origin, close } = await startInterceptor({
    origin: new URL(slack.url).origin,
    decide: (path) => {
      if (!path.endsWith('chat.postMessage')) return 'pass';
      knocked.resolve();
      return opened.promise;
    },
  });
  closing.push(close);
  return { url: `${origin}/api/`, knocked: knocked.promise, open: () => opened.resolve('pass') };
}

/** Standard, and told once: steps that come later would alert again. */
async function welcome({ admin }: Running): Promise<void> {
  await admin.call(ROUTES.createTenant, { body: northside() });
}

/** @returns the id of the entry */
async function file(admin: AdminClient): Promise<string> {
  const { event_id } = await admin.call(ROUTES.createEscalation, {
    params: { tenant_id: 't1' },
    body: { caller: null, reason: 'complaint' },
  });
  let filed: string | null = null;
  await until(`${event_id} is filed`, TOLD_WITHIN_MS, async () => {
    ({ entry_id: filed } = await admin.call(ROUTES.getEvent, { params: { event_id } }));
    return filed !== null;
  });
  return filed ?? '';
}

async function untilTold({ slack }: Premises, entries: readonly string[]): Promise<void> {
  await until('each entry is named in Slack', TOLD_WITHIN_MS, () => {
    const named = postsByEntry(slack.posts);
    return entries.every((entry_id) => named.has(entry_id));
  });
}

function timesTold({ slack }: Premises, entries: readonly string[]): number[] {
  const named = postsByEntry(slack.posts);
  return entries.map((entry_id) => named.get(entry_id)?.length ?? 0);
}

/** Whatever is on its way arrives before a daemon has stopped in order. */
async function everyoneIsDone(daemons: readonly Running[]): Promise<void> {
  expect(await Promise.all(daemons.map((daemon) => daemon.stop()))).toEqual(daemons.map(() => 0));
}
