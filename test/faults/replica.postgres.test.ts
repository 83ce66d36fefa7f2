/** A backfill on a Postgres that has a replica, which must not fall behind because of it. */
import { openBackfills } from '@receptionist/store/test-backfills';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../harness/postgres-server.ts';
import { until } from '../harness/real-time.ts';
import { query } from '../harness/sql.ts';
import { startStandby } from '../harness/standby.ts';
import { DOUBLES, makeSingles } from './backfill-rounds.ts';

/** Far more than is done before a replica is behind by a second. */
const ROWS = 50_000;
/** Between two batches: a busy machine alone does not make it. */
const LONG_REST_MS = 1_500;
/** With such rests they would take twice the time that they are given. */
const BATCHES = 25;
const PATIENCE_MS = 20_000;
const IN_LARGE_BATCHES = { ...DOUBLES, backfill: { table: 'singles', key: ['single'], batch: 1_000 } };

let primary: PostgresServer;
let standby: PostgresServer;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  primary = await startPostgres();
  closing.push(primary.remove);
  standby = await startStandby(primary);
  closing.push(standby.remove);
  await makeSingles(primary.url, ROWS);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test('it keeps up: nobody rests for its sake', async () => {
  const backfill = await start();
  await backfill.goesOn();
  expect(backfill.longestRest()).toBeLessThan(LONG_REST_MS);
  expect(await backfill.toTheEnd()).toBe('verified');
});

test('it stands still: the backfill rests longer and longer, and goes on once the replica does', async () => {
  await query(standby.url, 'select pg_wal_replay_pause()');
  const backfill = await start();
  await backfill.rests();
  await query(standby.url, 'select pg_wal_replay_resume()');
  await backfill.goesOn();
  expect(await backfill.toTheEnd()).toBe('verified');
  await until('the replica has all of it', PATIENCE_MS, async () => {
    const [row] = await query(standby.url, 'select count(*) as missing from singles where times = 0');
    return row?.missing === '0';
  });
});

test('it goes away while it is behind: nobody waits for it', async () => {
  await query(standby.url, 'select pg_wal_replay_pause()');
  const backfill = await start();
  await backfill.rests();
  await standby.stop();
  await backfill.goesOn();
  expect(await backfill.toTheEnd()).toBe('verified');
});

/** Throttled, and far from its end. */
async function start() {
  const backfills = await openBackfills(primary.url);
  closing.push(backfills.close);
  const ends: number[] = [];
  const run = backfills.run(DOUBLES, { onProgress: () => ends.push(performance.now()) });
  const longestRest = () => Math.max(...ends.map((at, i) => at - (ends[i - 1] ?? at)));
  return {
    longestRest,
    rests: () => until('it rests for long', PATIENCE_MS, () => longestRest() > LONG_REST_MS),
    goesOn() {
      const before = ends.length;
      return until('it goes on', PATIENCE_MS, () => ends.length > before + BATCHES);
    },
    /** Without the throttle, which makes way for whoever else is on this machine. */
    async toTheEnd() {
      await backfills.pause(DOUBLES.id);
      expect(await run).toBe('paused');
      await backfills.unpause(DOUBLES.id);
      return backfills.run(IN_LARGE_BATCHES, { throttle: false });
    },
  };
}
