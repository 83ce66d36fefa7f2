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
  /** The tables that are where ours belong, or in another schema, whoever made them. */
  tableNames(schema?: string): Promise<string[]>;
  /** None where there is no such table. */
  columnNames(db: Db, table: string, schema?: string): Promise<string[]>;
  /** Who migrates at the moment, in words; null where nobody does, or nobody can tell. */
  migrating(schema?: string): Promise<string | null>;
  /** Connections of its own for migrations, patient enough for one that another process runs. */
  connectMigrator(options?: MigratorOptions): Promise<Migrator>;
  close(): Promise<void>;
}

export interface MigratorOptions {
  /** A tenant's, and no other. */
  schema?: string | undefined;
  /** For another process that migrates, and for locks on tables. */
  wait_ms?: number | undefined;
  /** Who is in the way, in words. */
  onWait?: ((message: string) => void) | undefined;
}

export interface Migrator {
  /** Statements by themselves. */
  readonly db: Db;
  /** Until it is released no other process migrates the same schema. @throws Problem `unavailable` that names who does */
  lock(): Promise<MigrationLock>;
  /** All or nothing. It is tried again while others hold what it needs. @throws Problem `unavailable` that names them */
  transact<T>(work: (transaction: Db) => Promise<T>, options?: { rebuilds?: boolean }): Promise<T>;
  /** Run many statements at once, in the transaction that is open. */
  runScript(transaction: Db, script: string): Promise<void>;
  /** Null where nothing has to be outside of a transaction. */
  readonly runAlone: ((statement: string) => Promise<void>) | null;
  close(): Promise<void>;
}

export interface MigrationLock {
  /** @throws Problem `unavailable` when it was lost, with its connection */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}
