/** Alerts: the deliveries that a step makes. What they make of earlier ones that still wait is decided here too. */
import {
  type AlertChannel,
  callOrder,
  type EscalationChannel,
  type Instant,
  onCallFor,
  type Person,
  type PlannedDelivery,
  planAlerts,
  type Ways,
} from '@receptionist/core';
import { getOnCall } from './oncall.ts';
import { endWaiting, isAlert, MESSAGE_CHANNELS, type OutboxRow, queue } from './outbox.ts';
import type { Db, DeliveriesTable } from './schema.ts';
import type { AdvancedEntry } from './store.ts';
import type { EscalationTerms } from './tenants.ts';

export const NEXT_STEP_TELLS = 'given up: the next step tells it';

export interface Alerting {
  entry: { entry_id: string; tenant_id: string; round: number };
  tell: readonly EscalationChannel[];
  tenant: EscalationTerms;
  ways: Ways;
  /** What the entry was told through before. */
  outbox: readonly OutboxRow[];
  now: Instant;
}

/** Queue what tells people now, in place of what says the same and still waits. */
export async function queueAlerts(
  db: Db,
  { entry, tell, tenant, ways, outbox, now }: Alerting,
): Promise<Pick<AdvancedEntry, 'told' | 'skipped'>> {
  const planned = planAlerts(tell, { ways, tenant, ...(await peopleToReach(db, entry, tell, now)) });
  const present = outbox.filter(({ round }) => round === entry.round);
  await giveWay(db, present, planned);
  const fresh = planned.filter((plan) => !isSaid(plan, present));
  await queue(
    db,
    entry,
    fresh.map((plan) => ({ ...plan, round: entry.round })),
    now,
  );
  return {
    told: [...new Set(planned.flatMap(({ channel, skipped }) => (skipped === null ? [channel] : [])))],
    skipped: planned.flatMap(({ channel, skipped }) => (skipped === null ? [] : [{ channel, why: skipped }])),
  };
}

/** Only asked where a step turns to somebody's phone. */
async function peopleToReach(
  db: Db,
  { tenant_id }: { tenant_id: string },
  tell: readonly EscalationChannel[],
  now: Instant,
): Promise<{ onCall: Person[]; callOrder: Person[] }> {
  if (!tell.includes('text') && !tell.includes('call')) return { onCall: [], callOrder: [] };
  const onCall = await getOnCall(db);
  return { onCall: onCallFor(onCall, tenant_id, now), callOrder: callOrder(onCall, tenant_id, now) };
}

/** What waits would say less than what is planned. What was tried counts as given up. */
async function giveWay(db: Db, present: readonly OutboxRow[], planned: readonly PlannedDelivery[]) {
  const sent = planned.filter(({ skipped }) => skipped === null);
  const replaced = present.filter(
    (row) => row.status === 'waiting' && sent.some((plan) => saysTheSame(plan, row)),
  );
  const tried = replaced.filter(({ attempts }) => attempts > 0);
  const untried = replaced.filter(({ attempts }) => attempts === 0);
  await endWaiting(db, tried, { status: 'failed', why: NEXT_STEP_TELLS });
  await endWaiting(db, untried, { status: 'skipped', why: 'a later alert tells it' });
}

type Addressed = Pick<DeliveriesTable, 'channel' | 'person'>;

function saysTheSame(a: Addressed, b: Addressed): boolean {
  return (
    a.person === b.person && isAlert(a.channel) && sameAlerts(a.channel).includes(b.channel as AlertChannel)
  );
}

/** A message, a mention and a line in the log say the same. */
export function sameAlerts(channel: AlertChannel): AlertChannel[] {
  const messages: AlertChannel[] = [...MESSAGE_CHANNELS, 'log'];
  return messages.includes(channel) ? messages : [channel];
}

/** That a way reaches nobody is written down once in a round, however often the last step repeats. */
function isSaid({ channel, skipped }: PlannedDelivery, present: readonly OutboxRow[]): boolean {
  return (
    skipped !== null &&
    present.some((row) => row.channel === channel && row.status === 'skipped' && row.destination === null)
  );
}
