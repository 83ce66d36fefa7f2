import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { openDialect } from '../open.ts';
import type { MigrationProgress, MigrationRun } from '../store.ts';
import type { TestDatabase } from '../test-databases.ts';
import { badMigrationsConform } from './bad-migrations.ts';
import { migrationBench, NOW } from './migration-folder.ts';
import { waysBackConform } from './ways-back.ts';

const NOTHING: MigrationRun = { done: [], failed: null, not_run: [], waiting: [] };

/** What the engine does with files of its own making, on a database that is empty. */
export function migrationsConform(makeEmptyDatabase: () => Promise<TestDatabase>): void {
  const bench = migrationBench(makeEmptyDatabase);

  it('applies what is pending, in order, and remembers it', async () => {
    await bench.add('0002_pets', 'insert into owners values (1); create table pets (id integer)');
    await bench.add('0001_owners', 'create table owners (id integer); create index owners_id on owners (id)');
    expect(await bench.migrations.status()).toEqual([
      {
        ...{ id: '0001_owners', phase: 'expand', state: 'pending', applied_at: null, duration_ms: null },
        ...{ holder: null, error: null, way_out: null, from_newer: false },
      },
      expect.objectContaining({ id: '0002_pets', state: 'pending' }),
    ]);
    expect(await bench.migrations.up()).toEqual({ ...NOTHING, done: ['0001_owners', '0002_pets'] });
    expect(await bench.migrations.status()).toMatchObject([
      { id: '0001_owners', state: 'applied', applied_at: NOW, duration_ms: expect.any(Number) },
      { id: '0002_pets', state: 'applied' },
    ]);
    expect(await bench.migrations.up()).toEqual(NOTHING);
  });

  it('applies everything to an empty database, and later no contract unless it is asked for', async () => {
    await bench.add('0001_a', 'create table a (id integer)');
    await bench.add('0002_a', 'drop table a', 'contract');
    expect((await bench.migrations.up()).done).toEqual(['0001_a', '0002_a']);
    await bench.add('0003_b', 'create table b (id integer)');
    await bench.add('0004_b', 'drop table b', 'contract');
    expect(await bench.migrations.up()).toEqual({
      ...NOTHING,
      done: ['0003_b'],
      waiting: [{ id: '0004_b', why: expect.stringContaining('receptionistd migrate contract') }],
    });
    expect((await bench.migrations.up({ phases: ['contract'] })).done).toEqual(['0004_b']);
    expect(await bench.tables()).toEqual([]);
  });

  it('finishes with the contracts, too, what was begun on an empty database', async () => {
    await bench.add('0001_a', 'create table a (id integer)');
    await bench.add('0002_b', 'insert into nowhere values (1)');
    await bench.add('0003_a', 'drop table a', 'contract');
    expect((await bench.migrations.up()).not_run).toEqual(['0003_a']);
    await bench.add('0002_b', 'create table b (id integer)');
    expect((await bench.migrations.up()).done).toEqual(['0002_b', '0003_a']);
  });

  it('goes as far as it is told', async () => {
    await bench.add('0001_a', 'create table a (id integer)');
    await bench.add('0002_b', 'create table b (id integer)');
    await bench.add('0003_c', 'create table c (id integer)');
    expect(await bench.migrations.plan({ to: '0002_b' })).toEqual([
      { id: '0001_a', phase: 'expand', transaction: true, statements: ['create table a (id integer)'] },
      { id: '0002_b', phase: 'expand', transaction: true, statements: ['create table b (id integer)'] },
    ]);
    expect(await bench.tables()).toEqual([]);
    expect((await bench.migrations.up({ to: '0002_b' })).done).toEqual(['0001_a', '0002_b']);
    await expect(bench.migrations.up({ to: '0003_see' })).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no migration 0003_see. Did you mean 0003_c?',
    });
  });

  it('lets wait what needs one that waits, and what the gate holds back', async () => {
    await bench.add('0001_a', 'create table a (id integer)');
    await bench.migrations.up();
    await bench.add('0002_b', 'create table b (id integer)');
    await bench.add('0003_c', '-- needs: 0002_b\ncreate table c (id integer)');
    await bench.add('0004_d', '-- needs: 0001_a\ncreate table d (id integer)');
    const gate = async ({ id }: { id: string }) => (id === '0002_b' ? 'not on a Sunday' : null);
    expect(await bench.migrations.up({ gate })).toEqual({
      ...NOTHING,
      done: ['0004_d'],
      waiting: [
        { id: '0002_b', why: 'not on a Sunday' },
        { id: '0003_c', why: 'it needs 0002_b, which is not applied' },
      ],
    });
    expect((await bench.migrations.up()).done).toEqual(['0002_b', '0003_c']);
  });

  it('hands a backfill to whoever runs them, and goes on once it is verified', async () => {
    const ran: string[] = [];
    let outcome: 'paused' | 'verified' = 'paused';
    const migrations = bench.engineOn(bench.dialect, {
      run: async ({ id, backfill }) => {
        ran.push(`${id} ${backfill?.table} by ${backfill?.key}, ${backfill?.batch} rows`);
        return outcome;
      },
    });
    await bench.add('0001_fill', '-- table: pets\n-- key: owner, id\n-- batch: 20\nupdate pets', 'backfill');
    await bench.add('0002_read', '-- needs: 0001_fill\nselect 1', 'switch');
    const { waiting } = await migrations.up();
    expect(waiting.map(({ id }) => id)).toEqual(['0001_fill', '0002_read']);
    outcome = 'verified';
    expect((await migrations.up()).done).toEqual(['0001_fill', '0002_read']);
    expect(ran).toEqual(Array(2).fill('0001_fill pets by owner,id, 20 rows'));
  });

  it('leaves nothing of a migration that fails, keeps those before it and does not try those after it', async () => {
    await bench.add('0001_owners', 'create table owners (id integer)');
    await bench.add('0002_broken', 'create table half (id integer); insert into nowhere values (1)');
    await bench.add('0003_after', 'create table after (id integer)');
    expect(await bench.migrations.up()).toEqual({
      ...NOTHING,
      done: ['0001_owners'],
      failed: {
        id: '0002_broken',
        message: expect.stringMatching(/no such table: nowhere|"nowhere" does not exist/),
        state: 'undone',
      },
      not_run: ['0003_after'],
    });
    expect(await bench.tables()).toEqual(['owners']);
    await bench.add('0002_broken', 'create table whole (id integer)');
    expect((await bench.migrations.up()).done).toEqual(['0002_broken', '0003_after']);
  });

  it('tells what it is at', async () => {
    await bench.add('0001_a', 'create table a (id integer)');
    const told: MigrationProgress[] = [];
    await bench.migrations.up({ onProgress: (progress) => told.push(progress) });
    expect(told.map(({ id, step }) => [id, step])).toEqual([
      ['0001_a', 'started'],
      ['0001_a', 'done'],
    ]);
  });

  it('gives the table of an older version what it lacks', async () => {
    await bench.add('0001_a', 'create table a (id integer)');
    await bench.migrations.up();
    for (const column of ['state', 'started_at', 'finished_at', 'error', 'statement', 'dialect'])
      await sql`alter table schema_migrations drop column ${sql.ref(column)}`.execute(bench.dialect.writer);
    await bench.add('0002_b', 'create table b (id integer)');
    expect(await bench.migrations.status()).toMatchObject([{ state: 'applied' }, { state: 'pending' }]);
    expect((await bench.migrations.up()).done).toEqual(['0002_b']);
    const states = await bench.dialect.reader.selectFrom('schema_migrations').select('state').execute();
    expect(states).toEqual([{ state: 'done' }, { state: 'done' }]);
  });

  it('runs each file once when two run them at the same time', async () => {
    await bench.add('0001_owners', 'create table owners (id integer)');
    await bench.add('0002_pets', 'create table pets (id integer)');
    const another = await openDialect(bench.database);
    const runs = await Promise.all([bench.migrations.up(), bench.engineOn(another).up()]);
    await another.close();
    expect(runs.flatMap(({ done }) => done).sort()).toEqual(['0001_owners', '0002_pets']);
    expect(runs.map(({ failed }) => failed)).toEqual([null, null]);
  });

  it('lives with what a newer version added, and not with what it took away', async () => {
    await bench.add('0001_owners', 'create table owners (id integer)');
    await bench.add('0002_pets', 'create table pets (id integer)');
    await bench.migrations.up();
    await bench.remove('0002_pets');
    expect(await bench.migrations.status()).toMatchObject([
      { id: '0001_owners', from_newer: false },
      { id: '0002_pets', state: 'applied', from_newer: true },
    ]);
    await bench.add('0002_pets', 'create table pets (id integer)');
    await bench.add('0003_owners', 'drop table owners', 'contract');
    await bench.migrations.up({ phases: ['contract'] });
    await bench.remove('0002_pets');
    await bench.remove('0003_owners');
    await expect(bench.migrations.status()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('has the migration 0003_owners from a newer version'),
    });
  });

  it('writes down what a database has already, where its schema is that', async () => {
    await sql`create table owners (id integer)`.execute(bench.dialect.writer);
    await bench.add('0001_owners', 'create table owners (id integer)');
    await bench.add('0002_pets', 'create table pets (id integer)');
    const to = '0001_owners';
    await expect(bench.migrations.baseline({ to })).rejects.toThrow('it was not compared');
    await expect(
      bench.migrations.baseline({ to, differences: async (id) => [`owners.id is missing in ${id}`] }),
    ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('owners.id is missing') });
    expect(await bench.migrations.baseline({ to, differences: async () => [] })).toEqual({
      ...NOTHING,
      done: ['0001_owners'],
    });
    expect((await bench.migrations.up()).done).toEqual(['0002_pets']);
  });

  it('does not take an empty database for one that has something already', async () => {
    await bench.add('0001_owners', 'create table owners (id integer)');
    await expect(bench.migrations.baseline({ to: '0001_owners', force: 'I know' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('The database is empty'),
    });
    expect(await bench.dialect.tableNames()).toEqual([]);
  });

  describe('the way back', () => waysBackConform(makeEmptyDatabase));
  describe('bad input', () => badMigrationsConform(makeEmptyDatabase));
}
