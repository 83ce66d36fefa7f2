import { sql } from 'kysely';
import { beforeEach, expect, it } from 'vitest';
import type { TestDatabase } from '../test-databases.ts';
import { migrationBench } from './migration-folder.ts';

/** What the engine takes back, and what it refuses to. */
export function waysBackConform(makeEmptyDatabase: () => Promise<TestDatabase>): void {
  const bench = migrationBench(makeEmptyDatabase);
  beforeEach(async () => {
    await bench.add('0001_owners', 'create table owners (id integer);\n-- down\ndrop table owners;');
    await bench.add('0002_name', 'alter table owners add name text;\n-- down\nalter table owners drop name;');
    await bench.migrations.up();
  });

  it('takes back the newest first, down to one that stays', async () => {
    expect(await bench.migrations.down({ to: '0001_owners' })).toMatchObject({
      done: ['0002_name'],
      failed: null,
    });
    expect(await bench.dialect.columnNames(bench.dialect.reader, 'owners')).toEqual(['id']);
    expect((await bench.migrations.up()).done).toEqual(['0002_name']);
    expect((await bench.migrations.down({ to: '0' })).done).toEqual(['0002_name', '0001_owners']);
    expect(await bench.tables()).toEqual([]);
    expect((await bench.migrations.up()).done).toEqual(['0001_owners', '0002_name']);
  });

  it('does not lose what stands in a table or a column, unless it is told to', async () => {
    await sql`insert into owners (id) values (1)`.execute(bench.dialect.writer);
    expect((await bench.migrations.down({ to: '0001_owners' })).done).toEqual(['0002_name']);
    await expect(bench.migrations.down({ to: '0' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('the table owners has rows'),
    });
    await bench.migrations.up();
    await sql`update owners set name = 'Ann'`.execute(bench.dialect.writer);
    await expect(bench.migrations.down({ to: '0001_owners' })).rejects.toThrow('owners.name has values');
    expect((await bench.migrations.down({ to: '0', yes_lose_data: true })).done).toHaveLength(2);
  });

  it('changes nothing where one of them has no way back, took something away or is still needed', async () => {
    await bench.add('0003_pets', 'create table pets (id integer)');
    await bench.migrations.up();
    await expect(bench.migrations.down({ to: '0' })).rejects.toThrow('0003_pets has no way back');
    await bench.write('0004_pets.sql', '-- id: 0004_pets\n-- phase: contract\ndrop table pets;\n-- down\n');
    await bench.migrations.up({ phases: ['contract'] });
    await expect(bench.migrations.down({ to: '0003_pets' })).rejects.toThrow('does not come back');
    const blockers = async () => ['web-1 (version 0.9.0)'];
    await expect(bench.migrations.down({ to: '0003_pets', blockers })).rejects.toThrow(
      'web-1 (version 0.9.0)',
    );
    expect(await bench.migrations.status()).toMatchObject(Array(4).fill({ state: 'applied' }));
  });

  it('leaves a migration as it was when its way back fails', async () => {
    await bench.add(
      '0003_pets',
      'create table pets (id integer);\n-- down\ndrop table pets;\ndrop table nowhere;',
    );
    await bench.migrations.up();
    expect(await bench.migrations.down({ to: '0' })).toMatchObject({
      done: [],
      failed: { id: '0003_pets', state: 'undone', message: expect.stringContaining('nowhere') },
      not_run: ['0002_name', '0001_owners'],
    });
    expect(await bench.tables()).toContain('pets');
  });
}
