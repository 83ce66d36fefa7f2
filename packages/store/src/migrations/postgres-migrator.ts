/** How migrations wait for one another and for the tables on Postgres. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '@receptionist/core';
import { type ControlledTransaction, sql } from 'kysely';
import type { MigrationLock, Migrator, MigratorOptions } from '../dialect.ts';
import { isDeadlock, isLockTimeout } from '../postgres-errors.ts';
import type { Db, Tables } from '../schema.ts';
import { blockerOf, lockHolder, lockKey } from './postgres-lock-holder.ts';

const WAIT_MS = 120_000;
/**
 * For a table. Whoever comes after us queues behind us, and a daemon's query gives up after 1.5 s; an autovacuum makes way to
 * one that has waited for deadlock_timeout, 1 s. So between the two.
 */
export const LOCK_TIMEOUT = '1200ms';
/** A little before that. */
const LOOK_AFTER_MS = 800;
/** Between two attempts: short where somebody is just passing through, then long enough for others to get through as well. */
const SHORTEST_REST_MS = 300;
const LONGEST_REST_MS = 4_000;

export interface MigratorConnections {
  db: Db;
  /** Whether statements of one connection may meet different ones of the server. @throws Problem `unavailable` */
  isPooled(): Promise<boolean>;
  close(): Promise<void>;
}

/** @param connect for work, and for the lock, which nothing else may use */
export async function createPostgresMigrator(
  connect: (patience: 'work' | 'lock') => MigratorConnections,
  { schema, wait_ms = WAIT_MS, onWait }: MigratorOptions,
): Promise<Migrator> {
  const { db, isPooled, close } = connect('work');
  const guard = connect('lock');
  const closeAll = async () => {
    await Promise.all([close(), guard.close()]);
  };
  try {
    const options = { schema, wait_ms, onWait, isPooled: await isPooled() };
    return {
      db,
      lock: () => lock(guard.db, options),
      transact: (work) => transact(db, options, work),
      async runScript(transaction, script) {
        await inItsOwnWords(sql.raw(script).execute(transaction));
      },
      runAlone: (statement) => runAlone(db, statement, options),
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function transact<T>(db: Db, options: MigratorOptions, work: (transaction: Db) => Promise<T>): Promise<T> {
  return whenFree(options, (notice) =>
    db
      .transaction()
      .execute((transaction) => watched(db, transaction, notice, () => work(transaction)))
      // It locks several tables, as those do who write meanwhile, in an order of theirs. All of it is undone.
      .catch((error) => {
        throw isDeadlock(error) ? new LockLost(error) : error;
      }),
  );
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
        `Somebody else migrates this database: ${holder}. Nothing was changed. Wait until that has ended, end it with pg_terminate_backend where it hangs, or give it more time with --wait.`,
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

/** Tries until nobody else holds what it needs. Whoever queues for a table keeps everybody else waiting: rather often than long. */
async function whenFree<T>(
  { wait_ms = WAIT_MS, onWait }: MigratorOptions,
  attempt: (notice: Notice) => Promise<T>,
): Promise<T> {
  const giveUpAt = performance.now() + wait_ms;
  const notice: Notice = { blocker: null };
  for (let tries = 0; ; tries++) {
    try {
      return await attempt(notice);
    } catch (error) {
      if (!isLockTimeout(error) && !(error instanceof LockLost)) throw error;
      const blocker = notice.blocker ?? 'another transaction';
      if (performance.now() > giveUpAt) throw inTheWay(blocker, error);
      onWait?.(blocker);
    }
    // Those who queued behind us go first.
    await sleep(Math.min(SHORTEST_REST_MS * 2 ** tries, LONGEST_REST_MS) * (0.5 + Math.random()));
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

/** What works concurrently waits for others without keeping anybody waiting, for as long as it takes. */
async function runAlone(
  db: Db,
  statement: string,
  options: MigratorOptions & { isPooled: boolean },
): Promise<void> {
  const isConcurrent = /\bconcurrently\b/i.test(statement);
  if (options.isPooled && !isConcurrent) {
    // With the limits of a transaction, since there are no others.
    await transact(db, options, (transaction) => inItsOwnWords(sql.raw(statement).execute(transaction)));
    return;
  }
  const settings = {
    statement_timeout: '0',
    lock_timeout: isConcurrent ? '0' : LOCK_TIMEOUT,
    ...(options.schema === undefined ? {} : { search_path: `"${options.schema}"` }),
  };
  const onConnection = options.isPooled ? asItIs(db, settings) : withSettings(db, settings);
  const index = CONCURRENT_INDEX.exec(statement)?.[1];
  if (index) await dropInvalidIndex(db, index, options.schema);
  await whenFree(options, (notice) =>
    onConnection((connection) =>
      inItsOwnWords(watched(db, connection, notice, () => sql.raw(statement).execute(connection))),
    ),
  );
}

type Settings = Readonly<Record<string, string>>;
type OnConnection = (work: (connection: Db) => Promise<unknown>) => Promise<unknown>;

/** On one connection, until the work has ended. */
function withSettings(db: Db, settings: Settings): OnConnection {
  return (work) =>
    db.connection().execute(async (connection) => {
      for (const [name, value] of Object.entries(settings))
        await sql`select set_config(${name}, ${value}, false)`.execute(connection);
      try {
        await work(connection);
      } finally {
        for (const name of Object.keys(settings)) await sql.raw(`reset ${name}`).execute(connection);
      }
    });
}

/** Behind a pooler a setting would stay on a connection of the server, and meet whoever is given that next. */
function asItIs(db: Db, settings: Settings): OnConnection {
  return async (work) => {
    for (const [name, value] of Object.entries(settings)) await refuseOther(db, name, value);
    return work(db);
  };
}

async function refuseOther(db: Db, name: string, value: string): Promise<void> {
  const { rows } = await sql<{ found: string }>`select current_setting(${name}) as found`.execute(db);
  const found = rows[0]?.found;
  if (found === value) return;
  throw new Problem(
    'unavailable',
    `What runs in no transaction needs ${name} = ${value} of its connection, where it is ${found}, and a pooler keeps no setting. Set DATABASE_DIRECT_URL to the address of Postgres itself.`,
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
