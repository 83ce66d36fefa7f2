/** Everything that is said differently to SQLite than to Postgres. */
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '@receptionist/core';
import Database from 'better-sqlite3';
import {
  Kysely,
  type SelectModifierNode,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type SqliteStatement,
  sql,
} from 'kysely';
import { storableText } from './columns.ts';
import type { Dialect } from './dialect.ts';
import { columnNames, createSqliteMigrator } from './migrations/sqlite-migrator.ts';
import type { Db, Tables } from './schema.ts';
import { explain, isBusy } from './sqlite-errors.ts';

/** better-sqlite3 blocks the whole process while it waits for a lock; beyond this we wait asynchronously. */
const BLOCKING_WAIT_MS = 50;
/** A caller hears an apology after 15 s; a writer that holds the lock for 5 s is stuck. */
const PATIENCE_MS = 5_000;
/** A migration in another process may take its time. */
const MIGRATION_PATIENCE_MS = 120_000;
const IN_MEMORY = ':memory:';

export interface SqliteOptions {
  patienceMs?: number;
  /** False: a file that is missing stays missing, and is taken for an empty one. */
  make?: boolean | undefined;
}

/** @throws Problem `unavailable` when the file cannot be made, opened or read as a database */
export async function openSqlite(
  file: string,
  { patienceMs = PATIENCE_MS, make = true }: SqliteOptions = {},
): Promise<Dialect> {
  if (make) prepareFile(file);
  const found = isThere(file) ? file : IN_MEMORY;
  const writer = await connect(found, { patienceMs });
  const reader = await connect(found, { patienceMs, readonly: found === file });
  return {
    name: 'sqlite',
    writer: writer.db,
    reader: reader.db,
    now: async () => new Date().toISOString(),
    async commitNothing() {
      // A number in the file that is ours, and that we do not use.
      await writer.db.transaction().execute((trx) => sql`pragma user_version = 0`.execute(trx));
    },
    // Whoever writes has the whole file.
    isConflict: () => false,
    async tableNames() {
      const tables = await reader.db.introspection.getTables();
      return tables.map(({ name }) => name);
    },
    columnNames,
    migrating: async () => null,
    async connectMigrator({ wait_ms = MIGRATION_PATIENCE_MS, onWait } = {}) {
      if (found === file) refuseReadOnly(file);
      return createSqliteMigrator(
        { ...(await connect(found, { patienceMs: wait_ms })), file },
        { wait_ms, onWait },
      );
    },
    async close() {
      reader.raw.close();
      writer.raw.close();
    },
  };
}

/**
 * Only the owner may read it: callers' words are in there. SQLite gives `-wal` and `-shm` the same mode. A file that is there
 * is not touched: closing it would drop the locks that this process holds on it.
 */
function prepareFile(file: string): void {
  if (existsSync(file)) {
    refuseReadOnly(file);
    return;
  }
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    throw explain(error, file);
  }
}

/** SQLite opens it all the same, and would say so at the first write. @throws Problem `unavailable` */
function refuseReadOnly(file: string): void {
  try {
    accessSync(file, constants.W_OK);
  } catch (error) {
    throw explain(error, file);
  }
}

/** @throws Problem `unavailable` where no file could be, or nobody may look */
function isThere(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw explain(error, file);
  }
}

interface ConnectOptions {
  patienceMs: number;
  readonly?: boolean;
}

async function connect(file: string, options: ConnectOptions): Promise<{ db: Db; raw: Database.Database }> {
  const { patienceMs, readonly = false } = options;
  const raw = await whenFree(file, patienceMs, () => open(file, readonly));
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new ImmediateDriver(raw, file, patienceMs),
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new LocklessQueryCompiler(),
    },
  });
  return { db, raw };
}

function open(file: string, readonly: boolean): Database.Database {
  const raw = new Database(file, { readonly, timeout: BLOCKING_WAIT_MS });
  try {
    if (!readonly) raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = FULL');
    raw.pragma('foreign_keys = ON');
    // The built-in one knows ASCII alone.
    raw.function('lower', { deterministic: true }, (text) =>
      typeof text === 'string' ? text.toLowerCase() : text,
    );
    return raw;
  } catch (error) {
    raw.close();
    throw error;
  }
}

/** Try until no other process holds the lock. */
async function whenFree<T>(file: string, patienceMs: number, attempt: () => T): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw explain(error, file);
    }
    await sleep(5 + Math.random() * 20);
  }
}

/**
 * Takes the write lock at the beginning of a transaction. A plain `begin` takes it at the first write and then fails at
 * once, whatever the time-out, if another process wrote since the first read.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #raw: Database.Database;
  readonly #file: string;
  readonly #patienceMs: number;

  constructor(raw: Database.Database, file: string, patienceMs: number) {
    super({ database: explaining(raw, file) });
    this.#raw = raw;
    this.#file = file;
    this.#patienceMs = patienceMs;
  }

  override async beginTransaction(): Promise<void> {
    await whenFree(this.#file, this.#patienceMs, () => this.#raw.exec('begin immediate'));
  }

  override async rollbackTransaction(): Promise<void> {
    // After a full disk SQLite has rolled back already.
    if (this.#raw.inTransaction) this.#raw.exec('rollback');
  }
}

const LOCKS: readonly SelectModifierNode['modifier'][] = ['ForUpdate', 'ForNoKeyUpdate', 'SkipLocked'];

/** Leaves out `for update` and the like: whoever writes here holds the whole file. */
class LocklessQueryCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (!LOCKS.includes(node.modifier)) super.visitSelectModifier(node);
  }
}

/** The connection as Kysely wants it, with parameters that SQLite can bind and errors that a person understands. */
function explaining(raw: Database.Database, file: string): SqliteDatabase {
  const explained = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw explain(error, file);
    }
  };
  const prepare = (sql: string): SqliteStatement => {
    const statement = explained(() => raw.prepare(sql));
    return {
      reader: statement.reader,
      all: (parameters) => explained(() => statement.all(parameters.map(bindable))),
      run: (parameters) => explained(() => statement.run(parameters.map(bindable))),
      iterate: (parameters) => statement.iterate(parameters.map(bindable)),
    };
  };
  return { close: () => void raw.close(), prepare: remembering(prepare) };
}

/** Our queries are some hundred; a list in one of them makes it another with each length. */
const MOST_STATEMENTS = 500;

/**
 * Prepares each text once: a third more turns a second, and a quarter less resident memory, than preparing anew each time
 * (docs/measurements.md). SQLite prepares again by itself where the schema has changed.
 */
function remembering(prepare: SqliteDatabase['prepare']): SqliteDatabase['prepare'] {
  const statements = new Map<string, SqliteStatement>();
  return (sql) => {
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= MOST_STATEMENTS) statements.clear();
    const statement = prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
}

function bindable(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' ? storableText(value) : value;
}

/** The file that a `sqlite:PATH` names. @throws Problem `invalid_parameter` */
export function sqliteFile(url: string): string {
  const file = url.slice('sqlite:'.length);
  if (file === '' || file === ':memory:' || file.startsWith('//')) {
    throw new Problem(
      'invalid_parameter',
      `${url} names no file. Write sqlite: and a path, for example sqlite:./var/receptionist.db or sqlite:/srv/receptionist.db.`,
    );
  }
  return path.resolve(file);
}
