import type { Instant } from '@receptionist/core';
import type { Db } from './schema.ts';

/** What one kind of database does in its own way. Everything else is said once, in Kysely's builder. */
export interface Dialect {
  /** Also the name of its folder below `migrations/`. */
  readonly name: 'sqlite';
  /** Reads and writes; a transaction on it waits for its turn. */
  readonly writer: Db;
  /** Only reads, and never waits for a writer. */
  readonly reader: Db;
  /** The time by the database's clock. */
  now(): Promise<Instant>;
  /** A connection of its own for migrations, patient enough for one that another process runs. */
  connectMigrator(): Promise<Migrator>;
  close(): Promise<void>;
}

export interface Migrator {
  readonly db: Db;
  /** Run many statements at once, in the transaction that is open. */
  runScript(transaction: Db, script: string): Promise<void>;
  close(): Promise<void>;
}
