/** What became of what was to be told, and what follows from that. */
import { ALERT_CHANNELS, callOrder, type Instant, type Notification, type Status } from '@receptionist/core';
import { NEXT_STEP_TELLS, sameAlerts } from './alerts.ts';
import { getOnCall } from './oncall.ts';
import { isAlert, MESSAGE_CHANNELS, outboxOf, queue, queueAll } from './outbox.ts';
import { changesMessage, isNews, keepTrue, threadOf, updatesOfMessages } from './quiet.ts';
import type { Db } from './schema.ts';
import type { ClaimedDelivery, DeliveryResult, DeliveryState } from './store.ts';
import { OURSELVES, timelineAfter, writeTimeline } from './timeline.ts';

/** The entry of a delivery, as far as it matters here. */
interface ToldOf {
  entry_id: string;
  tenant_id: string;
  status: Status;
  round: number;
  thread_seq: number | null;
}

export async function recordDelivery(
  db: Db,
  delivery: ClaimedDelivery,
  result: DeliveryResult,
  now: Instant,
): Promise<boolean> {
  // Before its delivery, as all who change an entry do.
  const entry = delivery.entry_id === null ? null : await lockToldOf(db, delivery.entry_id);
  if (!(await writeOutcome(db, delivery, result, now))) return false;
  if (!entry || (result.status !== 'sent' && result.status !== 'grouped')) return true;
  if (delivery.channel === 'slack_thread') await setThreadSeq(db, entry, result.seen);
  if (isAlert(delivery.channel)) await recordAlert(db, entry, delivery, result, now);
  return true;
}

