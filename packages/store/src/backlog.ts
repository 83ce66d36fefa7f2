import type { Instant, Severity } from '@receptionist/core';
import type { Db } from './schema.ts';
import type { Backlog } from './store.ts';

export async function backlog(db: Db, now: Instant): Promise<Backlog> {
  const events = await db
    .selectFrom('escalate_events')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('at').as('oldest')])
    .where('entry_id', 'is', null)
    .executeTakeFirstOrThrow();
  const waiting = await pendingDeliveries(db, 'next_attempt_at');
  const sending = await pendingDeliveries(db, 'lease_until');
  return {
    unfiled_events: events.count,
    waiting_deliveries: waiting.count + sending.count,
    oldest_event_at: events.oldest,
    oldest_delivery_at: oldestDue([waiting.oldest, sending.oldest], now),
    open_entries: await openEntries(db),
  };
}

function oldestDue(times: (Instant | null)[], now: Instant): Instant | null {
  return times.filter((at) => at !== null && at <= now).sort()[0] ?? null;
}

/** A delivery has the one time while it waits, the other while it is being sent, and none of them once it is done. */
function pendingDeliveries(db: Db, due: 'next_attempt_at' | 'lease_until') {
  return db
    .selectFrom('deliveries')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min(due).as('oldest')])
    .where(due, 'is not', null)
    .executeTakeFirstOrThrow();
}

async function openEntries(db: Db): Promise<Record<Severity, number>> {
  const rows = await db
    .selectFrom('human_fallback')
    .select((eb) => ['severity', eb.fn.countAll<number>().as('entries')])
    .where('next_action_at', 'is not', null)
    .where('status', '=', 'open')
    .groupBy('severity')
    .execute();
  return { critical: 0, standard: 0, ...Object.fromEntries(rows.map((row) => [row.severity, row.entries])) };
}
