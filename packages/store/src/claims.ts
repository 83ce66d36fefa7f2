/** Taking what may be sent now, a destination at a time. */
import {
  blockedDestination,
  type Destination,
  type DestinationState,
  dispatch,
  freshDestination,
  type Instant,
  type Send,
  type Severity,
  type Ways,
} from '@receptionist/core';
import { type Selectable, sql } from 'kysely';
import { isAlert, queueAll } from './outbox.ts';
import type { Db, DeliveriesTable } from './schema.ts';
import type { ClaimedDelivery, ClaimedSend } from './store.ts';

/** Word for word as in the indexes. A daemon of the version before names none. */
const DESTINATION = sql<Destination>`coalesce(destination, 'log')`;
/** More are not looked at in one claim; what is critical is among the first. */
const MOST_DUE = 1_000;

export async function dueDestinations(db: Db, now: Instant): Promise<Destination[]> {
  const due = (column: 'next_attempt_at' | 'lease_until') =>
    db
      .selectFrom('deliveries')
      .select((eb) => [DESTINATION.as('destination'), eb.fn.min<Instant>(column).as('since')])
      .where(column, '<=', now)
      .groupBy(DESTINATION);
  const rows = await due('next_attempt_at').unionAll(due('lease_until')).execute();
  const longestFirst = rows
    .sort((a, b) => (a.since < b.since ? -1 : 1))
    .map(({ destination }) => destination);
  const blocked = await blockedOf(db, longestFirst, now);
  return [...new Set(longestFirst)].filter((destination) => !blocked.has(destination));
}

async function blockedOf(
  db: Db,
  destinations: readonly Destination[],
  now: Instant,
): Promise<Set<Destination>> {
  if (destinations.length === 0) return new Set();
  const rows = await db
    .selectFrom('destination_limits')
    .select('destination')
    .where('destination', 'in', destinations)
    .where('blocked_until', '>', now)
    .execute();
  return new Set(rows.map(({ destination }) => destination));
}

export async function claimSends(
  db: Db,
  {
    destination,
    now,
    ways,
    lease_ms,
  }: { destination: Destination; now: Instant; ways: Ways; lease_ms: number },
): Promise<ClaimedSend[]> {
  const before = await takeDestination(db, destination, now);
  if (!before) return [];
  const sending = await sendingTo(db, destination);
  const [lost, underway] = partition(sending, ({ lease_until }) => lease_until <= now);
  await giveUpLeases(db, lost, now);
  const due = await dueFor(db, destination, now);
  const { sends, state } = dispatch(destination, startable(due, underway), before, now);
  if (sends.length === 0) return [];
  await keepState(db, destination, state);
  const claimed = await markSending(db, due, sends, { destination, now, lease_ms });
  if (ways.pagerduty) await openIncidents(db, due, sends, now);
  return claimed;
}

export async function blockDestination(db: Db, destination: Destination, until: Instant, now: Instant) {
  await makeDestination(db, destination, now);
  const state = await destinationRow(db, destination).forUpdate().executeTakeFirstOrThrow();
  await keepState(db, destination, blockedDestination(state, now, until));
}

/** What was to be told together at that time has not arrived: the next digest neither waits for it nor is silent because of it. */
export async function forgetDigest(db: Db, destination: Destination, at: Instant): Promise<void> {
  const digest = db.updateTable('destination_limits').where('destination', '=', destination);
  await digest.set({ grouped_at: null }).where('grouped_at', '=', at).execute();
  await digest.set({ mentioned_at: null }).where('mentioned_at', '=', at).execute();
}

/** What it allows, held until the transaction ends; null where another daemon holds it. */
async function takeDestination(
  db: Db,
  destination: Destination,
  now: Instant,
): Promise<DestinationState | null> {
  const held = await destinationRow(db, destination).forUpdate().skipLocked().executeTakeFirst();
  if (held) return held;
  // Not left to the insert, which would wait for whoever changes the row.
  if (await destinationRow(db, destination).executeTakeFirst()) return null;
  return (await makeDestination(db, destination, now)) ? freshDestination(destination, now) : null;
}

function destinationRow(db: Db, destination: Destination) {
  return db
    .selectFrom('destination_limits')
    .select(['tokens', 'counted_at', 'blocked_until', 'grouped_at', 'mentioned_at'])
    .where('destination', '=', destination);
}

/** False: it is there already. */
async function makeDestination(db: Db, destination: Destination, now: Instant): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('destination_limits')
    .values({ destination, ...freshDestination(destination, now) })
    .onConflict((conflict) => conflict.column('destination').doNothing())
    .executeTakeFirst();
  return Boolean(numInsertedOrUpdatedRows);
}

async function keepState(db: Db, destination: Destination, state: DestinationState): Promise<void> {
  await db.updateTable('destination_limits').set(state).where('destination', '=', destination).execute();
}

type Underway = Pick<Selectable<DeliveriesTable>, 'delivery_id' | 'channel' | 'entry_id' | 'reference'>;

/** Never waits: whoever records a delivery right now may want the destination next. */
function sendingTo(db: Db, destination: Destination): Promise<(Underway & { lease_until: Instant })[]> {
  return db
    .selectFrom('deliveries')
    .select(['delivery_id', 'channel', 'entry_id', 'reference', 'lease_until'])
    .where(DESTINATION, '=', destination)
    .where('lease_until', 'is not', null)
    .$narrowType<{ lease_until: Instant }>()
    .forUpdate()
    .skipLocked()
    .execute();
}

