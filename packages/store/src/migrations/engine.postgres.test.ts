/** What only Postgres does: statements by themselves, locks that others hold, and who they are. */
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrationBench } from '../conformance/migration-folder.ts';
import { openDialect } from '../open.ts';
import { makeTestDatabase } from '../test-databases.ts';

const bench = migrationBench(() => makeTestDatabase('postgres', { empty: true }));
let other: pg.Client;
beforeEach(async () => {
  other = new pg.Client({ connectionString: bench.database.url, application_name: 'night shift' });
  await other.connect();
});
afterEach(() => other.end());

describe('statement by statement', () => {
  const BY_ITSELF = '-- transaction: no\n';
  beforeEach(async () => {
    await bench.add('0001_pets', 'create table pets (id integer); insert into pets values (1), (1)');
    await bench.migrations.up();
  });

  it('builds an index while others write', async () => {
    await bench.add('0002_pets', `${BY_ITSELF}create index concurrently if not exists pets_id on pets (id);`);
    expect(await bench.migrations.up()).toMatchObject({ done: ['0002_pets'], failed: null });
    const { rows } = await other.query(
      "select indisvalid from pg_index where indexrelid = 'pets_id'::regclass",
    );
    expect(rows).toEqual([{ indisvalid: true }]);
    const settings = await other.query(
      "select name from pg_settings where source = 'session' and name like '%timeout'",
    );
    expect(settings.rows).toEqual([]);
  });

  it('says how far it came, names the way out and goes on from there', async () => {
    await bench.add(
      '0002_pets',
      `${BY_ITSELF}alter table pets add name text;\ncreate unique index concurrently if not exists pets_id on pets (id);`,
    );
    expect((await bench.migrations.up()).failed).toEqual({
      id: '0002_pets',
      message: expect.stringMatching(/^Statement 2 of 2 failed: could not create unique index.*migrate up/),
      state: 'dirty',
    });
    expect((await bench.migrations.status())[1]).toMatchObject({
      state: 'dirty',
      error: expect.stringContaining('Statement 2 of 2 failed'),
      way_out: expect.stringContaining('receptionistd migrate up'),
    });
    await other.query('delete from pets');
    expect((await bench.migrations.up()).done).toEqual(['0002_pets']);
    const { rows } = await other.query(
      "select indisvalid from pg_index where indexrelid = 'pets_id'::regclass",
    );
    expect(rows).toEqual([{ indisvalid: true }]);
  });

  it('runs no further without the lock, which another may have by now', async () => {
    await bench.add(
      '0002_toys',
      `${BY_ITSELF}select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory';
       create table if not exists toys (id integer);`,
    );
    const { failed } = await bench.migrations.up();
    expect(failed).toMatchObject({
      state: 'dirty',
      message: expect.stringContaining('Statement 2 of 2 failed'),
    });
    expect(await bench.tables()).toEqual(['pets']);
    const { rows } = await other.query("select state from schema_migrations where id = '0002_toys'");
    expect(rows).toEqual([{ state: 'running' }]);
    expect((await bench.migrations.up()).done).toEqual(['0002_toys']);
  });

  it('tells one that a process left behind from one that is under way', async () => {
    await bench.add('0002_pets', `${BY_ITSELF}select 1`);
    await bench.migrations.up();
    await other.query("update schema_migrations set state = 'running' where id = '0002_pets'");
    expect((await bench.migrations.status())[1]).toMatchObject({
      state: 'dirty',
      error: expect.stringContaining('ended before it'),
    });
    const migrator = await bench.dialect.connectMigrator();
    const lock = await migrator.lock();
    expect((await bench.migrations.status())[1]).toMatchObject({
      state: 'running',
      holder: expect.stringMatching(/^receptionistd migrate \(pid \d+, user /),
      error: null,
      way_out: null,
    });
    await lock.release();
    await migrator.close();
    expect((await bench.migrations.up()).done).toEqual(['0002_pets']);
  });

  it('is taken back statement by statement, too', async () => {
    await bench.add(
      '0002_pets',
      `${BY_ITSELF}create index concurrently if not exists pets_id on pets (id);\n-- down\ndrop index concurrently if exists pets_id;`,
    );
    await bench.migrations.up();
    expect((await bench.migrations.down({ to: '0001_pets' })).done).toEqual(['0002_pets']);
    const { rows } = await other.query("select to_regclass('pets_id') as index");
    expect(rows).toEqual([{ index: null }]);
  });
});

describe('a lock', () => {
  it('on migrations is waited for, and who holds it is named', async () => {
    await bench.add('0001_pets', 'create table pets (id integer)');
    await other.query("select pg_advisory_lock(hashtextextended('receptionist migrates public', 0))");
    await expect(bench.migrations.up({ wait_ms: 200 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /night shift \(pid \d+, user \w+\), since 20.*with: select pg_advisory_lock/,
      ),
    });
    const told: (string | null)[] = [];
    const run = bench.migrations.up({
      onProgress: ({ step, message }) => {
        if (step !== 'waiting_for_lock') return;
        told.push(message);
        void other.query('select pg_advisory_unlock_all()');
      },
    });
    expect((await run).done).toEqual(['0001_pets']);
    expect(told).toEqual([expect.stringContaining('night shift')]);
  });

  it('on a table is named with what its holder runs, without what is said in it', async () => {
    await bench.add('0001_pets', 'create table pets (id integer, name text)');
    await bench.migrations.up();
    await other.query('begin');
    await other.query("insert into pets values (1, 'a secret')");
    await bench.add('0002_pets', 'alter table pets add owner text');
    const { failed } = await bench.migrations.up({ wait_ms: 100 });
    expect(failed).toMatchObject({ id: '0002_pets', state: 'undone' });
    expect(failed?.message).toMatch(
      /night shift \(pid \d+, user \w+\), since 20.*with: insert into pets values \(\?, \?\)/,
    );
    const again = bench.migrations.up();
    await other.query('commit');
    expect((await again).done).toEqual(['0002_pets']);
  });

  it('on a table keeps daemons waiting for less than they are patient', async () => {
    await bench.add('0001_pets', 'create table pets (id integer)');
    await bench.migrations.up();
    await other.query('begin; select from pets');
    await bench.add('0002_pets', 'alter table pets add owner text');
    const running = bench.migrations.up({ wait_ms: 100 });
    await expect
      .poll(async () => (await other.query('select from pg_locks where not granted')).rowCount)
      .toBeGreaterThan(0);
    const read = bench.dialect.writer
      .transaction()
      .execute((transaction) => sql`select from pets`.execute(transaction));
    await expect(read).resolves.toMatchObject({ rows: [] });
    expect((await running).failed?.id).toBe('0002_pets');
  });

  it('ends with its holder', async () => {
    const migrator = await bench.dialect.connectMigrator();
    const { assertHeld, release } = await migrator.lock();
    await other.query(
      "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()",
    );
    await expect(assertHeld()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('broke'),
    });
    await release();
    await migrator.close();
    expect(await bench.dialect.migrating()).toBeNull();
  });
});

