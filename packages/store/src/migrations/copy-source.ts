/** The SQLite file that is copied: held so that no other program has it open, and nothing in it changes. */
import { existsSync } from 'node:fs';
import { Problem } from '@receptionist/core';
import type Database from 'better-sqlite3';
import { explain, isBusy } from '../sqlite-errors.ts';

/** A whole number that JavaScript's numbers do not hold is text, to the last digit. */
export type SqliteValue = string | number | null;
export type SourceRow = readonly SqliteValue[];

export interface CopySource {
  /** The migrations that are applied. */
  appliedIds(): string[];
  /** Of each table that is not SQLite's own. */
  columnsOf(): Map<string, string[]>;
  countOf(table: string): number;
  /** All rows, in the order of the key, some at a time; their values in the order of the columns. */
  rowsOf(table: string, columns: readonly string[], key: readonly string[]): Iterable<SourceRow[]>;
  /** The highest number that each table ever gave; deleted rows count. */
  numbersGiven(): Map<string, number>;
  close(): void;
}

/** Somebody who only looks is gone by then. */
const PATIENCE_MS = 250;
/** What goes to Postgres in one statement: enough to keep it busy, little enough to hold twice. */
const CHUNK_ROWS = 1_000;
const CHUNK_CHARACTERS = 1_000_000;

/** @throws Problem `not_found`, `conflict` when a program has it open, `unavailable` when it cannot be read as a database */
export async function openCopySource(file: string): Promise<CopySource> {
  if (!existsSync(file)) {
    throw new Problem('not_found', `There is no file ${file} to copy from. Nothing was copied.`);
  }
  const { default: Sqlite } = await import('better-sqlite3');
  try {
    return read(hold(new Sqlite(file, { fileMustExist: true, timeout: PATIENCE_MS })));
  } catch (error) {
    throw isBusy(error) ? inUse(file, error) : explain(error, file);
  }
}

/** In this mode SQLite also refuses where another connection is open that does nothing: a daemon that is idle. */
function hold(database: Database.Database): Database.Database {
  try {
    database.pragma('locking_mode = exclusive');
    database.exec('begin exclusive');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function inUse(file: string, cause: unknown): Problem {
  const message = `A program has ${file} open. What it wrote from now on would not be in the copy. Stop the daemon (fuser ${file} finds it), and copy again. Nothing was copied.`;
  return new Problem('conflict', message, { cause });
}

function read(database: Database.Database): CopySource {
  const names = (sql: string, ...parameters: string[]) =>
    database
      .prepare(sql)
      .pluck()
      .all(...parameters) as string[];
  const has = (table: string) => names('select name from sqlite_schema where name = ?', table).length > 0;
  return {
    appliedIds() {
      if (!has('schema_migrations')) return [];
      const rows = database.prepare('select * from schema_migrations').all() as {
        id: string;
        state?: string;
      }[];
      return rows.filter(({ state = 'done' }) => state === 'done').map(({ id }) => id);
    },
    columnsOf() {
      const tables = names(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'",
      );
      return new Map(tables.map((table) => [table, names('select name from pragma_table_info(?)', table)]));
    },
    countOf: (table) =>
      database
        .prepare(`select count(*) from ${quoted(table)}`)
        .pluck()
        .get() as number,
    rowsOf: (table, columns, key) => chunksOf(database, table, columns, key),
    numbersGiven() {
      if (!has('sqlite_sequence')) return new Map();
      return new Map(
        database.prepare('select name, seq from sqlite_sequence').raw().all() as [string, number][],
      );
    },
    close: () => void database.close(),
  };
}

function* chunksOf(
  database: Database.Database,
  table: string,
  columns: readonly string[],
  key: readonly string[],
): Iterable<SourceRow[]> {
  const list = (names: readonly string[]) => names.map(quoted).join(', ');
  const all = database.prepare(`select ${list(columns)} from ${quoted(table)} order by ${list(key)}`);
  let chunk: SourceRow[] = [];
  let characters = 0;
  for (const read of all.raw().safeIntegers().iterate() as Iterable<(SqliteValue | bigint)[]>) {
    const row = read.map((value) => (typeof value === 'bigint' ? inJson(value) : value));
    chunk.push(row);
    for (const value of row) characters += String(value).length;
    if (chunk.length < CHUNK_ROWS && characters < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = [];
    characters = 0;
  }
  if (chunk.length > 0) yield chunk;
}

function inJson(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
