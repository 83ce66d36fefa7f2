import { AsyncLocalStorage } from 'node:async_hooks';
import { Problem } from '@receptionist/core';
import type { Dialect } from './dialect.ts';
import { openSqlite, sqliteFile } from './dialect-sqlite.ts';
import { createMigrations } from './migrate.ts';
import { migrationsFolder } from './migration-files.ts';
import type { ReadVerbs, Store, StoreLog, Verbs } from './store.ts';
import { bind, readVerbs, verbs } from './verbs.ts';

export interface StoreOptions {
  /** `sqlite:PATH`, relative to the working directory. The file and its folder are made where they are missing. */
  url: string;
  /** In place of the database's clock. */
  now?: () => Date;
  log?: StoreLog;
}

/**
 * Opens the database and changes nothing in it: migrations are the caller's decision.
 * @throws Problem `invalid_parameter` for a URL we do not know, `unavailable` for a database that cannot be opened
 */
export async function openStore({ url, now: clock, log }: StoreOptions): Promise<Store> {
  const dialect = await openDialect(url);
  const now = clock ? async () => clock().toISOString() : dialect.now;
  const transaction = createTransactionGuard();
  return {
    now,
    read: bind<ReadVerbs>(readVerbs, dialect.reader, transaction.refuseInside('store.read')),
    transact: async (work) => {
      transaction.refuseInside('store.transact')();
      return dialect.writer
        .transaction()
        .execute((trx) => transaction.mark(() => work(bind<Verbs>(verbs, trx))));
    },
    migrations: createMigrations({ dialect, folder: migrationsFolder(dialect.name), now, log }),
    close: dialect.close,
  };
}

async function openDialect(url: string): Promise<Dialect> {
  if (url.startsWith('sqlite:')) return openSqlite(sqliteFile(url));
  const scheme = /^[a-z]+:/i.exec(url)?.[0] ?? 'no scheme';
  throw new Problem(
    'invalid_parameter',
    `The database URL has ${scheme}; write sqlite:PATH, for example sqlite:./var/receptionist.db.`,
  );
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
