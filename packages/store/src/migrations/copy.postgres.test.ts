import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seedEveryTable } from '../conformance/every-table.ts';
import { at, claimAll, entryOf, START, send, WAYS } from '../conformance/seeds.ts';
import type { Dialect } from '../dialect.ts';
import { migrationsFolder } from '../migrations-folder.ts';
import { openDialect, openStore } from '../open.ts';
import type { Store } from '../store.ts';
import { makeTestDatabase, runOn, type TestDatabase } from '../test-databases.ts';
import { type CopyProgress, copyDatabase, SEEDED_TABLES } from './copy.ts';
import { readTables } from './copy-target.ts';
import { findDrift } from './drift.ts';
import { readMigrationFiles } from './files.ts';

const CHILD = fileURLToPath(new URL('../conformance/copy-child.ts', import.meta.url));

let source: TestDatabase;
let target: TestDatabase;
let dialect: Dialect;
let entry_id: string;

beforeEach(async () => {
  [source, target] = await Promise.all([makeTestDatabase('sqlite'), makeTestDatabase('postgres')]);
  dialect = await openDialect(target);
  for (const database of [source, target]) {
    const store = await open(database);
    expect((await store.migrations.up()).failed).toBeNull();
    if (database === source) ({ entry_id } = await seedEveryTable(store));
    await store.close();
  }
});
afterEach(async () => {
  await dialect.close();
  await Promise.all([source.remove(), target.remove()]);
});

const open = (database: TestDatabase): Promise<Store> =>
  openStore({ ...database, now: () => new Date(START) });
const file = () => source.url.slice('sqlite:'.length);
const copy = (onProgress?: (progress: CopyProgress) => void) =>
  copyDatabase({ file: file(), target: dialect, onProgress });
