import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dialect } from '../dialect.ts';
import {
  type BackfillFile,
  type BackfillProgress,
  type Backfills,
  createBackfills,
  type RunOptions,
} from '../migrations/backfill.ts';
import { openDialect } from '../open.ts';
import type { TestDatabase } from '../test-databases.ts';

const AT = '2026-11-24T18:00:00.000Z';
const ITEMS = 1_000;

/** `times` counts how often a row was done: once, whatever happens. */
const PRICES: BackfillFile = {
  id: '0002_prices',
  backfill: { table: 'items', key: ['shop', 'item_id'], batch: 100 },
  script: `-- what :after and :upto are, is said in a comment too
    update items set new_price = old_price * 100, times = times + 1
    where (shop, item_id) > :after and (shop, item_id) <= :upto;`,
  verify: `
    select shop || '/' || item_id as name, old_price * 100 as old, new_price as new from items
    where (shop, item_id) > :after and (shop, item_id) <= :upto`,
};

/** What runs backfills does on a table of its own making. */
export function backfillsConform(makeEmptyDatabase: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let dialect: Dialect;
  let backfills: Backfills;

  beforeEach(async () => {
    database = await makeEmptyDatabase();
    dialect = await openDialect(database);
    backfills = createBackfills({ dialect, now: async () => AT });
    await execute(
      'create table items (shop text, item_id bigint, old_price bigint, new_price bigint, times bigint default 0, primary key (shop, item_id))',
    );
    await execute(`insert into items (shop, item_id, old_price)
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${ITEMS})
      select case when n % 2 = 0 then 'east' else 'west' end, 9007199254740991 + n, n from numbers`);
  });
  afterEach(async () => {
    await dialect.close();
    await database.remove();
  });

  it('does each row once, and verifies it', async () => {
    const told: BackfillProgress[] = [];
    expect(await run({ throttle: true, onProgress: (progress) => told.push(progress) })).toBe('verified');
    expect(await sums()).toEqual({ done: ITEMS, times: ITEMS, right: ITEMS });
    expect(await backfills.status()).toMatchObject([
      {
        id: '0002_prices',
        state: 'verified',
        done_rows: ITEMS,
        total_rows: ITEMS,
        verified_at: AT,
        mismatches: 0,
        holder: null,
      },
    ]);
    expect(told.at(-1)).toMatchObject({ done_rows: ITEMS, total_rows: ITEMS, seconds_left: 0 });
    expect(told.length).toBeGreaterThan(1);
    expect(await run()).toBe('verified');
    expect(await sums()).toMatchObject({ times: ITEMS });
  });

  it('does not throttle where it is told so', async () => {
    let batches = 0;
    await run({ onProgress: () => batches++ });
    expect(batches).toBe(ITEMS / 100);
  });

  it('stops after its batch when somebody else pauses it, and goes on when they let it', async () => {
    const inSmallBatches = { ...PRICES, backfill: { table: 'items', key: ['shop', 'item_id'], batch: 5 } };
    const another = await openDialect(database);
    const elsewhere = createBackfills({ dialect: another, now: async () => AT });
    let pausing: Promise<unknown> | undefined;
    const onProgress = () => {
      pausing ??= elsewhere.pause('0002_prices');
    };
    const outcome = await run({ onProgress }, inSmallBatches);
    await pausing;
    expect(outcome).toBe('paused');
    const { done } = await sums();
    expect(done).toBeLessThan(ITEMS);
    expect(await run()).toBe('paused');
    expect(await elsewhere.status()).toMatchObject([{ state: 'paused', done_rows: done, holder: null }]);
    await elsewhere.unpause('0002_prices');
    await another.close();
    expect(await run()).toBe('verified');
    expect(await sums()).toEqual({ done: ITEMS, times: ITEMS, right: ITEMS });
    await expect(backfills.pause('0002_prices')).rejects.toThrow(
      'is verified: there is nothing left to pause',
    );
  });

  it('is run by one at a time', async () => {
    const another = await openDialect(database);
    const elsewhere = createBackfills({ dialect: another, now: async () => AT });
    const outcomes = await Promise.all([run(), elsewhere.run(PRICES, { throttle: false })]);
    await another.close();
    expect(outcomes).toEqual(['verified', 'verified']);
    expect(await sums()).toEqual({ done: ITEMS, times: ITEMS, right: ITEMS });
  });

  it('keeps what it did when a row does not bear it, and goes on once that is mended', async () => {
    await execute('alter table items add column stock integer check (stock <> 401)');
    const stocked = { ...PRICES, script: PRICES.script.replace('set', 'set stock = old_price,') };
    await expect(run({}, stocked)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/^The backfill 0002_prices stopped: .*check.*run it again/is),
    });
    const { done } = await sums();
    expect(done).toBeGreaterThan(ITEMS / 2);
    expect(await backfills.status()).toMatchObject([{ state: 'failed', done_rows: done, holder: null }]);
    await execute('update items set old_price = 402 where old_price = 401');
    expect(await run({}, stocked)).toBe('verified');
    expect(await sums()).toEqual({ done: ITEMS, times: ITEMS, right: ITEMS });
  });

  it('names the keys that are not as they should be, and begins anew when it is run again', async () => {
    await run();
    await execute('update items set new_price = null where old_price in (3, 400, 500, 600, 700, 800)');
    const { examples, ...verification } = await backfills.verify(PRICES);
    expect(verification).toEqual({ id: '0002_prices', verified: false, mismatches: 6, rows: ITEMS });
    expect(examples).toHaveLength(5);
    expect(examples).toContainEqual({
      key: 'east, 9007199254741391',
      name: 'east/9007199254741391',
      old: '40000',
      new: null,
    });
    expect(await backfills.status()).toMatchObject([{ state: 'done', mismatches: 6, verified_at: null }]);
    expect(await run()).toBe('verified');
    expect(await sums()).toEqual({ done: ITEMS, times: 2 * ITEMS, right: ITEMS });
  });

  it('fails when what it made is not right', async () => {
    const wrong = { ...PRICES, script: PRICES.script.replace('* 100', '* 10') };
    await expect(run({}, wrong)).rejects.toThrow(
      /1000 rows are not as they should be \(east, 900.*: 200 became 20/,
    );
  });

  it.each([
    ['a number of mismatches', 'select count(*) as mismatches from items where new_price is null', 1],
    ['totals', "select 'sum' as name, 100 * sum(old_price) as old, sum(new_price) as new from items", 1],
  ])('verifies by a query for the whole table that answers %s', async (_, query, mismatches) => {
    const file = { ...PRICES, verify: query };
    await run({}, file);
    await execute('update items set new_price = null where old_price = 3');
    expect(await backfills.verify(file)).toMatchObject({ verified: false, mismatches, rows: null });
  });

  it('shows what it would do, and does nothing', async () => {
    const plan = await backfills.plan(PRICES);
    expect(plan).toMatchObject({ rows: ITEMS, done_rows: 0, first_batch: { after: null, rows: 100 } });
    expect(plan.plan.join('\n')).toMatch(/items/);
    expect(await backfills.status()).toEqual([]);
    expect(await sums()).toMatchObject({ done: 0, times: 0 });
  });

  describe('refuses', () => {
    it('to pause what has not begun', async () => {
      await expect(backfills.pause('0009_nothing')).rejects.toMatchObject({ code: 'not_found' });
    });
    it('to verify what has no query for it', async () => {
      await expect(backfills.verify({ ...PRICES, verify: null })).rejects.toThrow(
        'has no "-- verify" section',
      );
    });
    it('a file without a table', async () => {
      await expect(run({}, { ...PRICES, backfill: null })).rejects.toThrow('has no "-- table"');
    });
  });

  /** Not throttled: how long it takes would depend on what else the machine does. */
  function run(options: RunOptions = {}, file = PRICES) {
    return backfills.run(file, { throttle: false, ...options });
  }

  async function execute(statement: string): Promise<void> {
    await sql.raw(statement).execute(dialect.writer);
  }

  async function sums() {
    const { rows } = await sql<Record<'done' | 'times' | 'right', number>>`
      select count(new_price) as done, cast(sum(times) as bigint) as times,
        sum(case when new_price = old_price * 100 then 1 else 0 end) as "right" from items`.execute(
      dialect.reader,
    );
    return rows[0] as Record<'done' | 'times' | 'right', number>;
  }
}
