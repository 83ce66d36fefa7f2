/** The outbox: what is to be told to whom, and how that went. */
import type { Instant, Notification } from '@receptionist/core';
import { sql } from 'kysely';
import { newId } from './ids.ts';
import type { Db } from './schema.ts';
import type { ClaimedDelivery, DeliveryResult } from './store.ts';
import { OURSELVES, writeTimeline } from './timeline.ts';

const CRITICAL_FIRST = sql`case human_fallback.severity when 'critical' then 0 else 1 end`;

/** Alert for a round of the entry. What still waits from an earlier round would say less, and is skipped. */
export async function queueAlert(
  db: Db,
  entry: { entry_id: string; tenant_id: string; round: number },
  channel: string,
  now: Instant,
): Promise<void> {
  const { entry_id, tenant_id, round } = entry;
  await db
    .updateTable('deliveries')
    .set({ status: 'skipped', next_attempt_at: null, why: 'a later alert tells it' })
    .where('entry_id', '=', entry_id)
    .where('status', '=', 'waiting')
    .execute();
  await db
    .insertInto('deliveries')
    .values({
      delivery_id: newId('dl', now),
      tenant_id,
      entry_id,
      round,
      channel,
      status: 'waiting',
      attempts: 0,
      next_attempt_at: now,
      fence: 0,
      created_at: now,
    })
    .execute();
}

export async function claimDeliveries(
  db: Db,
  claim: { now: Instant; limit: number; lease_ms: number },
): Promise<ClaimedDelivery[]> {
  const { now, limit, lease_ms } = claim;
  const due = await db
    .selectFrom('deliveries')
    .innerJoin('human_fallback', 'human_fallback.entry_id', 'deliveries.entry_id')
    .select([
      'deliveries.delivery_id',
      'deliveries.entry_id',
      'deliveries.tenant_id',
      'deliveries.channel',
      'deliveries.attempts',
      'deliveries.fence',
    ])
    .where((eb) => eb.or([eb('next_attempt_at', '<=', now), eb('lease_until', '<=', now)]))
    .orderBy(CRITICAL_FIRST)
    .orderBy('deliveries.delivery_id')
    .limit(limit)
    .forUpdate('deliveries')
    .skipLocked()
    .execute();
  const lease_until = new Date(Date.parse(now) + lease_ms).toISOString();
  for (const { delivery_id, attempts, fence } of due) {
    await db
      .updateTable('deliveries')
      .set({
        status: 'sending',
        next_attempt_at: null,
        lease_until,
        attempts: attempts + 1,
        fence: fence + 1,
      })
      .where('delivery_id', '=', delivery_id)
      .execute();
  }
  return due.map((delivery) => ({ ...delivery, fence: delivery.fence + 1 }));
}

export async function recordDelivery(
  db: Db,
  delivery: ClaimedDelivery,
  result: DeliveryResult,
  now: Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('deliveries')
    .set({ next_attempt_at: null, lease_until: null, ...outcomeColumns(delivery, result, now) })
    .where('delivery_id', '=', delivery.delivery_id)
    .where('status', '=', 'sending')
    .where('fence', '=', delivery.fence)
    .executeTakeFirst();
  if (!numUpdatedRows) return false;
  if (result.status === 'sent') {
    await writeTimeline(db, delivery, OURSELVES, now, [{ action: 'alerted', detail: delivery.channel }]);
  }
  return true;
}

function outcomeColumns(delivery: ClaimedDelivery, result: DeliveryResult, now: Instant) {
  switch (result.status) {
    case 'sent':
      return { ...result, sent_at: now, why: null };
    case 'skipped':
      // Nothing was tried.
      return { ...result, attempts: delivery.attempts };
    default:
      return result;
  }
}

export function notificationsOf(db: Db, entry_id: string): Promise<Notification[]> {
  return db
    .selectFrom('deliveries')
    .select(['channel', 'status', 'attempts', 'sent_at', 'reference'])
    .where('entry_id', '=', entry_id)
    .orderBy('round')
    .orderBy('delivery_id')
    .execute();
}

/** Where the entry was alerted last. */
export async function lastChannel(db: Db, entry_id: string): Promise<string> {
  const row = await db
    .selectFrom('deliveries')
    .select('channel')
    .where('entry_id', '=', entry_id)
    .orderBy('round', 'desc')
    .orderBy('delivery_id', 'desc')
    .executeTakeFirstOrThrow();
  return row.channel;
}
