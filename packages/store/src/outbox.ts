/** The rows of deliveries that are about one entry: what it was told through, and what still waits. */
import { ALERT_CHANNELS, type AlertChannel, type DeliveryChannel, type Instant } from '@receptionist/core';
import type { Selectable } from 'kysely';
import { newId } from './ids.ts';
import type { Db, DeliveriesTable } from './schema.ts';

const OUTBOX_COLUMNS = [
  'delivery_id', 'channel', 'status', 'round', 'destination', 'person', 'reference', 'attempts', 'unclear',
] as const; // biome-ignore format: a list of words

export type OutboxRow = Pick<Selectable<DeliveriesTable>, (typeof OUTBOX_COLUMNS)[number]>;

/** An entry that nobody takes is told of again and again; no more than this of it is looked at, the newest. */
const MOST_LOOKED_AT = 500;

/** Newest first. */
export function outboxOf(db: Db, entry_id: string): Promise<OutboxRow[]> {
  return db
    .selectFrom('deliveries')
    .select(OUTBOX_COLUMNS)
    .where('entry_id', '=', entry_id)
    .orderBy('delivery_id', 'desc')
    .limit(MOST_LOOKED_AT)
    .execute();
}

/** What is to be told, before it is a row. `skipped`: why nothing can be sent. */
export type NewDelivery = Pick<DeliveriesTable, 'channel' | 'destination' | 'round'> &
  Partial<Pick<DeliveriesTable, 'person' | 'reference' | 'text'>> & { skipped?: string | null };

/** What a delivery is about; both null: no entry. */
export type About = Pick<DeliveriesTable, 'entry_id' | 'tenant_id'>;

export function queue(
  db: Db,
  { entry_id, tenant_id }: About,
  deliveries: readonly NewDelivery[],
  now: Instant,
): Promise<void> {
  return queueAll(
    db,
    deliveries.map((delivery) => ({ ...delivery, entry_id, tenant_id })),
    now,
  );
}

/** In the order given, which is also that of their ids. */
export async function queueAll(
  db: Db,
  deliveries: readonly (NewDelivery & About)[],
  now: Instant,
): Promise<void> {
  if (deliveries.length === 0) return;
  const ids = deliveries.map(() => newId('dl', now)).sort();
  const rows = deliveries.map(({ skipped = null, ...delivery }, i) => ({
    ...{ person: null, reference: null, text: null, ...delivery },
    ...{ delivery_id: ids[i] as string, attempts: 0, fence: 0, created_at: now },
    ...(skipped === null
      ? { status: 'waiting' as const, next_attempt_at: now, why: null }
      : { status: 'skipped' as const, next_attempt_at: null, why: skipped }),
  }));
  await db.insertInto('deliveries').values(rows).execute();
}

/** End deliveries that still wait. */
export async function endWaiting(
  db: Db,
  rows: readonly Pick<OutboxRow, 'delivery_id'>[],
  ended: { status: 'skipped' | 'failed'; why: string },
): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map(({ delivery_id }) => delivery_id);
  await db
    .updateTable('deliveries')
    .set({ ...ended, next_attempt_at: null })
    .where('delivery_id', 'in', ids)
    .where('status', '=', 'waiting')
    .execute();
}

export function isAlert(channel: DeliveryChannel): channel is AlertChannel {
  return (ALERT_CHANNELS as readonly DeliveryChannel[]).includes(channel);
}

/** Posts a message that is kept true. */
export const MESSAGE_CHANNELS = ['slack', 'slack_mention'] as const satisfies AlertChannel[];

export function isMessage({ channel, status, reference }: OutboxRow): boolean {
  const posts = (MESSAGE_CHANNELS as readonly DeliveryChannel[]).includes(channel);
  return posts && (status === 'sent' || status === 'grouped') && reference !== null;
}
