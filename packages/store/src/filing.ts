import {
  advance,
  deadlines,
  type EscalateEvent,
  type Instant,
  joinEvent,
  newRound,
  nextActionAt,
  type Ways,
} from '@receptionist/core';
import { queueAlerts } from './alerts.ts';
import { lockEvent, markFiled } from './events.ts';
import {
  dueAt,
  existingEntry,
  type LockedEntry,
  lockUnresolved,
  toContextColumns,
  writeChange,
} from './fallbacks.ts';
import { newId } from './ids.ts';
import { outboxOf } from './outbox.ts';
import type { Db } from './schema.ts';
import type { AdvancedEntry, Verbs } from './store.ts';
import { type EscalationTerms, escalationTerms } from './tenants.ts';
import { OURSELVES, writeTimeline } from './timeline.ts';

interface Filing {
  event: EscalateEvent;
  tenant: EscalationTerms;
  ways: Ways;
  now: Instant;
}

type Filed = Pick<AdvancedEntry, 'entry_id' | 'told' | 'skipped'>;

export async function fileEntry(
  db: Db,
  event: EscalateEvent,
  ways: Ways,
  now: Instant,
): ReturnType<Verbs['fileEntry']> {
  const { entry_id: filedAs } = await lockEvent(db, event.event_id);
  if (filedAs) {
    const joined = !(await beganWith(db, filedAs, event));
    return { entry_id: filedAs, joined, told: [], skipped: [] };
  }
  const present = await withPresentLive(db, event);
  const filing = { event: present, tenant: await escalationTerms(db, event), ways, now };
  const unresolved = event.conversation_id && (await lockUnresolved(db, event.conversation_id));
  const filed = unresolved ? await join(db, unresolved, filing) : await begin(db, filing);
  await markFiled(db, event.event_id, filed.entry_id, now);
  return { ...filed, joined: Boolean(unresolved) };
}

async function begin(db: Db, { event, tenant, ways, now }: Filing): Promise<Filed> {
  const { event_id, tenant_id, conversation_id, channel, caller, reason, reason_detail, severity } = event;
  const entry_id = newId('fb', now);
  const fresh = {
    ...{ severity, status: 'open' as const, ack_breached: false, engage_breached: false },
    ...{ round: 1, round_at: now, steps_taken: 0, ...deadlines(tenant.sla, severity, now) },
  };
  const { changes, timeline, tell, next_action_at } = advance(fresh, tenant, now);
  const { tags: _, ...begun } = { ...fresh, ...changes };
  await db
    .insertInto('human_fallback')
    .values({
      ...{ entry_id, event_id, tenant_id, conversation_id, channel, caller, reason, reason_detail },
      ...toContextColumns(event.context),
      ...begun,
      ...{ created_at: now, due_at: dueAt(begun), next_action_at, version: 1 },
    })
    .execute();
  const entry = { entry_id, tenant_id, round: begun.round };
  await writeTimeline(db, entry, OURSELVES, now, [{ action: 'filed', detail: reason }, ...timeline]);
  return { entry_id, ...(await queueAlerts(db, { entry, tell, tenant, ways, outbox: [], now })) };
}

async function join(db: Db, entry: LockedEntry, { event, tenant, ways, now }: Filing): Promise<Filed> {
  const { entry_id } = entry;
  const joined = joinEvent(await existingEntry(db, entry_id), event, now, tenant.sla);
  const before = { ...entry, ...joined.changes };
  const round = joined.raised ? newRound(entry, tenant.sla, before.severity, now) : {};
  const present = { ...before, ...round };
  const { changes, tell, next_action_at } = joined.raised
    ? advance(present, tenant, now, { raised: true })
    : { changes: {}, tell: [], next_action_at: nextActionAt(present, tenant, now) };
  const outbox = await outboxOf(db, entry_id);
  await writeChange(
    db,
    entry,
    {
      ...{ changes: { ...joined.changes, ...round, ...changes }, timeline: joined.timeline },
      ...{ next_action_at, by: OURSELVES, outbox, more: toContextColumns(joined.context) },
    },
    now,
  );
  return { entry_id, ...(await queueAlerts(db, { entry: present, tell, tenant, ways, outbox, now })) };
}

/**
 * The event, no longer live where the caller has gone since. Locks the conversation, so that its events are filed one
 * after the other and it cannot end in between.
 */
async function withPresentLive(db: Db, event: EscalateEvent): Promise<EscalateEvent> {
  if (event.conversation_id === null) return event;
  const { ended_at } = await db
    .selectFrom('conversations')
    .select('ended_at')
    .where('conversation_id', '=', event.conversation_id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  return ended_at === null ? event : { ...event, context: { ...event.context, live: false } };
}

async function beganWith(db: Db, entry_id: string, event: EscalateEvent): Promise<boolean> {
  const row = await db
    .selectFrom('human_fallback')
    .select('entry_id')
    .where('entry_id', '=', entry_id)
    .where('event_id', '=', event.event_id)
    .executeTakeFirst();
  return row !== undefined;
}