function lockToldOf(db: Db, entry_id: string): Promise<ToldOf> {
  return db
    .selectFrom('human_fallback')
    .select(['entry_id', 'tenant_id', 'status', 'round', 'thread_seq'])
    .where('entry_id', '=', entry_id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** False: the lease was lost. */
async function writeOutcome(
  db: Db,
  delivery: ClaimedDelivery,
  result: DeliveryResult,
  now: Instant,
): Promise<boolean> {
  if (isBookkeeping(delivery) && result.status !== 'waiting') return forget(db, delivery);
  const outcome = (await isReplaced(db, delivery, result))
    ? { status: 'failed' as const, why: NEXT_STEP_TELLS }
    : outcomeColumns(delivery, result, now);
  const { numUpdatedRows } = await db
    .updateTable('deliveries')
    .set({ next_attempt_at: null, lease_until: null, ...outcome })
    .where('delivery_id', '=', delivery.delivery_id)
    .where('status', '=', 'sending')
    .where('fence', '=', delivery.fence)
    .executeTakeFirst();
  return Boolean(numUpdatedRows);
}

/** Of no interest once it is done: there is one for each change of each message. */
function isBookkeeping({ channel }: ClaimedDelivery): boolean {
  return channel === 'slack_update' || channel === 'slack_thread';
}

async function forget(db: Db, { delivery_id, fence }: ClaimedDelivery): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('deliveries')
    .where('delivery_id', '=', delivery_id)
    .where('status', '=', 'sending')
    .where('fence', '=', fence)
    .executeTakeFirst();
  return Boolean(numDeletedRows);
}

/** Whether the alert must be sent again, and a later step has queued one that says the same. */
async function isReplaced(
  db: Db,
  { delivery_id, entry_id, channel, person }: ClaimedDelivery,
  result: DeliveryResult,
): Promise<boolean> {
  if (result.status !== 'waiting' || entry_id === null || !isAlert(channel)) return false;
  const later = await db
    .selectFrom('deliveries')
    .select('delivery_id')
    .where('entry_id', '=', entry_id)
    .where('delivery_id', '>', delivery_id)
    .where('channel', 'in', sameAlerts(channel))
    .where('person', 'is not distinct from', person)
    .where('status', 'in', ['waiting', 'sending', 'sent', 'grouped'])
    .limit(1)
    .executeTakeFirst();
  return later !== undefined;
}

function outcomeColumns({ attempts, unclear }: ClaimedDelivery, result: DeliveryResult, now: Instant) {
  switch (result.status) {
    case 'sent':
    case 'grouped':
      return { status: result.status, reference: result.reference, sent_at: now, why: null };
    case 'skipped':
      // Nothing was tried.
      return { ...result, attempts };
    case 'failed':
      return result;
    case 'waiting':
      return { ...result, unclear: unclear || result.unclear };
  }
}

async function recordAlert(
  db: Db,
  entry: ToldOf,
  { channel, person }: ClaimedDelivery,
  { reference, seen }: { reference: string | null; seen: number | null },
  now: Instant,
): Promise<void> {
  const alerted = { action: 'alerted', detail: person === null ? channel : `${channel}: ${person}` } as const;
  await writeTimeline(db, entry, OURSELVES, now, [alerted]);
  const isMessage = MESSAGE_CHANNELS.some((message) => message === channel);
  if (!isMessage) return keepTrue(db, entry, [alerted], await outboxOf(db, entry.entry_id), now);
  if (reference !== null && seen !== null) await catchUp(db, entry, reference, seen, now);
}

/** What happened while the message was on its way is told after it. */
async function catchUp(db: Db, entry: ToldOf, reference: string, seen: number, now: Instant): Promise<void> {
  const threadFrom = entry.thread_seq ?? seen;
  if (entry.thread_seq === null) await setThreadSeq(db, entry, seen);
  const since = await timelineAfter(db, entry.entry_id, Math.min(seen, threadFrom));
  const isStale = since.some((event) => event.seq > seen && changesMessage(event));
  const hasNews = since.some((event) => event.seq > threadFrom && isNews(event));
  const updates = isStale ? await updatesOfMessages(db, entry, [reference]) : [];
  const news = hasNews ? threadOf(entry, await outboxOf(db, entry.entry_id)) : [];
  await queue(db, entry, [...updates, ...news], now);
}

async function setThreadSeq(db: Db, { entry_id, thread_seq }: ToldOf, seen: number | null): Promise<void> {
  if (seen === null || seen <= (thread_seq ?? 0)) return;
  await db.updateTable('human_fallback').set({ thread_seq: seen }).where('entry_id', '=', entry_id).execute();
}

const STATE_COLUMNS = [
  'delivery_id', 'entry_id', 'tenant_id', 'channel', 'round', 'person', 'status', 'reference',
] as const; // biome-ignore format: a list of words

export async function getDelivery(db: Db, delivery_id: string): Promise<DeliveryState | null> {
  return (await deliveryRow(db, delivery_id).executeTakeFirst()) ?? null;
}

export async function holdDelivery(db: Db, delivery_id: string): Promise<DeliveryState | null> {
  const found = await getDelivery(db, delivery_id);
  if (!found) return null;
  if (found.entry_id !== null) await lockToldOf(db, found.entry_id);
  return (await deliveryRow(db, delivery_id).forUpdate().executeTakeFirst()) ?? null;
}

function deliveryRow(db: Db, delivery_id: string) {
  return db.selectFrom('deliveries').select(STATE_COLUMNS).where('delivery_id', '=', delivery_id);
}

export async function passOn(
  db: Db,
  delivery_id: string,
  why: string,
  now: Instant,
): Promise<{ person: string | null }> {
  const calls = await toldByCall(db, delivery_id);
  let person: string | null = null;
  for (const call of calls) {
    const next = await passOnOne(db, call, why, now);
    if (call.delivery_id === delivery_id) person = next;
  }
  return { person };
}

type Call = DeliveryState & { entry_id: string; tenant_id: string };

/** The delivery, and those that were told in the same call; in the order in which their entries are locked. */
function toldByCall(db: Db, delivery_id: string): Promise<Call[]> {
  const sameCall = db
    .selectFrom('deliveries as called')
    .select('called.reference')
    .where('called.delivery_id', '=', delivery_id);
  return db
    .selectFrom('deliveries')
    .select(STATE_COLUMNS)
    .where('channel', '=', 'call')
    .where('entry_id', 'is not', null)
    .where((eb) => eb.or([eb('delivery_id', '=', delivery_id), eb('reference', '=', sameCall)]))
    .$narrowType<Call>()
    .orderBy('entry_id')
    .execute();
}

/** Who is rung next for it. */
async function passOnOne(db: Db, call: Call, why: string, now: Instant): Promise<string | null> {
  const entry = await lockToldOf(db, call.entry_id);
  const isFirst = await markPassedOn(db, call);
  if (!isFirst || entry.status !== 'open' || entry.round !== call.round) return null;
  const notTaken = { action: 'alerted', detail: `call: ${call.person}, ${why}` } as const;
  await writeTimeline(db, entry, OURSELVES, now, [notTaken]);
  await keepTrue(db, entry, [notTaken], await outboxOf(db, entry.entry_id), now);
  const order = callOrder(await getOnCall(db), entry.tenant_id, now).filter(({ phone }) => phone !== null);
  const next = order[order.findIndex(({ user }) => user === call.person) + 1];
  if (!next) return null;
  const { user: person, phone } = next;
  await queue(
    db,
    entry,
    [{ channel: 'call', destination: `call:${phone}`, person, round: entry.round }],
    now,
  );
  return person;
}

async function markPassedOn(db: Db, { delivery_id }: Call): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('deliveries')
    .set({ passed_on: true })
    .where('delivery_id', '=', delivery_id)
    .where('passed_on', '=', false)
    .executeTakeFirst();
  return Boolean(numUpdatedRows);
}

