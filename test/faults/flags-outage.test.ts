/**
 * What flags answer while what they are read from fails: a real Redis, a real database behind a door, and a clock moved by hand.
 * The table in docs/flags.md is what happens here; `bin/test faults flags-outage -u` writes it.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { evaluateFlags, FLAGS, type FlagEvaluation } from '@receptionist/core';
import { openStore, type Store } from '@receptionist/store';
import {
  connectRedisFlagCache,
  createFlagReader,
  createLog,
  createMetrics,
  type FlagReader,
  type FlagReaderParts,
} from 'receptionistd';
import { afterEach, expect, test } from 'vitest';
import { needs } from '../../scripts/optional-tools.ts';
import { createClock } from '../harness/clock.ts';
import { ROOT } from '../harness/daemon.ts';
import { makeDatabase } from '../harness/database.ts';
import { until } from '../harness/real-time.ts';
import { startRedis } from '../harness/redis-server.ts';
import { northside } from '../harness/tenants.ts';
import { openRedisLine } from './redis-line.ts';

const PAGE = path.join(ROOT, 'docs/flags.md');
const KEY = 'receptionist:flags:t1';
const READY_MS = 5_000;
/** 50 ms, and what a busy machine takes to notice; what hangs would take 2 s, or for ever. */
const LONGEST_READ_MS = 500;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Place = Awaited<ReturnType<typeof openPlace>>;

const REDIS_FAILURES: Record<string, (place: Place) => unknown> = {
  stopped: ({ redis }) => redis.stop(),
  restarted: ({ redis }) => redis.stop().then(redis.start),
  emptied: ({ redis }) => redis.flush(),
  hanging: ({ redis }) => redis.pause(),
  'taking 2 s for a reply': ({ line }) => line.slowDown(2_000),
  'holding garbage under the key': ({ line }) => line.set(KEY, '{"version":9'),
  'holding an old version under the key': ({ line, kept }) => line.set(KEY, kept),
  'holding a version that never was': ({ line, kept }) =>
    line.set(KEY, kept.replace(/"version":\d+/, '"version":900').replaceAll('false', 'true')),
};

const DATABASE_FAILURES = ['shut', 'jammed'] as const;

/** How a daemon knows the tenant when the database fails. */
const KNOWLEDGE: Record<string, (place: Place) => Promise<FlagReader>> = {
  'read before': async ({ reader }) => reader,
  'kept in Redis': async ({ openReader }) => {
    const { reader, cache } = await openReader();
    await until('Redis answers', READY_MS, async () => (await cache.get('t1')) !== null);
    return reader;
  },
  'known nowhere': async ({ openReader, redis }) => {
    await redis.flush();
    return (await openReader()).reader;
  },
};

const MOMENTS = [
  ['at once', '0s'],
  ['after 30 s', '30s'],
  ['after 31 s', '1s'],
  ['after 5 min', '269s'],
  ['after 5 min 1 s', '1s'],
  ['after a day', '24h'],
] as const;

test.each(Object.entries(REDIS_FAILURES))(
  'Redis %s: flags are what the database says',
  needs('redis-server'),
  async (_, fail) => {
    const place = await openPlace();
    const { reader, openReader, change } = place;
    await change(false);
    await fail(place);
    for (const enabled of [null, true, false]) {
      if (enabled !== null) await change(enabled);
      await reader.look();
      for (const one of [reader, (await openReader()).reader]) {
        const begun = performance.now();
        expect(await one.evaluateAll('t1')).toEqual(await place.truth());
        expect(performance.now() - begun).toBeLessThan(LONGEST_READ_MS);
      }
    }
  },
);

test(
  'without the database flags have their last values for a time, and their safe ones then',
  needs('redis-server'),
  async () => {
    const rows: string[] = [];
    for (const [knowledge, prepare] of Object.entries(KNOWLEDGE)) {
      const [shut, jammed] = [await outage('shut', prepare), await outage('jammed', prepare)];
      expect(jammed).toEqual(shut);
      rows.push(...merged(shut).map(([moment, cells]) => `| ${[knowledge, moment, ...cells].join(' | ')} |`));
    }
    const header = ['the tenant was', 'when', ...FLAGS.map((flag) => `\`${flag}\``)];
    const table = [`| ${header.join(' | ')} |`, `|${' --- |'.repeat(header.length)}`, ...rows].join('\n');
    const page = await readFile(PAGE, 'utf8');
    const [before, after] = page.split(/(?<=<!-- outage -->\n)[\s\S]*(?=\n<!-- \/outage -->)/);
    const written = `${before}${table}${after}`;
    await expect(written).toMatchFileSnapshot(PAGE);
  },
);

