import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { TestDatabase } from '../test-databases.ts';
import { migrationBench } from './migration-folder.ts';

/** Files and databases that do not fit: a clear sentence, and nothing changed. */
export function badMigrationsConform(makeEmptyDatabase: () => Promise<TestDatabase>): void {
  const bench = migrationBench(makeEmptyDatabase);

  it('says of an applied file that it was edited, but does not mind how an editor marks text and ends lines', async () => {
    const lines = ['-- id: 0001_owners', '-- phase: expand', 'create table owners (id integer)', ''];
    await bench.write('0001_owners.sql', lines.join('\n'));
    await bench.migrations.up();
    await bench.write('0001_owners.sql', `\uFEFF${lines.join('\r\n')}`);
    expect(await bench.migrations.status()).toMatchObject([{ state: 'applied' }]);
    await bench.add('0001_owners', 'create table owners (id text)');
    await expect(bench.migrations.up()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('0001_owners, whose file was edited'),
    });
  });

  it('says of an applied file that it is missing', async () => {
    await bench.add('0001_owners', 'create table owners (id integer)');
    await bench.migrations.up();
    await bench.remove('0001_owners');
    await bench.add('0003_toys', 'create table toys (id integer)');
    await expect(bench.migrations.status()).rejects.toThrow(
      'has the migration 0001_owners, whose file is missing',
    );
    await expect(bench.migrations.up()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await bench.tables()).toEqual(['owners']);
  });

  it.each([
    ["state = 'half-baked'", 'has the migration 0001_owners in the state "half-baked"'],
    ["applied_at = 'yesterday'", 'has the migration 0001_owners as applied at "yesterday"'],
  ])('goes no further where somebody wrote %s into schema_migrations', async (change, message) => {
    await bench.add('0001_owners', 'create table owners (id integer)');
    await bench.migrations.up();
    await sql.raw(`update schema_migrations set ${change}`).execute(bench.dialect.writer);
    await bench.add('0002_pets', 'create table pets (id integer)');
    await expect(bench.migrations.up()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(message),
    });
    expect(await bench.tables()).toEqual(['owners']);
  });

  it("leaves another program's database alone", async () => {
    await sql`create table wordpress_posts (id integer)`.execute(bench.dialect.writer);
    await bench.add('0001_owners', 'create table owners (id integer)');
    await expect(bench.migrations.up()).rejects.toThrow('wordpress_posts');
    expect(await bench.dialect.tableNames()).toEqual(['wordpress_posts']);
  });

  it('does not take for foreign what somebody migrated while it looked', async () => {
    await bench.add('0001_owners', 'create table owners (id integer)');
    const { dialect, migrations } = bench;
    const slow: typeof dialect = {
      ...dialect,
      async tableNames(schema) {
        await migrations.up();
        return dialect.tableNames(schema);
      },
    };
    expect(await bench.engineOn(slow).status()).toMatchObject([{ id: '0001_owners', state: 'applied' }]);
  });

  it("leaves another program's schema_migrations alone", async () => {
    await sql`create table schema_migrations (version text primary key)`.execute(bench.dialect.writer);
    await bench.add('0001_owners', 'create table owners (id integer)');
    await expect(bench.migrations.up()).rejects.toThrow("a schema_migrations that is another program's");
    expect(await bench.dialect.tableNames()).toEqual(['schema_migrations']);
  });

  it.each([
    ['0001_a.sql', '-- id: 0001_a\n-- phase: grow', 'has the phase "grow"'],
    ['0001_a.sql', '-- id: 0001_a', 'has the phase ""'],
    ['0001_a.sql', '-- id: 0001_b\n-- phase: expand', 'has "-- id: 0001_b"'],
    ['a.sql', '-- id: a\n-- phase: expand', 'is not named NNNN_name.sql'],
    ['0001_a.sql', '-- id: 0001_a\n-- fase: expand', 'has the header "fase"'],
    ['0001_a.sql', '-- id: 0001_a\n-- phase: expand\n-- phase: switch', 'has the header "phase" twice'],
    ['0001_a.sql', '-- id: 0001_a\n-- phase: expand\n-- transaction: maybe', 'has "-- transaction: maybe"'],
    ['0001_a.sql', '-- id: 0001_a\n-- phase: contract\n-- grace: soon', 'has "-- grace: soon"'],
    ['0001_a.sql', '-- id: 0001_a\n-- phase: backfill\n-- table: a', 'has "-- table:" and no "-- key:"'],
    [
      '0001_a.sql',
      '-- id: 0001_a\n-- phase: expand\n-- needs: 0000_x',
      'needs 0000_x, of which there is no file',
    ],
    ['0001_a.sql', '-- id: 0001_a\n-- phase: expand\n-- needs: 0001_a', 'needs itself'],
  ])('refuses the file %s with %j', async (name, header, message) => {
    await bench.write(name, `${header}\ncreate table owners (id integer);\n`);
    await expect(bench.migrations.up()).rejects.toThrow(message);
    expect(await bench.dialect.tableNames()).toEqual([]);
  });

  it('refuses one that needs a later one, and two that need each other', async () => {
    await bench.add('0001_a', '-- needs: 0002_b');
    await bench.add('0002_b', 'select 1');
    await expect(bench.migrations.up()).rejects.toThrow('0001_a.sql needs 0002_b, which comes later');
    await bench.add('0002_b', '-- needs: 0001_a\nselect 1');
    await expect(bench.migrations.up()).rejects.toThrow('needs 0002_b, which needs 0001_a');
  });

  it('names one that cannot be read', async () => {
    await bench.add('0001_owners', 'create table owners (id integer)');
    await bench.makeFolder('0002_pets.sql');
    await expect(bench.migrations.up()).rejects.toThrow(
      /The migration 0002_pets\.sql .*cannot be read \(EISDIR\)/,
    );
  });

  it('refuses to take a folder without migrations for a database that needs none', async () => {
    await expect(bench.migrations.up()).rejects.toThrow('There are no migrations in');
  });

  it('refuses two files with one number', async () => {
    await bench.add('0001_owners', 'create table owners (id integer)');
    await bench.add('0001_pets', 'create table pets (id integer)');
    await expect(bench.migrations.up()).rejects.toThrow(
      '0001_pets.sql has the number 0001, as 0001_owners.sql has',
    );
  });
}