it('is run again where Postgres undoes it for the sake of a writer who locks in another order', async () => {
  await bench.add('0001_pets', 'create table pets (id integer); create table toys (id integer)');
  await bench.migrations.up();
  await bench.add('0002_both', 'alter table pets add name text; alter table toys add name text;');
  await other.query('begin; lock table toys');
  const running = bench.migrations.up();
  await expect
    .poll(async () => (await other.query('select from pg_locks where not granted')).rowCount, {
      interval: 20,
    })
    .toBeGreaterThan(0);
  // Whoever waits longest is undone: the migration, unless the machine slept for a second.
  await other.query('lock table pets').catch(() => {});
  await other.query('rollback');
  expect(await running).toMatchObject({ done: ['0002_both'], failed: null });
}, 20_000);

it('says that the user lacks the right', async () => {
  const role = `reader_${process.pid}`;
  await other.query(`create role ${role} login password 'p'; revoke create on schema public from public`);
  const url = new URL(bench.database.url);
  Object.assign(url, { username: role, password: 'p' });
  const dialect = await openDialect({ url: url.href });
  await bench.add('0001_pets', 'create table pets (id integer)');
  await expect(bench.engineOn(dialect).up()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('lacks a right'),
  });
  await dialect.close();
  await other.query(`drop owned by ${role}; drop role ${role}`);
});
