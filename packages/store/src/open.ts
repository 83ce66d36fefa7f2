import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '@receptionist/core';
import type { Dialect } from './dialect.ts';
import { createBackfills } from './migrations/backfill.ts';
import { createDaemons } from './migrations/daemons.ts';
import { createMigrations } from './migrations/engine.ts';
import { newestMigration } from './migrations/files.ts';
import { ofTenancy } from './migrations/tenancy.ts';
import { createTenantMigrations } from './migrations/tenants.ts';
import { migrationsFolder } from './migrations-folder.ts';
import type { ReadVerbs, Store, StoreLog, Verbs } from './store.ts';
import { type Tenancy, withTenantSchemas } from './tenant-schemas.ts';
import { bind, readVerbs, verbs } from './verbs.ts';

export interface StoreOptions {
  /**
   * `sqlite:PATH`, relative to the working directory: the file and its folder are made where they are missing. Or
   * `postgres://USER:PASSWORD@HOST/NAME`, with libpq's `sslmode` and `sslrootcert`.
   */
  url: string;
  /** The same Postgres database past a pooler, for migrations. */
  directUrl?: string | undefined;
  /** Connections to Postgres at most; what needs another waits for one. */
  poolSize?: number;
  /** `schema`, on Postgres: what callers say is kept in a schema for each tenant. */
  tenancy?: Tenancy;
  /** What Postgres shows for our connections. */
  applicationName?: string;
  /** False: an SQLite file that is missing is read as an empty one, and is not made. */
  make?: boolean;
  /** In place of the database's clock. */
  now?: () => Date;
  log?: StoreLog;
}

/**
 * Opens the database and changes nothing in it: migrations are the caller's decision.
 * @throws Problem `invalid_parameter` for a URL we do not know or a tenancy that SQLite does not have, `unavailable` for a file
 * that cannot be opened. Postgres is asked only when there is something to ask.
 */
export async function openStore({
  now: clock,
  tenancy = 'shared',
  ...options
}: StoreOptions): Promise<Store> {
  if (tenancy === 'schema') refuseSqlite(options.url);
  const dialect = await openDialect(options);
  const { reader, writer } = tenancy === 'schema' ? withTenantSchemas(dialect) : dialect;
  const now = clock ? async () => clock().toISOString() : dialect.now;
  const folder = migrationsFolder(dialect.name);
  const tenantFolder = migrationsFolder('postgres-tenant');
  const parts = { dialect, now, log: options.log };
  const transaction = createTransactionGuard();
  return {
    dialect: dialect.name,
    now,
    read: bind<ReadVerbs>(readVerbs, reader, transaction.refuseInside('store.read')),
    transact: async (work) => {
      transaction.refuseInside('store.transact')();
      return despiteConflicts(dialect, () =>
        writer.transaction().execute((trx) => transaction.mark(() => work(bind<Verbs>(verbs, trx)))),
      );
    },
    checkWritable: dialect.commitNothing,
    migrations: ofTenancy(
      { dialect, tenancy },
      createMigrations({ ...parts, folder, backfills: createBackfills(parts) }),
    ),
    tenantMigrations: tenancy === 'schema' ? createTenantMigrations(parts) : null,
    daemons: createDaemons({
      ...{ dialect, now, knows: () => newestMigration(folder) },
      ...(dialect.name === 'postgres' && { knowsOfTenants: () => newestMigration(tenantFolder) }),
    }),
    close: dialect.close,
  };
}

function refuseSqlite(url: string): void {
  if (!url.startsWith('sqlite:')) return;
  throw new Problem(
    'invalid_parameter',
    'SQLite has no schemas, and TENANCY is schema: set DATABASE_URL=postgres://…, or leave TENANCY out.',
  );
}

/** Only the driver that is needed is loaded. */
export async function openDialect({
  url,
  directUrl,
  poolSize = 10,
  applicationName,
  make,
  log,
}: Omit<StoreOptions, 'now' | 'tenancy'>): Promise<Dialect> {
  if (url.startsWith('sqlite:')) {
    const { openSqlite, sqliteFile } = await import('./dialect-sqlite.ts');
    return openSqlite(sqliteFile(url), { make });
  }
  if (/^postgres(ql)?:/.test(url)) {
    const { openPostgres } = await import('./dialect-postgres.ts');
    return openPostgres({ url, directUrl, poolSize, applicationName, log });
  }
  const scheme = /^[a-z]+:/i.exec(url)?.[0] ?? 'no scheme';
  throw new Problem(
    'invalid_parameter',
    `The database URL has ${scheme}; write sqlite:PATH, for example sqlite:./var/receptionist.db, or postgres://USER:PASSWORD@HOST/NAME.`,
  );
}

/** Somebody waits for it, so that it is done again only a few times. */
const MOST_REPEATS = 4;

async function despiteConflicts<T>({ isConflict }: Dialect, attempt: () => Promise<T>): Promise<T> {
  for (let repeats = 0; ; repeats++) {
    try {
      return await attempt();
    } catch (error) {
      if (repeats === MOST_REPEATS || !isConflict(error)) throw error;
    }
    // At random, lest the same two meet again.
    await sleep(Math.random() * 20 * 2 ** repeats);
  }
}

/**
 * The store itself, used inside a transaction, would wait for that transaction for ever (a second one) or not see what it
 * wrote (a read). Both are mistakes in the code, and say so at once.
 */
function createTransactionGuard() {
  const current = new AsyncLocalStorage<{ open: boolean }>();
  return {
    mark: async <T>(work: () => Promise<T>): Promise<T> => {
      const transaction = { open: true };
      try {
        return await current.run(transaction, work);
      } finally {
        transaction.open = false;
      }
    },
    refuseInside: (name: string) => () => {
      if (current.getStore()?.open) {
        throw new Error(
          `${name} was used inside store.transact; use the verbs that are handed to the transaction`,
        );
      }
    },
  };
}
