/** The entries of human_fallback: reading one, moving it, and what befalls it. Filing and listing have files of their own. */
import {
  decideMove,
  type Entry,
  type EntryContext,
  type EntryWithHistory,
  type Instant,
  type Move,
  newRound,
  nextActionAt,
  Problem,
  type Watched,
} from '@receptionist/core';
import { type Selectable, sql, type Updateable } from 'kysely';
import { toJson } from './columns.ts';
import { notificationsOf } from './deliveries.ts';
import { type OutboxRow, outboxOf } from './outbox.ts';
import { type Changed, keepTrue } from './quiet.ts';
import { recordingsOf } from './recordings.ts';
import type { Db, HumanFallbackTable } from './schema.ts';
import type { Told } from './store.ts';
import { escalationTerms } from './tenants.ts';
import { timelineOf, type WhatHappened, writeTimeline } from './timeline.ts';

/** The columns that are shown; the other half of an entry is in tables of its own. */
export const ENTRY_COLUMNS = [
  'entry_id', 'tenant_id', 'conversation_id', 'channel', 'caller', 'reason', 'reason_detail', 'severity', 'status',
  'created_at', 'ack_due_at', 'engage_due_at', 'ack_breached', 'engage_breached', 'assignee', 'acknowledged_by',
  'acknowledged_at', 'engaged_by', 'engaged_at', 'resolved_by', 'resolved_at', 'resolution_notes',
] as const satisfies (keyof Entry)[]; // biome-ignore format: a list of words

export type EntryRow = Pick<Selectable<HumanFallbackTable>, (typeof ENTRY_COLUMNS)[number]>;

/** Rows of a daemon that knew no rounds' beginnings have none. */
export const ROUND_AT = sql<Instant>`coalesce(round_at, created_at)`.as('round_at');

/** Read in the same moment as the entry, so that what happens later has a higher one. */
const LAST_SEQ = sql<number>`(select coalesce(max(seq), 0) from fallback_timeline
  where fallback_timeline.entry_id = human_fallback.entry_id)`.as('seq');

/** An entry that nobody else changes until the transaction ends. */
export type LockedEntry = Entry & Watched;

export async function getEntry(db: Db, entry_id: string): Promise<EntryWithHistory | null> {
  return (await toldEntry(db, entry_id))?.entry ?? null;
}

export async function toldEntry(db: Db, entry_id: string): Promise<Told<EntryWithHistory> | null> {
  const found = await toldRows(db, [entry_id]).select('context').executeTakeFirst();
  if (!found) return null;
  const { context, ...row } = found;
  const told = toTold(row, await tagsOf(db, [entry_id]));
  const notifications = await notificationsOf(db, entry_id);
  const timeline = await timelineOf(db, entry_id);
  const { tenant_id, conversation_id } = row;
  const recordings = conversation_id === null ? [] : await recordingsOf(db, tenant_id, conversation_id);
  const shown = {
    ...{ ...JSON.parse(context), live: told.live },
    ...(recordings.length > 0 ? { recordings } : {}),
  };
  return { ...told, entry: { ...told.entry, context: shown, notifications, timeline } };
}

export async function toldEntries(db: Db, entry_ids: string[]): Promise<Told[]> {
  if (entry_ids.length === 0) return [];
  const rows = await toldRows(db, entry_ids).execute();
  const tags = await tagsOf(db, entry_ids);
  return rows.map((row) => toTold(row, tags));
}

function toldRows(db: Db, entry_ids: string[]) {
  return db
    .selectFrom('human_fallback')
    .select([...ENTRY_COLUMNS, 'live', 'round', ROUND_AT, LAST_SEQ])
    .where('entry_id', 'in', entry_ids);
}

type ToldRow = EntryRow & { live: boolean | number; round: number; round_at: Instant; seq: number };

function toTold({ live, round, round_at, seq, ...row }: ToldRow, tags: Map<string, string[]>): Told {
  return { entry: toEntry(row, tags), round, round_at, live: Boolean(live), seq };
}

