import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Dialect } from '../dialect.ts';
import { migrationsFolder } from '../migrations-folder.ts';
import { openDialect } from '../open.ts';
import { makeTestDatabase, queryOn, runOn, type TestDatabase } from '../test-databases.ts';
import { createTenantMigrations, type TenantRun } from './tenants.ts';

const FIRST = '0001_words';
const SECOND = '0002_note';

let database: TestDatabase;
let dialect: Dialect;
let folder: string;
beforeEach(async () => {
  database = await makeTestDatabase('postgres');
  dialect = await openDialect({ url: database.url });
  folder = await mkdtemp(path.join(tmpdir(), 'tenant-migrations-'));
  await copyFile(
    new URL(`${FIRST}.sql`, migrationsFolder('postgres-tenant')),
    path.join(folder, `${FIRST}.sql`),
  );
});
afterEach(async () => {
  await dialect.close();
  await database.remove();
  await rm(folder, { recursive: true });
});

const migrations = () =>
  createTenantMigrations({ dialect, folder: pathToFileURL(`${folder}/`), now: dialect.now, log: undefined });

/** `t001`, `t002` and so on. */
async function seedTenants(count: number): Promise<void> {
  await runOn(
    database.url,
    `insert into tenants (tenant_id, name, plan, profile, created_at, updated_at)
     select 't' || to_char(n, 'FM000'), 'Number ' || n, 'free', '{}', now(), now() from generate_series(1, ${count}) n`,
  );
}

async function releaseSecond(): Promise<void> {
  await writeFile(
    path.join(folder, `${SECOND}.sql`),
    `-- id: ${SECOND}\n-- phase: expand\nalter table turns add column note text;\n-- down\nalter table turns drop column note;\n`,
  );
}

const breakSchema = (tenant_id: string) =>
  runOn(database.url, `alter table tenant_${tenant_id}.turns rename to taken_away`);
const mendSchema = (tenant_id: string) =>
  runOn(database.url, `alter table tenant_${tenant_id}.taken_away rename to turns`);

const failedOf = (runs: TenantRun[]) => runs.filter(({ failed }) => failed).map(({ tenant_id }) => tenant_id);
const doneOf = (runs: TenantRun[]) =>
  runs.filter(({ done }) => done.length > 0).map(({ tenant_id }) => tenant_id);

it('migrates 199 of 200 schemas where one is broken, and then only that one', async () => {
  await seedTenants(200);
  const beganAt = performance.now();
  const first = await migrations().up();
  expect(first.filter(({ failed }) => failed)).toEqual([]);
  expect(doneOf(first)).toHaveLength(200);
  const made = performance.now();
  await releaseSecond();
  await breakSchema('t042');

  const runs = await migrations().up();
  const migrated = performance.now();
  expect(doneOf(runs)).toHaveLength(199);
  expect(runs.filter(({ failed }) => failed)).toEqual([
    {
      ...{ tenant_id: 't042', scope: 'tenant_t042', done: [], not_run: [], waiting: [] },
      failed: { id: SECOND, state: 'undone', message: expect.stringContaining('"turns" does not exist') },
    },
  ]);
  const status = await migrations().status();
  const behind = status.filter(({ migrations: known }) => known.some(({ state }) => state !== 'applied'));
  expect(behind.map(({ tenant_id }) => tenant_id)).toEqual(['t042']);

  await mendSchema('t042');
  expect(await migrations().up()).toEqual([expect.objectContaining({ tenant_id: 't042', done: [SECOND] })]);
  expect(await migrations().up()).toEqual([]);
  const columns = await queryOn(
    database.url,
    `select count(*)::int as count from information_schema.columns where column_name = 'note' and table_schema like 'tenant_t%'`,
  );
  expect(columns).toEqual([{ count: 200 }]);
  const seconds = (from: number, to: number) => ((to - from) / 1_000).toFixed(1);
  console.log(
    `200 schemas made in ${seconds(beganAt, made)} s, 199 migrated in ${seconds(made, migrated)} s`,
  );
}, 120_000);

it('never touches the shared table that has the name of one that is gone', async () => {
  await seedTenants(1);
  await migrations().up();
  await releaseSecond();
  await runOn(database.url, 'drop table tenant_t001.turns cascade');
  expect(failedOf(await migrations().up())).toEqual(['t001']);
  expect(
    await queryOn(
      database.url,
      `select column_name from information_schema.columns where table_name = 'turns' and column_name = 'note'`,
    ),
  ).toEqual([]);
});

it('stops everybody where the canary fails, and nobody where it does not', async () => {
  await seedTenants(3);
  await migrations().up();
  await releaseSecond();
  await breakSchema('t002');
  const stopped = await migrations().up({ canary: 't002' });
  expect(failedOf(stopped)).toEqual(['t002']);
  expect(doneOf(stopped)).toEqual([]);
  expect(stopped.map(({ not_run }) => not_run)).toEqual([[SECOND], [], [SECOND]]);

  await mendSchema('t002');
  const order: string[] = [];
  const runs = await migrations().up({ canary: 't002', onTenant: ({ tenant_id }) => order.push(tenant_id) });
  expect(doneOf(runs)).toEqual(['t001', 't002', 't003']);
  expect(order[0]).toBe('t002');
});

it('applies each once where several run at once', async () => {
  await seedTenants(12);
  const runs = (await Promise.all([1, 2, 3].map(() => migrations().up()))).flat();
  expect(failedOf(runs)).toEqual([]);
  expect(doneOf(runs).sort()).toEqual((await migrations().status()).map(({ tenant_id }) => tenant_id));
});

it('does not take a canary that is no tenant', async () => {
  await seedTenants(1);
  await expect(migrations().up({ canary: 't9' })).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('no tenant t9'),
  });
});

it('reports a schema that cannot be read, beside those that can', async () => {
  await seedTenants(2);
  await migrations().up();
  await runOn(database.url, `update tenant_t001.schema_migrations set checksum = 'edited'`);
  expect(await migrations().status()).toEqual([
    expect.objectContaining({ tenant_id: 't001', migrations: [], error: expect.stringContaining('edited') }),
    expect.objectContaining({ tenant_id: 't002', error: null }),
  ]);
  expect(failedOf(await migrations().up())).toEqual(['t001']);
});
