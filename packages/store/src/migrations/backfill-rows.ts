/** The table `schema_backfills` of a schema: how far each of its backfills is, who runs it, and what was found. */
import { hostname } from 'node:os';
import type { Instant } from '@receptionist/core';
import type { Selectable } from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { Db } from '../schema.ts';
import type { Key } from './key-ranges.ts';

export interface BackfillsTable {
  id: string;
  /** The schema it is for. */
  scope: string;
  state: 'running' | 'paused' | 'done' | 'failed' | 'verified';
  /** JSON of the last key that was done; null: none yet. */
  cursor: string | null;
  done_rows: number;
  /** As it was estimated at the beginning; in the end what there were. */
  total_rows: number;
  /** Rows of a batch, as the throttle has it. */
  batch: number;
  started_at: Instant;
  updated_at: Instant;
  finished_at: Instant | null;
  verified_at: Instant | null;
  /** Found by the last verification; null: it was not verified yet. */
  mismatches: number | null;
  last_error: string | null;
  /** `host:pid:number` of who runs it; null: nobody. */
  holder: string | null;
  lease_until: Instant | null;
}

export type BackfillRow = Selectable<BackfillsTable>;
/** As people are shown it. */
export type BackfillState = Omit<BackfillRow, 'cursor' | 'batch' | 'lease_until'>;

/** A holder that was killed is none. */
export function toState(row: BackfillRow, at: Instant): BackfillState {
  const { cursor: _, batch: _batch, lease_until: _lease, ...state } = row;
  return { ...state, holder: isHeld(row, at) ? state.holder : null };
}

/** Instants are text, as in schema_migrations. */
export async function ensureBackfills(db: Db): Promise<void> {
  await db.schema
    .createTable('schema_backfills')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('cursor', 'text')
    .addColumn('done_rows', 'bigint', (column) => column.notNull())
    .addColumn('total_rows', 'bigint', (column) => column.notNull())
    .addColumn('batch', 'integer', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .addColumn('finished_at', 'text')
    .addColumn('verified_at', 'text')
    .addColumn('mismatches', 'bigint')
    .addColumn('last_error', 'text')
    .addColumn('holder', 'text')
    .addColumn('lease_until', 'text')
    .addPrimaryKeyConstraint('schema_backfills_key', ['scope', 'id'])
    .execute();
}

export async function hasBackfills(dialect: Dialect, schema?: string): Promise<boolean> {
  return (await dialect.tableNames(schema)).includes('schema_backfills');
}

export async function findBackfill(db: Db, scope: string, id: string): Promise<BackfillRow | null> {
  const row = await db
    .selectFrom('schema_backfills')
    .selectAll()
    .where('scope', '=', scope)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** Until the transaction ends nobody else changes it. */
export async function lockRow(db: Db, scope: string, id: string): Promise<BackfillRow> {
  return db
    .selectFrom('schema_backfills')
    .selectAll()
    .where('scope', '=', scope)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

export function updateBackfill(db: Db, scope: string, id: string) {
  return db.updateTable('schema_backfills').where('scope', '=', scope).where('id', '=', id);
}

/** One that is right without having run here. Where there is a row it stays. */
export async function noteVerified(
  db: Db,
  scope: string,
  { id, batch, rows, at }: { id: string; batch: number; rows: number; at: Instant },
): Promise<void> {
  const times = { started_at: at, updated_at: at, finished_at: at, verified_at: at };
  const counts = { done_rows: rows, total_rows: rows, batch, mismatches: 0 };
  await db
    .insertInto('schema_backfills')
    .values({ id, scope, state: 'verified', ...counts, ...times })
    .onConflict((conflict) => conflict.columns(['scope', 'id']).doNothing())
    .execute();
}

export function writeCursor(key: Key): string {
  return JSON.stringify(key);
}

export function readCursor(cursor: string | null): Key | null {
  return cursor === null ? null : (JSON.parse(cursor) as Key);
}

/** Longer than any batch, and than the rest after it. */
const LEASE_MS = 15_000;

export function leaseFrom(at: Instant): Instant {
  return new Date(Date.parse(at) + LEASE_MS).toISOString();
}

let runners = 0;

/** Another one for each run. */
export function nameRunner(): string {
  return `${hostname()}:${process.pid}:${++runners}`;
}

/** Whether somebody may be at it: a process of this machine that is gone is not, another one is until its lease is over. */
export function isHeld({ holder, lease_until }: BackfillRow, at: Instant): boolean {
  return holder !== null && lease_until !== null && lease_until > at && !isGone(holder);
}

function isGone(holder: string): boolean {
  const [host, pid] = holder.split(':');
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