export async function holdEntry(db: Db, entry_id: string): Promise<EntryWithHistory | null> {
  await lockedEntries(db).where('entry_id', '=', entry_id).execute();
  // Only now: while it waited, others may have added to the tables around it.
  return getEntry(db, entry_id);
}

export async function moveEntry(
  db: Db,
  entry_id: string,
  move: Move,
  by: string,
  now: Instant,
): Promise<EntryWithHistory> {
  const entry = await lockEntry(db, entry_id);
  const tenant = await escalationTerms(db, entry);
  const { changes, timeline } = decideMove(entry, move, by, now, tenant.sla);
  if (timeline.length === 0) return existingEntry(db, entry_id);
  if (move.move === 'reopen') await refuseSecondUnresolved(db, entry);
  const round = move.move === 'reopen' ? newRound(entry, tenant.sla, entry.severity, now) : {};
  const moved = { ...entry, ...changes, ...round };
  await writeChange(
    db,
    entry,
    {
      ...{ changes: { ...changes, ...round }, timeline, by },
      next_action_at: nextActionAt(moved, tenant, now),
      outbox: await outboxOf(db, entry_id),
    },
    now,
  );
  return existingEntry(db, entry_id);
}

/** What core decided on an entry. */
export interface Change {
  changes: Partial<Entry & Watched>;
  timeline: readonly WhatHappened[];
  next_action_at: Instant | null;
  by: string;
  outbox: readonly OutboxRow[];
  /** Columns that are no part of an entry as it is shown. */
  more?: Updateable<Pick<HumanFallbackTable, 'context' | 'live'>>;
}

type Deadlines = Pick<Entry, 'status' | 'ack_due_at' | 'engage_due_at'>;

/** The deadline that is to be met next: the list is in its order. Null once it is resolved. */
export function dueAt({ status, ack_due_at, engage_due_at }: Deadlines): Instant | null {
  if (status === 'resolved') return null;
  return status === 'open' ? ack_due_at : engage_due_at;
}

/** Write it, and what follows for those who were told of the entry. */
export async function writeChange(
  db: Db,
  entry: Changed & Deadlines,
  { changes, timeline, next_action_at, by, outbox, more = {} }: Change,
  now: Instant,
): Promise<void> {
  const { tags, ...columns } = changes;
  const due_at = dueAt({ ...entry, ...columns });
  await db
    .updateTable('human_fallback')
    .set((eb) => ({ ...columns, ...more, due_at, next_action_at, version: eb('version', '+', 1) }))
    .where('entry_id', '=', entry.entry_id)
    .execute();
  if (tags) await replaceTags(db, entry, tags);
  await writeTimeline(db, entry, by, now, timeline);
  await keepTrue(db, { ...entry, ...columns }, timeline, outbox, now);
}

/** Takes `live` from the entries of a conversation, once; a resolved one too, lest it says live when it is reopened. */
export async function markCallerLeft(db: Db, conversation_id: string, at: Instant): Promise<void> {
  const left = await db
    .updateTable('human_fallback')
    .set((eb) => ({ live: false, version: eb('version', '+', 1) }))
    .where('conversation_id', '=', conversation_id)
    .where('live', '=', true)
    .returning(['entry_id', 'tenant_id', 'round', 'status'])
    .execute();
  const happened = [{ action: 'caller_left', detail: null }] as const;
  for (const entry of left) {
    await writeTimeline(db, entry, 'caller', at, happened);
    await keepTrue(db, entry, happened, await outboxOf(db, entry.entry_id), at);
  }
}

/** The entry of the conversation that is not resolved, or null. */
export async function lockUnresolved(db: Db, conversation_id: string): Promise<LockedEntry | null> {
  const row = await lockedEntries(db)
    .where('conversation_id', '=', conversation_id)
    .where('status', '<>', 'resolved')
    .executeTakeFirst();
  return row ? toLockedEntry(db, row) : null;
}

