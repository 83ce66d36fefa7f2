/** What keeps true what people were told: messages show the present state, threads the history, incidents end. */
import type { Instant, Status, TimelineAction, TimelineEvent } from '@receptionist/core';
import {
  endWaiting,
  isAlert,
  isMessage,
  MESSAGE_CHANNELS,
  type NewDelivery,
  type OutboxRow,
  queue,
} from './outbox.ts';
import type { Db } from './schema.ts';
import { timelineAfter, type WhatHappened } from './timeline.ts';

/** An entry to which something has just happened. */
export interface Changed {
  entry_id: string;
  tenant_id: string;
  /** As it is now. */
  round: number;
  status: Status;
}

/** Queue what follows from what happened for those who were told of the entry. */
export async function keepTrue(
  db: Db,
  entry: Changed,
  happened: readonly WhatHappened[],
  outbox: readonly OutboxRow[],
  now: Instant,
): Promise<void> {
  if (happened.length === 0 || outbox.length === 0) return;
  await endWaiting(db, outdated(entry, outbox), { status: 'skipped', why: 'a later alert tells it' });
  await endWaiting(db, endedAcknowledgements(entry, outbox), { status: 'skipped', why: 'the incident ends' });
  const updates = happened.some(changesMessage) ? await updatesOf(db, entry, outbox) : [];
  const news = happened.some(isNews) ? threadOf(entry, outbox) : [];
  await queue(db, entry, [...updates, ...news, ...incidentNews(entry, happened, outbox)], now);
}

/** Alerts of an earlier round. */
function outdated({ round }: Changed, outbox: readonly OutboxRow[]): OutboxRow[] {
  return outbox.filter((row) => row.status === 'waiting' && row.round < round && isAlert(row.channel));
}

/** The message does not show who was alerted. */
export function changesMessage({ action }: WhatHappened): boolean {
  return action !== 'filed' && action !== 'alerted';
}

/** What the message itself says is no news in its thread. */
const SAID_BY_MESSAGE: readonly (string | null)[] = [...MESSAGE_CHANNELS, 'log'];

export function isNews({ action, detail }: WhatHappened): boolean {
  if (action === 'alerted') return !SAID_BY_MESSAGE.includes(detail);
  return action !== 'filed';
}

/** One for each message in which the entry was told, but for those that have one waiting. */
async function updatesOf(db: Db, entry: Changed, outbox: readonly OutboxRow[]): Promise<NewDelivery[]> {
  const references = [...new Set(outbox.filter(isMessage).map(({ reference }) => reference as string))];
  return updatesOfMessages(db, entry, references);
}

export async function updatesOfMessages(
  db: Db,
  { round }: Pick<Changed, 'round'>,
  references: readonly string[],
): Promise<NewDelivery[]> {
  if (references.length === 0) return [];
  const waiting = await db
    .selectFrom('deliveries')
    .select('reference')
    .where('reference', 'in', references)
    .where('channel', '=', 'slack_update')
    .where('status', '=', 'waiting')
    .execute();
  const queued = new Set(waiting.map(({ reference }) => reference));
  return references
    .filter((reference) => !queued.has(reference))
    .map((reference) => ({ channel: 'slack_update', destination: 'slack_updates', round, reference }));
}

/** Goes where the last message went; `threadNews` finds it. */
export function threadOf({ round }: Changed, outbox: readonly OutboxRow[]): NewDelivery[] {
  const message = outbox.find(isMessage);
  const isQueued = outbox.some(({ channel, status }) => channel === 'slack_thread' && status === 'waiting');
  if (!message || isQueued) return [];
  // Null where the daemon that posted it knew no limits: the reference names the channel too.
  const destination = message.destination ?? (`slack:${message.reference?.split('/')[0]}` as const);
  return [{ channel: 'slack_thread', destination, round }];
}

const SOMEBODY_HAS_IT: readonly TimelineAction[] = ['acknowledged', 'engaged'];

function incidentNews(
  entry: Changed,
  happened: readonly WhatHappened[],
  outbox: readonly OutboxRow[],
): NewDelivery[] {
  const isHeld = happened.some(({ action }) => SOMEBODY_HAS_IT.includes(action));
  return openIncidents(outbox).flatMap(({ round, isQuiet }) => {
    if (isOver(entry, round)) return [incident('pagerduty_resolve', entry, round)];
    return isHeld && !isQuiet ? [incident('pagerduty_acknowledge', entry, round)] : [];
  });
}

/** Rounds whose incident was triggered, or may have been, and was not told to end. `isQuiet`: it was acknowledged. */
function openIncidents(outbox: readonly OutboxRow[]): { round: number; isQuiet: boolean }[] {
  const rounds = new Set(outbox.filter(mayHaveTriggered).map(({ round }) => round));
  const told = (channel: OutboxRow['channel'], of: number) =>
    outbox.some((row) => row.channel === channel && row.round === of);
  return [...rounds]
    .filter((round) => !told('pagerduty_resolve', round))
    .map((round) => ({ round, isQuiet: told('pagerduty_acknowledge', round) }));
}

/** One that was told together with another has no incident of its own. */
function mayHaveTriggered({ channel, status, unclear }: OutboxRow): boolean {
  if (channel !== 'pagerduty' || status === 'grouped') return false;
  return status === 'sent' || status === 'sending' || Boolean(unclear);
}

function isOver(entry: Changed, round: number): boolean {
  return entry.status === 'resolved' || round < entry.round;
}

function endedAcknowledgements(entry: Changed, outbox: readonly OutboxRow[]): OutboxRow[] {
  return outbox.filter(
    ({ channel, status, round }) =>
      channel === 'pagerduty_acknowledge' && status === 'waiting' && isOver(entry, round),
  );
}

function incident(
  channel: 'pagerduty_acknowledge' | 'pagerduty_resolve',
  { entry_id }: Changed,
  round: number,
): NewDelivery {
  return { channel, destination: 'pagerduty', round, reference: `${entry_id}.${round}` };
}

export async function threadNews(
  db: Db,
  entry_id: string,
): Promise<{ reference: string; events: TimelineEvent[]; seq: number } | null> {
  const message = await db
    .selectFrom('deliveries')
    .innerJoin('human_fallback', 'human_fallback.entry_id', 'deliveries.entry_id')
    .select(['reference', 'thread_seq'])
    .where('deliveries.entry_id', '=', entry_id)
    .where('deliveries.channel', 'in', MESSAGE_CHANNELS)
    .where('deliveries.status', 'in', ['sent', 'grouped'])
    .where('reference', 'is not', null)
    .$narrowType<{ reference: string }>()
    .orderBy('deliveries.delivery_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!message) return null;
  const happened = await timelineAfter(db, entry_id, message.thread_seq);
  const events = happened.filter(isNews).map(({ seq: _, ...event }) => event);
  return { reference: message.reference, events, seq: happened.at(-1)?.seq ?? message.thread_seq ?? 0 };
}
