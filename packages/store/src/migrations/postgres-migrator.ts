/** How migrations wait for one another and for the tables on Postgres, and whom they name when they give up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '@receptionist/core';
import { type ControlledTransaction, sql } from 'kysely';
import type { MigrationLock, Migrator, MigratorOptions } from '../dialect.ts';
import { isDeadlock, isLockTimeout } from '../postgres-errors.ts';
import type { Db, Tables } from '../schema.ts';
import { outlineOf } from './statements.ts';

const WAIT_MS = 120_000;
/** A little before the lock_timeout of 2 s. */
const LOOK_AFTER_MS = 1_500;

/** A transaction lets go of it with its end, also that of its process; and behind a pooler it keeps its connection. */
const lockKey = (schema: string | undefined) =>
  sql`hashtextextended('receptionist migrates ' || ${schema ?? sql`current_schema()`}, 0)`;

/** @param connect for work, and for the lock, which nothing else may use */
export async function createPostgresMigrator(
  connect: (patience: 'work' | 'lock') => { db: Db; close(): Promise<void> },
  { schema, wait_ms = WAIT_MS, onWait }: MigratorOptions,
): Promise<Migrator> {
  const { db, close } = connect('work');
  const guard = connect('lock');
  const closeAll = async () => {
    await Promise.all([close(), guard.close()]);
  };
  try {
    await sql`select 1`.execute(db);
  } catch (error) {
    await closeAll();
    throw error;
  }
  return {
    db,
    lock: () => lock(guard.db, { schema, wait_ms, onWait }),
    transact: (work) =>
      whenFree({ wait_ms, onWait }, (notice) =>
        db
          .transaction()
          .execute((transaction) => watched(db, transaction, notice, () => work(transaction)))
          // It locks several tables, as those do who write meanwhile, in an order of theirs. All of it is undone.
          .catch((error) => {
            throw isDeadlock(error) ? new LockLost(error) : error;
          }),
      ),
    async runScript(transaction, script) {
      await inItsOwnWords(sql.raw(script).execute(transaction));
    },
    runAlone: (statement) => runAlone(db, statement, { schema, wait_ms, onWait }),
    close: closeAll,
  };
}

/** A transaction that Postgres undid for another one's sake. What runs in none must not be taken for it: half of it stays. */
class LockLost extends Error {
  constructor(cause: unknown) {
    super('deadlock detected', { cause });
  }
}

/** What is missing for a migration, `migrate up` does not mend: what Postgres said is better than our explanation. */
async function inItsOwnWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Problem ? error.cause : error;
  }
}

/** Waits with its hand off the lock: whoever queues for it would keep CREATE INDEX CONCURRENTLY waiting. */
async function lock(db: Db, { schema, wait_ms = WAIT_MS, onWait }: MigratorOptions): Promise<MigrationLock> {
  const giveUpAt = performance.now() + wait_ms;
  for (let said = false; ; ) {
    const held = await tryLock(db, schema);
    if (held) return held;
    const holder = (await lockHolder(db, schema)) ?? 'another process that has just ended';
    if (performance.now() > giveUpAt) {
      throw new Problem(
        'unavailable',
        `Somebody else migrates this database: ${holder}. Nothing was changed. Wait until that has ended, or give it more time with --wait.`,
      );
    }
    if (!said) onWait?.(holder);
    said = true;
    await sleep(100 + Math.random() * 400);
  }
}

async function tryLock(db: Db, schema: string | undefined): Promise<MigrationLock | null> {
  const transaction = await db.startTransaction().execute();
  const { rows } = await sql<{
    locked: boolean;
  }>`select pg_try_advisory_xact_lock(${lockKey(schema)}) as locked`.execute(transaction);
  if (rows[0]?.locked) return held(transaction);
  await transaction.rollback().execute();
  return null;
}

function held(transaction: ControlledTransaction<Tables>): MigrationLock {
  return {
    async assertHeld() {
      try {
        await sql`select 1`.execute(transaction);
      } catch (error) {
        throw new Problem(
          'unavailable',
          'The connection that kept other migrations away broke. Run it again.',
          {
            cause: error,
          },
        );
      }
    },
    release: async () => {
      // Where the connection is gone, so is the lock.
      await transaction
        .rollback()
        .execute()
        .catch(() => {});
    },
  };
}

/** In words; null where nobody holds it. */
export async function lockHolder(db: Db, schema?: string): Promise<string | null> {
  const { rows } = await sql<Holder>`
    select ${HOLDER}, coalesce(
      (select string_agg(working.query, '; ') from pg_stat_activity working
       where working.datname = a.datname and working.application_name = a.application_name and working.pid <> a.pid
         and working.state = 'active' and working.pid <> pg_backend_pid()),
      a.query) as query
    from pg_locks l join pg_stat_activity a using (pid), (select ${lockKey(schema)} as key) wanted
    where l.locktype = 'advisory' and l.granted and l.objsubid = 1
      and l.database = (select oid from pg_database where datname = current_database())
      and l.classid::bigint = ((wanted.key >> 32) & 4294967295) and l.objid::bigint = (wanted.key & 4294967295)`.execute(
    db,
  );
  return rows[0] ? inWords(rows[0]) : null;
}