async function lockEntry(db: Db, entry_id: string): Promise<LockedEntry> {
  const row = await lockedEntries(db).where('entry_id', '=', entry_id).executeTakeFirst();
  if (!row) throw noEntry(entry_id);
  return toLockedEntry(db, row);
}

/** A condition holds for the entry as it is once it is locked, not as it was before the wait. */
function lockedEntries(db: Db) {
  return db
    .selectFrom('human_fallback')
    .select([...ENTRY_COLUMNS, 'round', ROUND_AT, 'steps_taken'])
    .forNoKeyUpdate();
}

async function toLockedEntry(
  db: Db,
  { round, round_at, steps_taken, ...row }: EntryRow & Pick<Watched, 'round' | 'round_at' | 'steps_taken'>,
): Promise<LockedEntry> {
  return { ...toEntry(row, await tagsOf(db, [row.entry_id])), round, round_at, steps_taken };
}

export async function existingEntry(db: Db, entry_id: string): Promise<EntryWithHistory> {
  const entry = await getEntry(db, entry_id);
  if (!entry) throw noEntry(entry_id);
  return entry;
}

function noEntry(entry_id: string): Problem {
  return new Problem('not_found', `There is no entry ${entry_id}.`);
}

/** A conversation has at most one entry that is not resolved. */
async function refuseSecondUnresolved(db: Db, entry: LockedEntry): Promise<void> {
  const other = entry.conversation_id && (await lockUnresolved(db, entry.conversation_id));
  if (!other) return;
  throw new Problem(
    'invalid_transition',
    `${entry.entry_id} stays resolved: ${other.entry_id} of the same conversation is ${other.status}. Go on there.`,
    { details: { entry_status: entry.status, unresolved_entry: other.entry_id } },
  );
}

async function replaceTags(
  db: Db,
  { entry_id, tenant_id }: Pick<Entry, 'entry_id' | 'tenant_id'>,
  tags: string[],
): Promise<void> {
  await db.deleteFrom('fallback_tags').where('entry_id', '=', entry_id).execute();
  if (tags.length === 0) return;
  await db
    .insertInto('fallback_tags')
    .values(tags.map((tag) => ({ tenant_id, entry_id, tag })))
    .execute();
}

/** A form offers those that are in use, not all there ever were. */
const MOST_TAGGED_LOOKED_AT = 1_000;

export async function usedTags(db: Db, tenant_id: string, limit: number): Promise<string[]> {
  const latest = await db
    .selectFrom('fallback_tags')
    .select('tag')
    .where('tenant_id', '=', tenant_id)
    .orderBy('entry_id', 'desc')
    .orderBy('tag')
    .limit(MOST_TAGGED_LOOKED_AT)
    .execute();
  return [...new Set(latest.map(({ tag }) => tag))].slice(0, limit);
}

/** The tags of each entry, in order. */
export async function tagsOf(db: Db, entry_ids: string[]): Promise<Map<string, string[]>> {
  if (entry_ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('fallback_tags')
    .select(['entry_id', 'tag'])
    .where('entry_id', 'in', entry_ids)
    .execute();
  const byEntry = Map.groupBy(rows, (row) => row.entry_id);
  // Sorted here: databases do not agree on the order of words.
  return new Map([...byEntry].map(([entry_id, tagged]) => [entry_id, tagged.map((row) => row.tag).sort()]));
}

export function toEntry(row: EntryRow, tags: Map<string, string[]>): Entry {
  return {
    ...row,
    ack_breached: Boolean(row.ack_breached),
    engage_breached: Boolean(row.engage_breached),
    tags: tags.get(row.entry_id) ?? [],
  };
}

/** `live` is a column of its own, because it changes alone; recordings are rows of their own. */
export function toContextColumns({ recordings: _, ...context }: EntryContext): {
  context: string;
  live: boolean;
} {
  return { context: toJson(context), live: context.live };
}