const countOf = async (table: string) => {
  const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.id(table)}`.execute(
    dialect.reader,
  );
  return rows[0]?.rows;
};

it('copies every row of every table, and says how many', async () => {
  const progress: CopyProgress[] = [];
  const { tables, rows } = await copy((step) => progress.push(step));
  expect(tables.filter((table) => table.rows === 0)).toEqual([]);
  expect(tables.map(({ table }) => table)).toEqual(
    (await readTables(dialect.reader)).map(({ name }) => name),
  );
  expect(tables.every(({ checksum }) => /^[0-9a-f]{64}$/.test(checksum))).toBe(true);
  expect(progress.at(-1)).toEqual({ step: 'verify', table: tables.at(-1)?.table, rows, total: rows });
  const files = await readMigrationFiles(migrationsFolder('postgres'));
  expect((await findDrift({ dialect, files })).differences).toEqual([]);
});

it('leaves a daemon that goes on there nothing to tell twice, and what is due to be told', async () => {
  await copy();
  const store = await open(target);
  expect(
    (await claimAll(store, 2)).flatMap(({ deliveries }) => deliveries.map((one) => one.entry_id)),
  ).not.toContain(entry_id);
  const before = await entryOf(store, { entry_id });
  expect(before).toMatchObject({ status: 'open', context: { live: true } });
  const due = await store.transact((tx) => tx.advanceDue({ now: at(900), ways: WAYS, limit: 9 }));
  expect(due.map((one) => one.entry_id)).toContain(entry_id);
  for (const { deliveries } of await claimAll(store, 900)) {
    for (const delivery of deliveries) await send(store, delivery, `C1/${delivery.delivery_id}`, 900);
  }
  await store.transact((tx) => tx.moveEntry(entry_id, { move: 'acknowledge' }, 'lex', at(901)));
  const { timeline } = await entryOf(store, { entry_id });
  expect(timeline.slice(0, before.timeline.length)).toEqual(before.timeline);
  expect(timeline.map(({ action }) => action)).toContain('acknowledged');
  await store.close();
});

it('knows which tables a migration writes its first rows into', async () => {
  const seeded: string[] = [];
  for (const { name } of await readTables(dialect.reader)) if (await countOf(name)) seeded.push(name);
  expect(seeded).toEqual([...SEEDED_TABLES].sort());
});

it('refuses a file that a program has open, even one that does nothing', async () => {
  const daemon = await open(source);
  await expect(copy()).rejects.toThrow('A program has');
  await daemon.close();
  await copy();
});

it('refuses a target with rows, and leaves them', async () => {
  await runOn(target.url, `insert into notices values ('mine', now())`);
  await expect(copy()).rejects.toThrow("rows in the target's notices");
  expect((await sql`select key from notices`.execute(dialect.reader)).rows).toEqual([{ key: 'mine' }]);
});

it('refuses a target where a daemon runs', async () => {
  await runOn(
    target.url,
    `insert into daemons (instance_id, role, version, knows, needs_until, host, pid, started_at, seen_at)
     select 'd1', 'all', '9', '', '[]', 'h', 1, t, t from (select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as n (t)`,
  );
  await expect(copy()).rejects.toThrow('a daemon runs on the target: d1');
});

it('refuses another state of the schema, and says which side to migrate', async () => {
  await runOn(target.url, "delete from schema_migrations where id = '0009_report'");
  await expect(copy()).rejects.toThrow('the target lacks the migrations 0009_report');
  await runOn(target.url, 'alter table turns add column mood text');
  const store = await open(source);
  await store.migrations.down({ to: '0007_entry_events', yes_lose_data: true });
  await store.close();
  await expect(copy()).rejects.toThrow('the file lacks the migrations');
});

it('refuses columns that only one of them has', async () => {
  await runOn(target.url, 'alter table turns add column mood text');
  await expect(copy()).rejects.toThrow('other columns: turns.mood');
});

it.each([
  [
    'create rule forget as on insert to notices do instead nothing',
    'The row ["doctor"] of notices did not arrive',
  ],
  [
    'alter table tenants alter column name type varchar(3)',
    'The row ["t1"] of tenants arrived otherwise in name',
  ],
])('keeps nothing of a copy in which a row is not as it was: %s', async (cause, message) => {
  await runOn(target.url, cause);
  await expect(copy()).rejects.toThrow(message);
  expect((await sql`select * from tenants`.execute(dialect.reader)).rows).toEqual([]);
});

/** Whatever its rules say. */
function changeSource(statement: string): void {
  const database = new Database(file());
  database.pragma('ignore_check_constraints = on');
  database.pragma('foreign_keys = off');
  database.exec(statement);
  database.close();
}

it.each([
  [
    'text that is no time',
    "update tenants set updated_at = 'next Monday'",
    /^The copy does not take the row \["t\d"\] of tenants: invalid input syntax for type timestamp with time zone\. Nothing/,
  ],
  [
    'a time that never comes',
    "update tenants set updated_at = 'infinity'",
    /^The copy does not take the row \["t\d"\] of tenants: updated_at is infinity, which is no time\. Nothing/,
  ],
  [
    'text that Postgres cannot hold',
    "update turns set heard_text = 'a' || char(0)",
    /the row \["cv_\w+",1\] of turns: unsupported Unicode/,
  ],
  ['a number beyond the rule', 'update turns set took_ms = -5', /of turns: .*"turns_took_ms_check"/],
  ['a row without the one it points to', 'delete from turns', /^Rows of incoming_texts point to rows/],
])(
  'names what Postgres does not take, and keeps what it says to itself: %s',
  async (_, statement, message) => {
    changeSource(statement);
    await expect(copy()).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(message) });
    await expect(countOf('tenants')).resolves.toBe(0);
  },
);

it('keeps every digit of a number that JavaScript would round', async () => {
  changeSource('update human_fallback set thread_seq = 9007199254740993');
  await copy();
  const { rows } = await sql`select distinct thread_seq::text as seq from human_fallback`.execute(
    dialect.reader,
  );
  expect(rows).toEqual([{ seq: '9007199254740993' }]);
});

it.each([
  ['copy', 'audit_log'],
  ['copy', 'used_tokens'],
  ['verify', 'turns'],
])('keeps nothing of a copy that is killed, and is run again: at the %s of %s', async (step, table) => {
  const [exit] = await once(fork(CHILD, [file(), target.url, step, table]), 'exit');
  expect(exit).toBeNull();
  await expect(countOf('tenants')).resolves.toBe(0);
  expect((await copy()).rows).toBeGreaterThan(50);
  await expect(countOf('tenants')).resolves.toBe(2);
});

it('refuses a file that is not there, is no database, or is not ours', async () => {
  const from = (path: string) => copyDatabase({ file: path, target: dialect });
  await expect(from('/nowhere/at.db')).rejects.toThrow('There is no file /nowhere/at.db');
  await expect(from(CHILD)).rejects.toThrow('is not an SQLite database');
  const empty = await makeTestDatabase('sqlite', { empty: true });
  await openDialect(empty).then((made) => made.close());
  await expect(from(empty.url.slice('sqlite:'.length))).rejects.toThrow('holds no database of ours');
  await empty.remove();
});
