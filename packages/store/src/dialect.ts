import type { Instant } from '@receptionist/core';
import type { Db } from './schema.ts';

export type DialectName = 'sqlite' | 'postgres';

/** What one kind of database does in its own way. Everything else is said once, in Kysely's builder. */
export interface Dialect {
  /** Also the name of its folder below `migrations/`. */
  readonly name: DialectName;
  /** Reads and writes; a transaction on it may have to wait for others. */
  readonly writer: Db;
  /** Only reads, and never waits for a writer. */
  readonly reader: Db;
  /** The time by the database's clock. */
  now(): Promise<Instant>;
  /** Commits something that nobody sees, for the disk alone to be asked. */
  commitNothing(): Promise<void>;
  /** Whether a transaction was undone for the sake of another one: the same work may well succeed now. */
  isConflict(error: unknown): boolean;
  /** The tables that are where ours belong, whoever made them. */
  tableNames(): Promise<string[]>;
  /** A connection of its own for migrations, patient enough for one that another process runs. */
  connectMigrator(): Promise<Migrator>;
  close(): Promise<void>;
}

export interface Migrator {
  /** All or nothing, while no other process migrates. */
  transact<T>(work: (transaction: Db) => Promise<T>): Promise<T>;
  /** Run many statements at once, in the transaction that is open. */
  runScript(transaction: Db, script: string): Promise<void>;
  close(): Promise<void>;
}