test(
  'a daemon that ends while its connection subscribes anew ends in peace',
  needs('redis-server'),
  async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    const redis = await startRedis();
    const line = await openRedisLine(redis.url);
    const log = createLog({ level: 'silent', secrets: [], write() {} });
    const cache = connectRedisFlagCache({ url: line.url, log });
    closing.push(() => process.off('unhandledRejection', note), redis.remove, line.close, cache.close);
    let rings = 0;
    cache.listen(() => rings++);
    const hears = async () => {
      rings = 0;
      await until('it hears a ring', READY_MS, async () => {
        cache.ring();
        return rings > 0;
      });
    };
    await hears();
    line.cut();
    await hears();
    const subscribed = line.count('subscribe');
    line.slowDown(200);
    line.cut();
    await until('it subscribes anew', READY_MS, async () => line.count('subscribe') > subscribed);
    cache.close();
    // A rejection that nobody handles is told of once the connection has closed.
    await sleep(50);
    expect(unhandled).toEqual([]);
  },
);

/** What is answered at each moment, and that it is the truth again once the database is back. */
async function outage(
  failure: (typeof DATABASE_FAILURES)[number],
  prepare: (place: Place) => Promise<FlagReader>,
): Promise<[string, string[]][]> {
  const place = await openPlace();
  const reader = await prepare(place);
  place.door.state = failure;
  const rows: [string, string[]][] = [];
  for (const [moment, later] of MOMENTS) {
    place.clock.advance(later);
    const begun = performance.now();
    rows.push([moment, (await reader.evaluateAll('t1')).map(cell)]);
    expect(performance.now() - begun).toBeLessThan(LONGEST_READ_MS);
  }
  place.door.open();
  expect(await reader.evaluateAll('t1')).toEqual(await place.truth());
  return rows;
}

function cell({ enabled, reason }: FlagEvaluation): string {
  return `${enabled} ${reason}`;
}

/** Moments that follow one another and have the same answers are one. */
function merged(rows: readonly [string, string[]][]): [string, string[]][] {
  return rows.filter(([, cells], index) => String(cells) !== String(rows[index - 1]?.[1]));
}

async function openPlace() {
  const clock = createClock();
  const database = await makeDatabase();
  const store = await openStore({ url: database.url, now: clock.now });
  await store.migrations.up();
  const redis = await startRedis();
  const line = await openRedisLine(redis.url);
  const door = createDoor(store);
  closing.push(database.remove, store.close, redis.remove, line.close);
  const at = clock.now().toISOString();
  const set = (flag: (typeof FLAGS)[number], enabled: boolean) =>
    store.transact((tx) => tx.setFlag('t1', flag, enabled, 'lex', at));
  await store.transact((tx) => tx.createTenant(northside({ plan: 'core' }), at));
  await set('allow_ai_booking', true);
  await set('require_human_review', false);
  await set('allow_live_transfer', false);
  await store.transact((tx) => tx.setRollout('allow_rag', { percent: 100 }, 'lex', at));

  async function openReader() {
    const log = createLog({ level: 'silent', secrets: [], write() {} });
    const cache = connectRedisFlagCache({ url: line.url, log });
    closing.push(cache.close);
    const { now } = clock;
    const reader = createFlagReader({
      ...{ store: door, cache, now, log, metrics: createMetrics() },
      elapsed: () => now().getTime(),
    });
    await reader.look();
    return { reader, cache };
  }

  const { reader } = await openReader();
  let kept: string | null = null;
  await until('the tenant is kept in Redis', READY_MS, async () => {
    reader.changed();
    await reader.evaluateAll('t1');
    kept = await line.get(KEY);
    return kept !== null;
  });
  await reader.look();
  return {
    ...{ clock, redis, line, door, reader, openReader },
    kept: kept as unknown as string,
    change: (enabled: boolean) => set('allow_ai_booking', enabled),
    async truth() {
      const snapshot = await store.read.flagSnapshot('t1');
      return snapshot && evaluateFlags(snapshot, clock.now().toISOString());
    },
  };
}

/** To the store: shut it refuses, jammed it lets nobody through until it is opened. */
function createDoor({
  read,
}: Store): FlagReaderParts['store'] & { state: 'open' | 'shut' | 'jammed'; open(): void } {
  let opened = Promise.withResolvers<void>();
  const through = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (door.state === 'shut') throw new Error('connect ECONNREFUSED');
    if (door.state === 'jammed') await opened.promise;
    return ask();
  };
  const door = {
    state: 'open' as 'open' | 'shut' | 'jammed',
    open() {
      door.state = 'open';
      opened.resolve();
      opened = Promise.withResolvers();
    },
    read: {
      flagSnapshot: (tenant_id: string) => through(() => read.flagSnapshot(tenant_id)),
      flagVersion: () => through(read.flagVersion),
      flagChangesSince: (version: number) => through(() => read.flagChangesSince(version)),
    },
  };
  return door;
}
