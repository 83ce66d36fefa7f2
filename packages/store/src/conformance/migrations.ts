import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Dialect } from '../dialect.ts';
import { createMigrations } from '../migrate.ts';
import { openDialect } from '../open.ts';
import type { MigrationRun, Migrations } from '../store.ts';
import type { TestDatabase } from '../test-databases.ts';

/** What the engine does with files of its own making, on a database that is empty. */
export function migrationsConform(makeEmptyDatabase: () => Promise<TestDatabase>): void {
  let folder: string;
  let database: TestDatabase;
  let dialect: Dialect;
  let migrations: Migrations;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'migrations-'));
    database = await makeEmptyDatabase();
    dialect = await openDialect(database);
    migrations = engineOn(dialect);
  });

  afterEach(async () => {
    await dialect.close();
    await database.remove();
    await rm(folder, { recursive: true });
  });

  it('applies what is pending, in order, and remembers it', async () => {
    await addMigration('0002_pets', 'insert into owners values (1); create table pets (id integer)');
    await addMigration(
      '0001_owners',
      'create table owners (id integer); create index owners_id on owners (id)',
    );
    expect(await migrations.status()).toMatchObject([
      { id: '0001_owners', phase: 'expand', state: 'pending', applied_at: null, duration_ms: null },
      { id: '0002_pets', state: 'pending' },
    ]);
    expect(await migrations.up()).toEqual({ done: ['0001_owners', '0002_pets'], failed: null, not_run: [] });
    expect(await migrations.status()).toMatchObject([
      {
        id: '0001_owners',
        state: 'applied',
        applied_at: '2026-11-24T18:00:00.000Z',
        duration_ms: expect.any(Number),
      },
      { id: '0002_pets', state: 'applied' },
    ]);
    expect(await migrations.up()).toEqual({ done: [], failed: null, not_run: [] });
  });

  it('applies only the phases it is told to', async () => {
    await addMigration('0001_expand', 'create table a (id integer)');
    await addMigration('0002_contract', 'drop table a', 'contract');
    await addMigration('0003_expand', 'create table b (id integer)');
    expect((await migrations.up({ phases: ['expand'] })).done).toEqual(['0001_expand', '0003_expand']);
    expect((await migrations.up()).done).toEqual(['0002_contract']);
  });

  it('leaves nothing of a migration that fails, keeps those before it and does not try those after it', async () => {
    await addMigration('0001_owners', 'create table owners (id integer)');
    await addMigration('0002_broken', 'create table half (id integer); insert into nowhere values (1)');
    await addMigration('0003_after', 'create table after (id integer)');
    expect(await migrations.up()).toEqual({
      done: ['0001_owners'],
      failed: {
        id: '0002_broken',
        message: expect.stringMatching(/no such table: nowhere|"nowhere" does not exist/),
      },
      not_run: ['0003_after'],
    });
    expect(await dialect.tableNames()).toEqual(['owners', 'schema_migrations']);
    await addMigration('0002_broken', 'create table whole (id integer)');
    expect((await migrations.up()).done).toEqual(['0002_broken', '0003_after']);
  });

  it('does not run the way back', async () => {
    await addMigration('0001_owners', 'create table owners (id integer);\n-- down\ndrop table owners');
    await migrations.up();
    expect(await dialect.tableNames()).toEqual(['owners', 'schema_migrations']);
  });

  it('says of an applied file that it was edited, but does not mind its line ends', async () => {
    await addMigration('0001_owners', 'create table owners (id integer)');
    await migrations.up();
    await addMigration('0001_owners', 'create table owners (id integer)', 'expand', '\r\n');
    expect(await migrations.status()).toMatchObject([{ state: 'applied' }]);
    await addMigration('0001_owners', 'create table owners (id text)');
    await expect(migrations.up()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('0001_owners, whose file was edited'),
    });
  });

  it('says that an applied file is missing, or that the database is newer than the code', async () => {
    await addMigration('0001_owners', 'create table owners (id integer)');
    await addMigration('0002_pets', 'create table pets (id integer)');
    await migrations.up();
    await rm(path.join(folder, '0002_pets.sql'));
    await expect(migrations.status()).rejects.toThrow('has the migration 0002_pets from a newer version');
    await rm(path.join(folder, '0001_owners.sql'));
    await addMigration('0003_toys', 'create table toys (id integer)');
    await expect(migrations.status()).rejects.toThrow('has the migration 0001_owners, whose file is missing');
    await expect(migrations.up()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('runs each file once when two run them at the same time', async () => {
    await addMigration('0001_owners', 'create table owners (id integer)');
    await addMigration('0002_pets', 'create table pets (id integer)');
    const another = await openDialect(database);
    const runs: MigrationRun[] = await Promise.all([migrations.up(), engineOn(another).up()]);
    await another.close();
    expect(runs.flatMap(({ done }) => done).sort()).toEqual(['0001_owners', '0002_pets']);
    expect(runs.map(({ failed }) => failed)).toEqual([null, null]);
  });

  it("leaves another program's database alone", async () => {
    await sql`create table wordpress_posts (id integer)`.execute(dialect.writer);
    await addMigration('0001_owners', 'create table owners (id integer)');
    await expect(migrations.up()).rejects.toThrow('wordpress_posts');
    expect(await dialect.tableNames()).toEqual(['wordpress_posts']);
  });

  it.each([
    ['0001_owners.sql', '-- id: 0001_owners\n-- phase: grow', 'has the phase "grow"'],
    ['0001_owners.sql', '-- id: 0001_owners', 'has the phase ""'],
    ['0001_owners.sql', '-- id: 0001_pets\n-- phase: expand', '-- id: 0001_pets'],
    ['owners.sql', '-- id: owners\n-- phase: expand', 'is not named NNNN_name.sql'],
  ])('refuses the file %s with %j', async (name, header, message) => {
    await writeFile(path.join(folder, name), `${header}\ncreate table owners (id integer);\n`);
    await expect(migrations.up()).rejects.toThrow(message);
    expect(await dialect.tableNames()).toEqual([]);
  });

  it('refuses to take a folder without migrations for a database that needs none', async () => {
    await expect(migrations.up()).rejects.toThrow('There are no migrations in');
  });

  it('refuses two files with one number', async () => {
    await addMigration('0001_owners', 'create table owners (id integer)');
    await addMigration('0001_pets', 'create table pets (id integer)');
    await expect(migrations.up()).rejects.toThrow(
      '0001_pets.sql has the number 0001, as 0001_owners.sql has',
    );
  });

  async function addMigration(id: string, script: string, phase = 'expand', lineEnd = '\n'): Promise<void> {
    const lines = [`-- id: ${id}`, `-- phase: ${phase}`, script, ''];
    await writeFile(path.join(folder, `${id}.sql`), lines.join(lineEnd));
  }

  function engineOn(on: Dialect): Migrations {
    const now = async () => '2026-11-24T18:00:00.000Z';
    return createMigrations({ dialect: on, folder: pathToFileURL(`${folder}/`), now, log: undefined });
  }
}