/** Nobody knows whether they arrived. A text or call is not made twice; the others are, and say so. */
async function giveUpLeases(db: Db, lost: readonly Underway[], now: Instant): Promise<void> {
  const [byPhone, others] = partition(lost, ({ channel }) => channel === 'text' || channel === 'call');
  const end = (rows: readonly Underway[]) =>
    db
      .updateTable('deliveries')
      .set({ lease_until: null, unclear: true })
      .where(
        'delivery_id',
        'in',
        rows.map(({ delivery_id }) => delivery_id),
      );
  if (byPhone.length > 0) {
    const why = 'it is not known whether it was placed; the next step covers';
    await end(byPhone).set({ status: 'failed', why }).execute();
  }
  if (others.length > 0) await end(others).set({ status: 'waiting', next_attempt_at: now }).execute();
}

type Due = Omit<ClaimedDelivery, 'destination' | 'unclear'> & {
  created_at: Instant;
  severity: Severity | null;
  unclear: boolean | number;
};

/** Critical first, then as they were queued. */
function dueFor(db: Db, destination: Destination, now: Instant): Promise<Due[]> {
  return db
    .selectFrom('deliveries')
    .leftJoin('human_fallback', 'human_fallback.entry_id', 'deliveries.entry_id')
    .select([
      ...(['delivery_id', 'entry_id', 'tenant_id', 'channel', 'round', 'created_at'] as const).map(
        (column) => `deliveries.${column}` as const,
      ),
      ...(['person', 'reference', 'text', 'attempts', 'unclear', 'fence', 'severity'] as const),
    ])
    .where(DESTINATION, '=', destination)
    .where('next_attempt_at', '<=', now)
    .orderBy((eb) => eb.case().when('severity', '=', 'critical').then(0).else(1).end())
    .orderBy('deliveries.delivery_id')
    .limit(MOST_DUE)
    .forUpdate('deliveries')
    .skipLocked()
    .execute();
}

/**
 * Quiet ones wait for what is said of the same entry or message: an alert first, and then one after the other, lest an older
 * state overwrites a newer one, or an incident is resolved before it is triggered.
 */
function startable(due: readonly Due[], underway: readonly Underway[]): Due[] {
  const busy = new Set([...underway, ...due.filter(({ channel }) => isAlert(channel))].map(subject));
  return due.filter((one) => {
    const about = subject(one);
    if (isAlert(one.channel) || about === null) return true;
    if (busy.has(about)) return false;
    busy.add(about);
    return true;
  });
}

/** What a delivery speaks of: a message, an entry, or null. */
function subject({ channel, reference, entry_id }: Underway): string | null {
  return channel === 'slack_update' ? reference : entry_id;
}

async function markSending(
  db: Db,
  due: readonly Due[],
  sends: readonly Send[],
  { destination, now, lease_ms }: { destination: Destination; now: Instant; lease_ms: number },
): Promise<ClaimedSend[]> {
  await db
    .updateTable('deliveries')
    .set((eb) => ({
      status: 'sending',
      next_attempt_at: null,
      lease_until: new Date(Date.parse(now) + lease_ms).toISOString(),
      attempts: eb('attempts', '+', 1),
      fence: eb('fence', '+', 1),
    }))
    .where(
      'delivery_id',
      'in',
      sends.flatMap(({ delivery_ids }) => delivery_ids),
    )
    .execute();
  return sends.map((send) => {
    const [first, ...others] = deliveriesOf(send, due).map((one) => claimedFrom(one, destination));
    return { deliveries: [first as ClaimedDelivery, ...others], mention: send.mention, at: now };
  });
}

/** The others as they are due: the same order in which `entriesOfMessage` names them later. */
function deliveriesOf({ delivery_ids: [first, ...others] }: Send, due: readonly Due[]): Due[] {
  const rest = new Set(others);
  return [
    ...due.filter(({ delivery_id }) => delivery_id === first),
    ...due.filter(({ delivery_id }) => rest.has(delivery_id)),
  ];
}

function claimedFrom(
  { created_at: _, severity: __, ...row }: Due,
  destination: Destination,
): ClaimedDelivery {
  return { ...row, destination, unclear: Boolean(row.unclear), fence: row.fence + 1 };
}

/** What was too much for one channel is told by another: an incident for each that has none in its round. */
async function openIncidents(
  db: Db,
  due: readonly Due[],
  sends: readonly Send[],
  now: Instant,
): Promise<void> {
  const stormy = sends.filter(({ storm }) => storm).flatMap((send) => deliveriesOf(send, due));
  if (stormy.length === 0) return;
  const incidents = await db
    .selectFrom('deliveries')
    .select(['entry_id', 'round'])
    .where(
      'entry_id',
      'in',
      stormy.map(({ entry_id }) => entry_id),
    )
    .where('channel', '=', 'pagerduty')
    .where('status', 'in', ['waiting', 'sending', 'sent', 'grouped'])
    .execute();
  const open = new Set(incidents.map(({ entry_id, round }) => `${entry_id}.${round}`));
  const missing = stormy.filter(({ entry_id, round }) => !open.has(`${entry_id}.${round}`));
  const triggers = missing.map(({ entry_id, tenant_id, round }) => ({
    ...{ entry_id, tenant_id, round },
    ...{ channel: 'pagerduty' as const, destination: 'pagerduty' as const },
  }));
  await queueAll(db, triggers, now);
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
