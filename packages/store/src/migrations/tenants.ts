/**
 * The schemas of tenants, with `TENANCY=schema`: the same files for each, a lock and a schema_migrations of its own. One that
 * fails stops no other, and who runs it again touches only those that are not up to date.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Instant, Problem } from '@receptionist/core';
import { sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { migrationsFolder } from '../migrations-folder.ts';
import type { Db } from '../schema.ts';
import type { StoreLog } from '../store.ts';
import { SCHEMA_PREFIX, schemaOf, type Tenancy, tenantsWithSchema, WORD_TABLES } from '../tenant-schemas.ts';
import { createMigrations } from './engine.ts';
import { readMigrationFiles } from './files.ts';
import type { MigrationRun, MigrationStatus, Migrations, UpOptions } from './migrations.ts';

export interface TenantStatus {
  tenant_id: string;
  /** The name of the schema. */
  scope: string;
  /** Empty where that could not be read. */
  migrations: MigrationStatus[];
  /** Why not. */
  error: string | null;
}

export interface TenantRun extends MigrationRun {
  tenant_id: string;
  scope: string;
}

export interface TenantUpOptions extends Pick<UpOptions, 'phases' | 'wait_ms'> {
  /** The last one to apply; nobody is touched where it is none of theirs. */
  to?: string | undefined;
  /** How many at once; 4 if left out. */
  jobs?: number | undefined;
  /** This tenant first and alone: if it fails, nobody else is touched. */
  canary?: string | undefined;
  onTenant?: ((run: TenantRun) => void) | undefined;
}

export interface TenantMigrations {
  /** Who is where, by tenant id. */
  status(): Promise<TenantStatus[]>;
  /** Of each that was not up to date, by tenant id. @throws Problem `not_found` for a canary that is no tenant */
  up(options?: TenantUpOptions): Promise<TenantRun[]>;
}

const JOBS = 4;
const AGAIN_AFTER_MS = 500;

export function createTenantMigrations({
  dialect,
  folder = migrationsFolder('postgres-tenant'),
  now,
  log,
}: {
  dialect: Dialect;
  folder?: URL;
  now: () => Promise<Instant>;
  log: StoreLog | undefined;
}): TenantMigrations {
  const migrationsOf = (schema: string): Migrations =>
    createMigrations({ dialect, folder, now, log, schema });

  async function status(): Promise<TenantStatus[]> {
    return inParallel(JOBS, await tenantIds(dialect.reader), async (tenant_id) => {
      try {
        const scope = schemaOf(tenant_id);
        return { tenant_id, scope, migrations: await migrationsOf(scope).status(), error: null };
      } catch (error) {
        return { tenant_id, scope: `${SCHEMA_PREFIX}${tenant_id}`, migrations: [], error: messageOf(error) };
      }
    });
  }

  async function up({
    jobs = JOBS,
    canary,
    onTenant,
    to,
    ...rest
  }: TenantUpOptions = {}): Promise<TenantRun[]> {
    if (to !== undefined && !(await readMigrationFiles(folder)).some(({ id }) => id === to)) return [];
    const options: UpOptions = to === undefined ? rest : { ...rest, to };
    const all = await status();
    if (canary !== undefined && !all.some(({ tenant_id }) => tenant_id === canary)) throw noCanary(canary);
    const behind = all.filter(isBehind);
    const migrate = async (tenant: TenantStatus): Promise<TenantRun> => {
      const run = await inTwoTries(() => migrateOne(tenant, options));
      onTenant?.(run);
      return run;
    };
    const first = behind.filter(({ tenant_id }) => tenant_id === canary);
    const others = behind.filter(({ tenant_id }) => tenant_id !== canary);
    const tried = await inParallel(1, first, migrate);
    const stopped = tried.some(({ failed }) => failed);
    const runs = stopped ? others.map(notRun) : await inParallel(jobs, others, migrate);
    return [...tried, ...runs].sort((a, b) => (a.tenant_id < b.tenant_id ? -1 : 1));
  }

  async function migrateOne(tenant: TenantStatus, options: UpOptions): Promise<TenantRun> {
    const { tenant_id, scope } = tenant;
    try {
      await ensureSchema(dialect, schemaOf(tenant_id));
      return { tenant_id, scope, ...(await migrationsOf(scope).up(options)) };
    } catch (error) {
      const [id = '', ...not_run] = pendingOf(tenant);
      const failed = { id, message: messageOf(error), state: 'undone' as const };
      return { tenant_id, scope, done: [], failed, not_run, waiting: [] };
    }
  }

  return { status, up };
}

