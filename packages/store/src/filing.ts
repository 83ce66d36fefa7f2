import { deadlines, type EscalateEvent, type Instant, joinEvent, type Tenant } from '@receptionist/core';
import { queueAlert } from './deliveries.ts';
import { lockEvent, markFiled } from './events.ts';
import {
  applyMoved,
  beginRound,
  existingEntry,
  type LockedEntry,
  lockUnresolved,
  nextActionAt,
  toContextColumns,
} from './fallbacks.ts';
import { newId } from './ids.ts';
import type { Db } from './schema.ts';
import { tenantOf } from './tenants.ts';
import { OURSELVES, writeTimeline } from './timeline.ts';

interface Filing {
  event: EscalateEvent;
  alert: { channel: string };
  sla: Tenant['sla'];
  now: Instant;
}

export async function fileEntry(
  db: Db,
  event: EscalateEvent,
  alert: { channel: string },
  now: Instant,
): Promise<{ entry_id: string; joined: boolean }> {
  const { entry_id: filedAs } = await lockEvent(db, event.event_id);
  if (filedAs) return { entry_id: filedAs, joined: !(await beganWith(db, filedAs, event)) };

  const filing = {
    event: await withPresentLive(db, event),
    alert,
    sla: (await tenantOf(db, event)).sla,
    now,
  };
  const unresolved = event.conversation_id && (await lockUnresolved(db, event.conversation_id));
  const entry_id = unresolved ? await join(db, unresolved, filing) : await begin(db, filing);
  await markFiled(db, event.event_id, entry_id, now);
  return { entry_id, joined: Boolean(unresolved) };
}

async function begin(db: Db, { event, alert, sla, now }: Filing): Promise<string> {
  const { event_id, tenant_id, conversation_id, channel, caller, reason, reason_detail, severity } = event;
  const entry_id = newId('fb', now);
  const fresh = {
    status: 'open',
    ack_breached: false,
    engage_breached: false,
    ...deadlines(sla, severity, now),
  } as const;
  await db
    .insertInto('human_fallback')
    .values({
      ...{ entry_id, event_id, tenant_id, conversation_id, channel, caller, reason, reason_detail, severity },
      ...fresh,
      ...toContextColumns(event.context),
      created_at: now,
      round: 1,
      next_action_at: nextActionAt(fresh),
      version: 1,
    })
    .execute();
  const entry = { entry_id, tenant_id, round: 1 };
  await writeTimeline(db, entry, OURSELVES, now, [{ action: 'filed', detail: reason }]);
  await queueAlert(db, entry, alert.channel, now);
  return entry_id;
}

async function join(db: Db, entry: LockedEntry, { event, alert, sla, now }: Filing): Promise<string> {
  const joined = joinEvent(await existingEntry(db, entry.entry_id), event, now, sla);
  await applyMoved(db, entry, joined, OURSELVES, now, toContextColumns(joined.context));
  if (joined.raised) await beginRound(db, entry, alert.channel, now);
  return entry.entry_id;
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
