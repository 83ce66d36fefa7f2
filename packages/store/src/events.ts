import { type EscalateEvent, type Instant, Problem } from '@receptionist/core';
import type { Selectable } from 'kysely';
import { toJson } from './columns.ts';
import { newId } from './ids.ts';
import type { Db, EscalateEventsTable } from './schema.ts';
import type { EventState } from './store.ts';

export async function getEvent(db: Db, event_id: string): Promise<EventState | null> {
  const row = await db
    .selectFrom('escalate_events')
    .select(['event_id', 'entry_id', 'filed_at'])
    .where('event_id', '=', event_id)
    .executeTakeFirst();
  return row ?? null;
}

export async function emitEscalate(
  db: Db,
  event: Omit<EscalateEvent, 'event_id'>,
): Promise<{ event_id: string }> {
  const event_id = newId('ev', event.at);
  await db
    .insertInto('escalate_events')
    .values({ ...event, event_id, context: toJson(event.context) })
    .execute();
  return { event_id };
}

export async function claimEvents(db: Db, limit: number): Promise<EscalateEvent[]> {
  const rows = await db
    .selectFrom('escalate_events')
    .selectAll()
    .where('entry_id', 'is', null)
    .orderBy('at')
    .orderBy('event_id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(toEvent);
}

export async function findEvents(db: Db, event_ids: readonly string[]): Promise<EscalateEvent[]> {
  if (event_ids.length === 0) return [];
  const rows = await db
    .selectFrom('escalate_events')
    .selectAll()
    .where('event_id', 'in', event_ids)
    .orderBy('event_id')
    .execute();
  return rows.map(toEvent);
}

/** The entry of an event, or null where it has none yet; nobody else files it until the transaction ends. */
export async function lockEvent(db: Db, event_id: string): Promise<{ entry_id: string | null }> {
  const row = await db
    .selectFrom('escalate_events')
    .select('entry_id')
    .where('event_id', '=', event_id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!row) throw new Problem('not_found', `There is no event ${event_id}.`);
  return row;
}

export async function markFiled(db: Db, event_id: string, entry_id: string, at: Instant): Promise<void> {
  await db
    .updateTable('escalate_events')
    .set({ entry_id, filed_at: at })
    .where('event_id', '=', event_id)
    .execute();
}

function toEvent(row: Selectable<EscalateEventsTable>): EscalateEvent {
  const { entry_id: _, filed_at: __, ...event } = row;
  return { ...event, live: Boolean(row.live), context: JSON.parse(row.context) };
}