async function ensureSchema({ writer, isConflict }: Dialect, schema: string): Promise<void> {
  try {
    await sql`create schema if not exists ${sql.id(schema)}`.execute(writer);
  } catch (error) {
    // Another process made it between Postgres's look and its own try.
    if (!isConflict(error)) throw error;
  }
}

/** A server that is busy with the others refuses now and then what it takes a moment later: a lock, a connection. */
async function inTwoTries(migrate: () => Promise<TenantRun>): Promise<TenantRun> {
  const first = await migrate();
  if (first.failed?.state !== 'undone') return first;
  await sleep(AGAIN_AFTER_MS);
  const second = await migrate();
  return { ...second, done: [...first.done, ...second.done] };
}

function notRun(tenant: TenantStatus): TenantRun {
  const { tenant_id, scope } = tenant;
  return { tenant_id, scope, done: [], failed: null, not_run: pendingOf(tenant), waiting: [] };
}

function isBehind(tenant: TenantStatus): boolean {
  return tenant.error !== null || pendingOf(tenant).length > 0;
}

function pendingOf({ migrations }: TenantStatus): string[] {
  return migrations.filter(({ state }) => state !== 'applied').map(({ id }) => id);
}

function noCanary(canary: string): Problem {
  return new Problem(
    'not_found',
    `There is no tenant ${canary} to go first. adminctl tenant list shows them.`,
  );
}

/** The migrations of a database that keeps words in this way alone; asked until it is known. */
export function ofTenancy(
  { dialect, tenancy }: { dialect: Dialect; tenancy: Tenancy },
  migrations: Migrations,
): Migrations {
  let isKnown = false;
  const check = async () => {
    if (!isKnown) await refuseOtherTenancy(dialect, tenancy);
    isKnown = true;
  };
  return {
    ...migrations,
    async status() {
      const statuses = await migrations.status();
      await check();
      return statuses;
    },
    async up(options) {
      await check();
      return migrations.up(options);
    },
  };
}

/**
 * A database keeps words in one way: with the other, callers would begin anew and their words stand in two places.
 * @throws Problem `unavailable`
 */
async function refuseOtherTenancy(dialect: Dialect, tenancy: Tenancy): Promise<void> {
  if (dialect.name !== 'postgres' || !(await dialect.tableNames()).includes('recordings')) return;
  const { reader } = dialect;
  if (tenancy === 'shared') {
    const [tenant_id] = await tenantsWithSchema(reader);
    if (tenant_id === undefined) return;
    throw new Problem(
      'unavailable',
      `The database keeps the words of tenants in schemas of their own (${schemaOf(tenant_id)}), and TENANCY is shared. Set TENANCY=schema. Nothing was changed.`,
    );
  }
  for (const table of WORD_TABLES) {
    const row = await reader.selectFrom(table).select('tenant_id').limit(1).executeTakeFirst();
    if (row) throw wordsAreShared(table, row.tenant_id);
  }
}

function wordsAreShared(table: string, tenant_id: string): Problem {
  return new Problem(
    'unavailable',
    `The database has what callers of ${tenant_id} said in one schema for all (table ${table}), and TENANCY is schema. Leave TENANCY out, or begin with an empty database and make the tenants there with adminctl tenant export and import. Nothing was changed.`,
  );
}

async function tenantIds(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('tenants').select('tenant_id').orderBy('tenant_id').execute();
  return rows.map(({ tenant_id }) => tenant_id);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** So many at a time; the answers in the order of what was asked. */
async function inParallel<T, R>(
  most: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [i, item] of queue) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}
