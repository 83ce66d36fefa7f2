/** How migrations wait for one another on SQLite: each is a transaction, which locks the whole file and dies with its process. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  openSync,
  type Stats,
  statSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '@receptionist/core';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import type { MigrationLock, Migrator, MigratorOptions } from '../dialect.ts';
import type { Db } from '../schema.ts';
import { explain, isBusy } from '../sqlite-errors.ts';
import { lockHolderOf } from './sqlite-lock-holder.ts';

interface Connection {
  db: Db;
  raw: Database.Database;
  file: string;
}

/** @param connection of its own, as patient as migrations are */
export function createSqliteMigrator({ db, raw, file }: Connection, options: LockOptions): Migrator {
  return {
    db,
    lock: () => lock(lockFile(file), options),
    async transact(work, { rebuilds = false } = {}) {
      // A table that is rebuilt is dropped, and its rows must not take others with them. Inside of a transaction it is too late.
      if (rebuilds) raw.pragma('foreign_keys = off');
      try {
        return await db.transaction().execute(async (transaction) => {
          const result = await work(transaction);
          if (rebuilds) refuseLostRows(raw);
          return result;
        });
      } catch (error) {
        throw isBusy(error) ? await inUse(file, error) : error;
      } finally {
        if (rebuilds) raw.pragma('foreign_keys = on');
      }
    },
    // The connection is the transaction: SQLite knows one at a time on each.
    runScript: async (_transaction, script) => void raw.exec(script),
    runAlone: null,
    close: async () => void raw.close(),
  };
}

type LockOptions = Required<Pick<MigratorOptions, 'wait_ms' | 'onWait'>>;

/**
 * Beside the database, so that migrators take turns and daemons may write between two migrations. It stays, and stays empty:
 * removed by one who is through, it would be another's who opens it in that moment.
 * @throws Problem `unavailable` where we may only read it: SQLite would say that we have the lock, to everybody at once
 */
function lockFile(database: string): string {
  const file = `${database}-migrating`;
  try {
    if (!existsSync(file)) makeAs(statSync(database, { throwIfNoEntry: false }), file);
    accessSync(file, constants.W_OK);
    return file;
  } catch (error) {
    throw explain(error, file);
  }
}

/** For whoever may write to the database, also if root makes it: so does SQLite with its own files. */
function makeAs(model: Stats | undefined, file: string): void {
  const made = openSync(file, 'a', 0o600);
  if (model) fchmodSync(made, model.mode & 0o777);
  if (model && process.getuid?.() === 0) fchownSync(made, model.uid, model.gid);
  closeSync(made);
}

async function lock(file: string, { wait_ms = 0, onWait }: LockOptions): Promise<MigrationLock> {
  const giveUpAt = performance.now() + wait_ms;
  for (let said = false; ; ) {
    const guard = tryLock(file);
    if (guard) return held(guard);
    if (performance.now() > giveUpAt) throw await inUse(file, null);
    if (!said) onWait?.((await lockHolderOf(file)) ?? 'another process');
    said = true;
    await sleep(20 + Math.random() * 80);
  }
}

function tryLock(file: string): Database.Database | null {
  let guard: Database.Database | undefined;
  try {
    guard = new Database(file, { timeout: 0 });
    guard.exec('begin immediate');
    return guard;
  } catch (error) {
    guard?.close();
    if (isBusy(error)) return null;
    throw explain(error, file);
  }
}

function held(guard: Database.Database): MigrationLock {
  return {
    assertHeld: async () => {},
    release: async () => void guard.close(),
  };
}

function refuseLostRows(raw: Database.Database): void {
  const [lost] = raw.pragma('foreign_key_check') as { table: string; parent: string }[];
  if (lost) throw new Error(`rows of ${lost.table} point to rows of ${lost.parent} that are gone`);
}

async function inUse(file: string, cause: unknown): Promise<Problem> {
  const holder = (await lockHolderOf(file)) ?? `another process (fuser ${file} says which)`;
  return new Problem(
    'unavailable',
    `The database ${file} is in use, and its lock was not to be had: ${holder} holds it. Nothing was changed. Wait until that has ended, or give it more time with --wait.`,
    { cause },
  );
}

/** Of one table; none where it is missing. */
export async function columnNames(db: Db, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from pragma_table_info(${table})`.execute(db);
  return rows.map(({ name }) => name);
}
