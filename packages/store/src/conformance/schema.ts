/** What our own migrations make, how they are taken back, and what is noticed when somebody changes it by hand. */
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Dialect, DialectName } from '../dialect.ts';
import { type Difference, differencesAt, findDrift } from '../migrations/drift.ts';
import { dumpText, readSchema } from '../migrations/dump.ts';
import { type MigrationFile, readMigrationFiles } from '../migrations/files.ts';
import type { Phase } from '../migrations/migrations.ts';
import { migrationsFolder } from '../migrations-folder.ts';
import { openDialect, openStore } from '../open.ts';
import type { Store } from '../store.ts';
import type { TestDatabase } from '../test-databases.ts';
import { seedEveryTable } from './every-table.ts';
import { START } from './seeds.ts';

const ALL_PHASES: Phase[] = ['expand', 'backfill', 'switch', 'contract'];

/** What was done by hand, and what must be said of it. */
export type Drifted = readonly [statement: string, difference: Partial<Difference> & { name: string }];

const ON_BOTH: readonly Drifted[] = [
  ['create table pets (id integer)', { kind: 'table', name: 'pets', difference: 'extra' }],
  ['drop table notices', { kind: 'table', name: 'notices', difference: 'missing' }],
  ['alter table turns add column mood text', { kind: 'column', name: 'turns.mood', difference: 'extra' }],
  [
    'alter table outgoing_texts drop column why',
    { kind: 'column', name: 'outgoing_texts.why', difference: 'missing', found: null },
  ],
  ['drop index deliveries_due', { kind: 'index', name: 'deliveries.deliveries_due', difference: 'missing' }],
  [
    'create index by_hand on turns (at)',
    { kind: 'index', name: 'turns.by_hand', difference: 'extra', expected: null },
  ],
  ['create view loud as select said from turns', { kind: 'view', name: 'loud', difference: 'extra' }],
];

export function schemaConforms(makeEmptyDatabase: () => Promise<TestDatabase>, name: DialectName): void {
  let database: TestDatabase;
  let dialect: Dialect;
  let store: Store;
  let files: MigrationFile[];

  beforeEach(async () => {
    database = await makeEmptyDatabase();
    dialect = await openDialect(database);
    store = await openStore({ ...database, now: () => new Date(START) });
    files = await readMigrationFiles(migrationsFolder(name));
  });
  afterEach(async () => {
    await store.close();
    await dialect.close();
    await database.remove();
  });

  const dump = async () => dumpText(await readSchema(dialect));

  it('is the one that was reviewed', async () => {
    await store.migrations.up();
    const reviewed = fileURLToPath(new URL(`../../schema/${name}.sql`, import.meta.url));
    await expect(await dump()).toMatchFileSnapshot(reviewed);
  });

  it('is taken back step by step, with rows in it, and made again to the letter', {
    timeout: 60_000,
  }, async () => {
    const dumps = new Map([['0', await dump()]]);
    for (const { id } of files) {
      expect(await store.migrations.up({ to: id, phases: ALL_PHASES })).toMatchObject({
        done: [id],
        failed: null,
      });
      dumps.set(id, await dump());
    }
    await seedEveryTable(store);
    const ids = [...dumps.keys()];
    for (const to of ids.slice(0, -1).reverse()) {
      const { done, failed } = await store.migrations.down({ to, yes_lose_data: true });
      expect([done, failed]).toEqual([[ids[ids.indexOf(to) + 1]], null]);
      expect(await dump(), `after the way back to ${to}`).toBe(dumps.get(to));
    }
    expect((await store.migrations.up()).done).toEqual(ids.slice(1));
    expect(await dump()).toBe(dumps.get(ids.at(-1) ?? ''));
  });

  it('is compared with that of the migrations that are applied, wherever it stands', async () => {
    expect(await findDrift({ dialect, files })).toEqual({ compared_to: null, differences: [] });
    await store.migrations.up({ to: '0003_on_call' });
    expect(await findDrift({ dialect, files })).toEqual({ compared_to: '0003_on_call', differences: [] });
    expect(await differencesAt({ dialect, files }, '0003_on_call')).toEqual([]);
    expect(await differencesAt({ dialect, files }, '0004_escalation')).toContain('table notices missing');
    await store.migrations.up({ phases: ALL_PHASES });
    const { compared_to, differences } = await findDrift({ dialect, files });
    expect([compared_to, differences]).toEqual([files.at(-1)?.id, []]);
  });

  it('cannot be judged where a newer version has been', async () => {
    await store.migrations.up();
    const older = files.slice(0, -1);
    await expect(findDrift({ dialect, files: older })).rejects.toThrow(`does not know (${files.at(-1)?.id})`);
  });
}

/** All at once, on a database of their own. */
export function driftIsNoticed(
  makeEmptyDatabase: () => Promise<TestDatabase>,
  name: DialectName,
  onThisOne: readonly Drifted[],
): void {
  const drifted = [...ON_BOTH, ...onThisOne];
  let database: TestDatabase;
  let dialect: Dialect;
  let files: MigrationFile[];
  let differences: Difference[];

  const byHand = (statement: string) => sql.raw(statement).execute(dialect.writer);
  const find = async () => (await findDrift({ dialect, files })).differences;

  beforeAll(async () => {
    database = await makeEmptyDatabase();
    dialect = await openDialect(database);
    files = await readMigrationFiles(migrationsFolder(name));
    const store = await openStore(database);
    await store.migrations.up();
    await store.close();
    for (const [statement] of drifted) await byHand(statement);
    differences = await find();
  });
  afterAll(async () => {
    await dialect.close();
    await database.remove();
  });

  it.each(drifted)('%s', (_, expected) => {
    expect(differences).toContainEqual(expect.objectContaining(expected));
  });

  it('is all that is noticed', () => {
    expect(differences.map((one) => one.name).sort()).toEqual(drifted.map(([, one]) => one.name).sort());
  });

  it('is mended by what is advised, where that is a statement', async () => {
    for (const { fix } of differences.filter(isStatement)) {
      for (const statement of fix.split(/;\s*(?:--.*)?/).filter(Boolean)) await byHand(statement);
    }
    expect(await find()).toEqual(differences.filter((difference) => !isStatement(difference)));
  });
}

function isStatement({ fix }: Difference): boolean {
  return /^[a-z]/.test(fix) || fix.startsWith('CREATE ');
}
