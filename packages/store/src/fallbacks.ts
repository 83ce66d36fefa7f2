/** The entries of human_fallback: reading one, moving it, and what befalls it. Filing and listing have files of their own. */
import {
  decideMove,
  type Entry,
  type EntryContext,
  type EntryWithHistory,
  type Instant,
  type Move,
  type Moved,
  Problem,
} from '@receptionist/core';
import type { Selectable, Updateable } from 'kysely';
import { toJson } from './columns.ts';
import { lastChannel, notificationsOf, queueAlert } from './deliveries.ts';
import type { Db, HumanFallbackTable } from './schema.ts';
import { tenantOf } from './tenants.ts';
import { OURSELVES, timelineOf, writeTimeline } from './timeline.ts';

/** The columns that are shown; the other half of an entry is in tables of its own. */
export const ENTRY_COLUMNS = [
  'entry_id', 'tenant_id', 'conversation_id', 'channel', 'caller', 'reason', 'reason_detail', 'severity', 'status',
  'created_at', 'ack_due_at', 'engage_due_at', 'ack_breached', 'engage_breached', 'assignee', 'acknowledged_by',
  'acknowledged_at', 'engaged_by', 'engaged_at', 'resolved_by', 'resolved_at', 'resolution_notes',
] as const satisfies (keyof Entry)[]; // biome-ignore format: a list of words

export type EntryRow = Pick<Selectable<HumanFallbackTable>, (typeof ENTRY_COLUMNS)[number]>;

/** An entry that nobody else changes until the transaction ends. */
export interface LockedEntry extends Entry {
  round: number;
}

export async function getEntry(db: Db, entry_id: string): Promise<EntryWithHistory | null> {
  const found = await db
    .selectFrom('human_fallback')
    .select([...ENTRY_COLUMNS, 'context', 'live'])
    .where('entry_id', '=', entry_id)
    .executeTakeFirst();
  if (!found) return null;
  const { context, live, ...row } = found;
  const entry = toEntry(row, await tagsOf(db, [entry_id]));
  const notifications = await notificationsOf(db, entry_id);
  const timeline = await timelineOf(db, entry_id);
  return { ...entry, context: { ...JSON.parse(context), live: Boolean(live) }, notifications, timeline };
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
  const { sla } = await tenantOf(db, entry);
  const moved = decideMove(entry, move, by, now, sla);
  if (move.move === 'reopen') await refuseSecondUnresolved(db, entry);
  if (moved.timeline.length > 0) await applyMoved(db, entry, moved, by, now);
  if (move.move === 'reopen') await beginRound(db, entry, await lastChannel(db, entry_id), now);
  return existingEntry(db, entry_id);
}

/** Write what core decided. `more`: columns that are no part of an entry as it is shown. */
export async function applyMoved(
  db: Db,
  entry: LockedEntry,
  moved: Moved,
  by: string,
  now: Instant,
  more: Updateable<Pick<HumanFallbackTable, 'context' | 'live'>> = {},
): Promise<void> {
  const { tags, ...columns } = moved.changes;
  const next_action_at = nextActionAt({ ...entry, ...moved.changes });
  await db
    .updateTable('human_fallback')
    .set((eb) => ({ ...columns, ...more, next_action_at, version: eb('version', '+', 1) }))
    .where('entry_id', '=', entry.entry_id)
    .execute();
  if (tags) await replaceTags(db, entry, tags);
  await writeTimeline(db, entry, by, now, moved.timeline);
}

/** Alert anew; deadlines were set by whoever decided on the round. */
export async function beginRound(db: Db, entry: LockedEntry, channel: string, now: Instant): Promise<void> {
  const round = entry.round + 1;
  await db.updateTable('human_fallback').set({ round }).where('entry_id', '=', entry.entry_id).execute();
  await queueAlert(db, { ...entry, round }, channel, now);
}

/** Takes `live` from the entries of a conversation, once; a resolved one too, lest it says live when it is reopened. */
export async function markCallerLeft(db: Db, conversation_id: string, at: Instant): Promise<void> {
  const left = await db
    .updateTable('human_fallback')
    .set((eb) => ({ live: false, version: eb('version', '+', 1) }))
    .where('conversation_id', '=', conversation_id)
    .where('live', '=', true)
    .returning(['entry_id', 'tenant_id'])
    .execute();
  for (const entry of left) {
    await writeTimeline(db, entry, 'caller', at, [{ action: 'caller_left', detail: null }]);
  }
}

export async function markBreaches(
  db: Db,
  now: Instant,
): Promise<{ entry_id: string; missed: 'ack' | 'engage' }[]> {
  const overdue = db
    .updateTable('human_fallback')
    .set((eb) => ({ next_action_at: eb.ref('engage_due_at'), version: eb('version', '+', 1) }))
    .where('next_action_at', '<', now)
    .returning(['entry_id', 'tenant_id']);
  const ackMissed = await overdue
    .set({ ack_breached: true })
    .where('status', '=', 'open')
    .where('ack_breached', '=', false)
    .where('ack_due_at', '<', now)
    .execute();
  const engageMissed = await overdue
    .set({ engage_breached: true })
    .where('status', 'in', ['open', 'acknowledged'])
    .where('engage_breached', '=', false)
    .where('engage_due_at', '<', now)
    .execute();
  const breaches = [
    ...ackMissed.map((entry) => ({ ...entry, missed: 'ack' as const })),
    ...engageMissed.map((entry) => ({ ...entry, missed: 'engage' as const })),
  ];
  for (const breach of breaches) {
    await writeTimeline(db, breach, OURSELVES, now, [{ action: `${breach.missed}_missed`, detail: null }]);
  }
  return breaches.map(({ entry_id, missed }) => ({ entry_id, missed }));
}

/** When somebody must have acted next: the deadline that is not missed yet, or else the last one. */
export function nextActionAt(
  entry: Pick<Entry, 'status' | 'ack_due_at' | 'ack_breached' | 'engage_due_at'>,
): Instant | null {
  if (entry.status === 'resolved') return null;
  return entry.status === 'open' && !entry.ack_breached ? entry.ack_due_at : entry.engage_due_at;
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
    .select([...ENTRY_COLUMNS, 'round'])
    .forNoKeyUpdate();
}

async function toLockedEntry(db: Db, { round, ...row }: EntryRow & { round: number }): Promise<LockedEntry> {
  return { ...toEntry(row, await tagsOf(db, [row.entry_id])), round };
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

async function replaceTags(db: Db, entry: LockedEntry, tags: string[]): Promise<void> {
  const { entry_id, tenant_id } = entry;
  await db.deleteFrom('fallback_tags').where('entry_id', '=', entry_id).execute();
  if (tags.length === 0) return;
  await db
    .insertInto('fallback_tags')
    .values(tags.map((tag) => ({ tenant_id, entry_id, tag })))
    .execute();
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

/** `live` is a column of its own, because it changes alone. */
export function toContextColumns(context: EntryContext): { context: string; live: boolean } {
  return { context: toJson(context), live: context.live };
}
