/** Tenants with schemas of their own and files of all phases for them, for one test at a time. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach } from 'vitest';
import type { Dialect } from '../dialect.ts';
import type { TenantMigrations } from '../migrations/tenants.ts';
import { createTenantMigrations } from '../migrations/tenants.ts';
import { migrationsFolder } from '../migrations-folder.ts';
import { openDialect } from '../open.ts';
import { makeTestDatabase, queryOn, runOn, type TestDatabase } from '../test-databases.ts';

export const FIRST = '0001_words';
export const EXPAND = '0002_length';
export const FILL = '0003_fill_length';
export const SWITCH = '0004_read_length';
export const CONTRACT = '0005_body_goes';

/** `times` counts how often a row was filled: once, whatever happens. */
const FILES: Readonly<Record<string, string>> = {
  [EXPAND]: `-- phase: expand
alter table text_bodies add column length integer, add column times integer not null default 0;
-- down
alter table text_bodies drop column length, drop column times;`,
  [FILL]: `-- phase: backfill
-- needs: ${EXPAND}
-- table: text_bodies
-- key: text_id
-- batch: 10
update text_bodies set length = length(body), times = times + 1
where text_id > :after and text_id <= :upto and length is null;
-- verify
select text_id as name, length(body)::text as old, length::text as new from text_bodies
where text_id > :after and text_id <= :upto;
-- down`,
  [SWITCH]: `-- phase: switch\n-- needs: ${FILL}\n-- down`,
  [CONTRACT]: `-- phase: contract
-- needs: ${SWITCH}
-- grace: 1h
alter table text_bodies drop column body;
-- down
alter table text_bodies add column body text;`,
};

export interface TenantBench {
  readonly database: TestDatabase;
  readonly dialect: Dialect;
  readonly folder: URL;
  readonly migrations: TenantMigrations;
  /** Files that a new version brings. */
  release(...ids: string[]): Promise<void>;
  /** `t001`, `t002` and so on, each a minute younger than the one before. */
  seedTenants(count: number): Promise<void>;
  /** Of each of them so many texts. */
  seedTexts(tenants: number, texts: number): Promise<void>;
  /** In the schema of each of them, one statement. */
  inEach(tenants: number, statement: string): Promise<void>;
  inEachOf(tenant_ids: string[], statement: string): Promise<void>;
  query(text: string): Promise<unknown[]>;
  run(text: string): Promise<void>;
}

export const tenantNamed = (n: number) => `t${String(n).padStart(3, '0')}`;

export function tenantBench(): TenantBench {
  let folder: string;
  let database: TestDatabase;
  let dialect: Dialect;
  const url = () => pathToFileURL(`${folder}/`);
  const run = (text: string) => runOn(database.url, text);
  const inEachOf = (tenant_ids: string[], statement: string) =>
    run(tenant_ids.map((tenant_id) => `set search_path = tenant_${tenant_id}; ${statement};`).join('\n'));
  const inEach = (tenants: number, statement: string) =>
    inEachOf(
      Array.from({ length: tenants }, (_, i) => tenantNamed(i + 1)),
      statement,
    );

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tenant-migrations-'));
    const name = `${FIRST}.sql`;
    await copyFile(new URL(name, migrationsFolder('postgres-tenant')), path.join(folder, name));
    database = await makeTestDatabase('postgres');
    dialect = await openDialect({ url: database.url });
  });
  afterEach(async () => {
    await dialect.close();
    await database.remove();
    await rm(folder, { recursive: true });
  });

  return {
    get database() {
      return database;
    },
    get dialect() {
      return dialect;
    },
    get folder() {
      return url();
    },
    get migrations() {
      return createTenantMigrations({ dialect, folder: url(), now: dialect.now, log: undefined });
    },
    async release(...ids) {
      for (const id of ids) await writeFile(path.join(folder, `${id}.sql`), `-- id: ${id}\n${FILES[id]}\n`);
    },
    seedTenants: (count) =>
      run(
        `insert into tenants (tenant_id, name, plan, profile, created_at, updated_at)
         select 't' || to_char(n, 'FM000'), 'Number ' || n, 'free', '{}', now() + n * interval '1 minute', now()
         from generate_series(1, ${count}) n`,
      ),
    seedTexts: (tenants, texts) =>
      inEach(
        tenants,
        `insert into text_bodies (text_id, tenant_id, conversation_id, body)
         select 'x' || to_char(n, 'FM00000'), 't', 'c', repeat('a', n) from generate_series(1, ${texts}) n`,
      ),
    ...{ inEach, inEachOf },
    query: (text) => queryOn(database.url, text),
    run,
  };
}