/** Alerts alone. */
/** A mention is a way to speak in Slack; the channel is the same. */
export async function notificationsOf(db: Db, entry_id: string): Promise<Notification[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select(['channel', 'status', 'attempts', 'sent_at', 'reference'])
    .where('entry_id', '=', entry_id)
    .where('channel', 'in', ALERT_CHANNELS)
    .orderBy('round')
    .orderBy('delivery_id')
    .execute();
  return rows.map((row) => ({ ...row, channel: row.channel === 'slack_mention' ? 'slack' : row.channel }));
}

/** The one that leads the message first, then critical and oldest first: as `claimSends` puts them together. */
export async function entriesOfMessage(db: Db, reference: string): Promise<string[]> {
  const rows = await db
    .selectFrom('deliveries')
    .innerJoin('human_fallback', 'human_fallback.entry_id', 'deliveries.entry_id')
    .select(['human_fallback.entry_id', 'deliveries.delivery_id', 'deliveries.status', 'severity'])
    .where('reference', '=', reference)
    .where('deliveries.channel', 'in', MESSAGE_CHANNELS)
    .where('deliveries.status', 'in', ['sent', 'grouped'])
    .orderBy((eb) => eb.case().when('deliveries.status', '=', 'sent').then(0).else(1).end())
    .orderBy((eb) => eb.case().when('severity', '=', 'critical').then(0).else(1).end())
    .orderBy('deliveries.delivery_id')
    .execute();
  return [...new Set(rows.map(({ entry_id }) => entry_id))];
}

export async function queueNotice(
  db: Db,
  {
    key,
    text,
    destination,
    every_ms,
  }: { key: string; text: string; destination: ClaimedDelivery['destination']; every_ms: number },
  now: Instant,
): Promise<boolean> {
  const sayAgainFrom = new Date(Date.parse(now) - every_ms).toISOString();
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('notices')
    .values({ key, said_at: now })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({ said_at: now }).where('notices.said_at', '<=', sayAgainFrom),
    )
    .executeTakeFirst();
  if (!numInsertedOrUpdatedRows) return false;
  await queueAll(
    db,
    [{ entry_id: null, tenant_id: null, channel: 'slack_notice', destination, round: 1, text }],
    now,
  );
  return true;
}
