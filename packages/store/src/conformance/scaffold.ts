import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Dialect } from '../dialect.ts';
import { createBackfills } from '../migrations/backfill.ts';
import { createMigrations } from '../migrations/engine.ts';
import { lintMigrations } from '../migrations/lint/index.ts';
import type { Phase } from '../migrations/migrations.ts';
import { scaffoldMigrations } from '../migrations/scaffold.ts';
import { openDialect } from '../open.ts';
import type { TestDatabase } from '../test-databases.ts';

const now = async () => '2026-11-24T18:00:00.000Z';
const ITEMS = 600;

function itemsTable(dialect: string): string {
  const [key, end] = dialect === 'sqlite' ? ['integer', ') strict'] : ['bigint', ')'];
  return `-- id: 0001_items
-- phase: expand
create table items (tenant_id text not null, item_id ${key} primary key, weight text${end};
create index items_by_weight on items (tenant_id, weight);

-- down
drop table items;
`;
}

/** The files that `migrate new --replace` writes, applied while programs of both versions go on writing. */
export function scaffoldConforms(makeEmptyDatabase: () => Promise<TestDatabase>): void {
  let folder: string;
  let migrations: URL;
  let database: TestDatabase;
  let dialects: Dialect[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'scaffold-'));
    migrations = pathToFileURL(`${folder}/`);
    for (const dialect of ['postgres', 'sqlite']) {
      await mkdir(path.join(folder, dialect));
      await writeFile(path.join(folder, dialect, '0001_items.sql'), itemsTable(dialect));
    }
    database = await makeEmptyDatabase();
    dialects = await Promise.all([0, 1, 2].map(() => openDialect(database)));
  });
  afterEach(async () => {
    await Promise.all(dialects.map((dialect) => dialect.close()));
    await database.remove();
    await rm(folder, { recursive: true });
  });

  it('loses no write of either version through all phases', async () => {
    const [engine, old, young] = dialects as [Dialect, Dialect, Dialect];
    await up(engine, 'expand');
    await fill(engine);
    await scaffoldMigrations({ name: 'grams', replace: 'items.weight=grams:bigint', migrations });
    const before = startWriter(old, 'weight', 0);
    await up(engine, 'expand');
    const after = startWriter(young, 'grams', 1);
    await up(engine, 'backfill');
    await up(engine, 'switch');
    const written = await before.stop();
    expect(await mismatches(engine, written, [0])).toBe(0);
    await up(engine, 'contract');
    for (const [id, weight] of await after.stop()) written.set(id, weight);
    expect(await mismatches(engine, written, [0, 1])).toBe(0);
    expect(written.size).toBeGreaterThan(20);
  }, 60_000);

  it('writes files that the lint bears, but for the contract that comes in the same release', async () => {
    await scaffoldMigrations({ name: 'grams', replace: 'items.weight=grams:bigint', migrations });
    await writeFile(path.join(folder, 'releases.json'), '{ "1": "0004_grams_switch" }');
    expect(await lintMigrations({ migrations })).toEqual([]);
    await rm(path.join(folder, 'releases.json'));
    expect((await lintMigrations({ migrations })).map(({ rule }) => rule)).toEqual([
      'contract-with-expand',
      'contract-with-expand',
    ]);
  });

  async function up(dialect: Dialect, phase: Phase): Promise<void> {
    const backfills = createBackfills({ dialect, now });
    // The writers here never pause, and nobody waits for them.
    const run: typeof backfills.run = (file, options) => backfills.run(file, { ...options, throttle: false });
    const engine = createMigrations({
      dialect,
      folder: new URL(`${dialect.name}/`, migrations),
      now,
      log: undefined,
      backfills: { ...backfills, run },
    });
    const { done, failed } = await engine.up({ phases: [phase] });
    expect({ done: done.length, failed }).toEqual({ done: 1, failed: null });
  }
}

async function fill({ writer }: Dialect): Promise<void> {
  await sql`insert into items (tenant_id, item_id, weight)
    with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(ITEMS)})
    select 't1', n, cast(n as text) from numbers`.execute(writer);
}

/** Changes and files items of its own, those whose id is even or odd, until it is stopped; answers what it wrote last to each. */
function startWriter({ writer }: Dialect, column: 'weight' | 'grams', parity: 0 | 1) {
  const written = new Map<number, number>();
  const value = (weight: number) => (column === 'weight' ? sql`${String(weight)}` : sql`${weight}`);
  let stopped = false;
  const writing = (async () => {
    for (let n = 1; !stopped; n += 1) {
      const id = 2 * n + parity + (n % 3 === 0 ? ITEMS : 0);
      const weight = 1_000 + n;
      await (id > ITEMS
        ? sql`insert into items (tenant_id, item_id, ${sql.ref(column)}) values ('t1', ${id}, ${value(weight)})
            on conflict (item_id) do update set ${sql.ref(column)} = excluded.${sql.ref(column)}`
        : sql`update items set ${sql.ref(column)} = ${value(weight)} where item_id = ${id}`
      ).execute(writer);
      written.set(id, weight);
      await setImmediate();
    }
  })();
  return {
    async stop(): Promise<Map<number, number>> {
      stopped = true;
      await writing;
      return written;
    },
  };
}

/** Rows that do not have what was written to them last, or, where nothing was, what they began with. */
async function mismatches(
  { writer }: Dialect,
  written: Map<number, number>,
  parities: readonly number[],
): Promise<number> {
  const { rows } = await sql<{ item_id: string; grams: string }>`select item_id, grams from items`.execute(
    writer,
  );
  return rows.filter(({ item_id, grams }) => {
    const expected = written.get(Number(item_id)) ?? Number(item_id);
    return parities.includes(Number(item_id) % 2) && Number(grams) !== expected;
  }).length;
}