interface Holder {
  pid: number;
  user: string | null;
  application: string | null;
  since: string | null;
  query: string | null;
}

const HOLDER = sql`a.pid, a.usename as "user", a.application_name as application, coalesce(a.xact_start, a.backend_start) as since`;

function inWords({ pid, user, application, since, query }: Holder): string {
  const program = application
    ? `${application} (pid ${pid}, user ${user ?? 'unknown'})`
    : `pid ${pid}, user ${user ?? 'unknown'}`;
  return `${program}, since ${since ?? 'an unknown time'}, with: ${outlineOf(query ?? '')}`;
}

interface Notice {
  /** Who was in the way when the work had waited for a while. */
  blocker: string | null;
}

/** Looks, while the work goes on, for who keeps it waiting; once it has failed, nobody does any more. */
async function watched<T>(db: Db, transaction: Db, notice: Notice, work: () => Promise<T>): Promise<T> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
  const pid = rows[0]?.pid ?? 0;
  const timer = setInterval(() => {
    blockerOf(db, pid).then(
      (blocker) => {
        notice.blocker = blocker ?? notice.blocker;
      },
      () => {},
    );
  }, LOOK_AFTER_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

async function blockerOf(db: Db, pid: number): Promise<string | null> {
  const { rows } = await sql<Holder>`
    select ${HOLDER}, a.query from pg_stat_activity a where a.pid = any(pg_blocking_pids(${pid})) order by since limit 1`.execute(
    db,
  );
  return rows[0] ? inWords(rows[0]) : null;
}

/** Tries until nobody else holds what it needs. Whoever queues for a table keeps everybody else waiting: rather often than long. */
async function whenFree<T>(
  { wait_ms = WAIT_MS, onWait }: MigratorOptions,
  attempt: (notice: Notice) => Promise<T>,
): Promise<T> {
  const giveUpAt = performance.now() + wait_ms;
  const notice: Notice = { blocker: null };
  for (;;) {
    try {
      return await attempt(notice);
    } catch (error) {
      if (!isLockTimeout(error) && !(error instanceof LockLost)) throw error;
      const blocker = notice.blocker ?? 'another transaction';
      if (performance.now() > giveUpAt) throw inTheWay(blocker, error);
      onWait?.(blocker);
    }
    // Those who queued behind us go first.
    await sleep(200 + Math.random() * 800);
  }
}

function inTheWay(blocker: string, cause: unknown): Problem {
  return new Problem(
    'unavailable',
    `A table is in use, and its lock was not to be had: ${blocker} holds it. Wait until that has ended, end it with pg_terminate_backend, or give it more time with --wait.`,
    { cause },
  );
}

const CONCURRENT_INDEX =
  /^create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?("(?:[^"]|"")+"|\w+)\s+on\b/i;

/**
 * Outside of a transaction, on one connection with limits of its own until it has ended. What works concurrently waits for
 * others without keeping anybody waiting, for as long as it takes.
 */
async function runAlone(db: Db, statement: string, options: MigratorOptions): Promise<void> {
  const index = CONCURRENT_INDEX.exec(statement)?.[1];
  if (index) await dropInvalidIndex(db, index, options.schema);
  const settings = {
    statement_timeout: '0',
    lock_timeout: /\bconcurrently\b/i.test(statement) ? '0' : '2s',
    ...(options.schema === undefined ? {} : { search_path: `"${options.schema}"` }),
  };
  await whenFree(options, (notice) =>
    db.connection().execute(async (connection) => {
      for (const [name, value] of Object.entries(settings))
        await sql`select set_config(${name}, ${value}, false)`.execute(connection);
      try {
        await inItsOwnWords(watched(db, connection, notice, () => sql.raw(statement).execute(connection)));
      } finally {
        for (const name of Object.keys(settings)) await sql.raw(`reset ${name}`).execute(connection);
      }
    }),
  );
}

/**
 * One that was left half-built by a run that was killed, or by one that found duplicates. It may still be building, on the
 * server, for a process that is gone: then it is waited for.
 */
async function dropInvalidIndex(db: Db, name: string, schema: string | undefined): Promise<void> {
  const inSchema = schema === undefined ? sql`current_schema()` : sql`${schema}`;
  const plain = name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
  for (;;) {
    const { rows } = await sql<{ schema: string; building: boolean }>`
      select n.nspname as schema, exists (select from pg_stat_progress_create_index p where p.index_relid = c.oid) as building
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_index i on i.indexrelid = c.oid
      where c.relname = ${plain} and n.nspname = ${inSchema} and not i.indisvalid`.execute(db);
    const [invalid] = rows;
    if (!invalid) return;
    if (!invalid.building) {
      await sql`drop index concurrently if exists ${sql.id(invalid.schema, plain)}`.execute(db);
      return;
    }
    await sleep(200);
  }
}
