/** Hand-offs for which something must be ordered now: who orders it, and until when nobody else does. */
import {
  afterNews,
  type EscalateEvent,
  type HandOff,
  type Instant,
  nextOrders,
  overdueLegs,
  type Ways,
} from '@receptionist/core';
import { findEvents } from './events.ts';
import { fileEntry } from './filing.ts';
import { tellEntry } from './hand-off-entries.ts';
import { type HeldHandOff, handOffRows, holdHandOff, toHeld, updateHandOff } from './hand-off-rows.ts';
import type { ClaimedHandOff, HandOffVerbs } from './hand-off-verbs.ts';
import { earliest } from './hand-offs.ts';
import type { Db } from './schema.ts';

export async function claimHandOffs(
  db: Db,
  { now, limit, lease_ms, ways }: Parameters<HandOffVerbs['claimHandOffs']>[0],
): Promise<ClaimedHandOff[]> {
  const entries = await fileCauses(db, await causesOf(db, now, limit), ways, now);
  const rows = await dueRows(db, now, limit).forNoKeyUpdate().skipLocked().execute();
  const lease_until = new Date(Date.parse(now) + lease_ms).toISOString();
  const claimed: ClaimedHandOff[] = [];
  for (const row of rows) {
    const entry_id = entries.get(row.event_id ?? '') ?? row.entry_id;
    // It came to be due just now, and is filed by the next claim.
    if (entry_id === null) continue;
    const taken = await takeUp(db, await toHeld(db, { ...row, entry_id }), { now, lease_until });
    if (taken) claimed.push(taken);
  }
  return claimed;
}

/** The longest due first; one that is claimed waits for its release, or for the end of its lease. */
function dueRows(db: Db, now: Instant, limit: number) {
  return handOffRows(db)
    .where((eb) =>
      eb.or([
        eb.and([eb('next_action_at', '<=', now), eb('lease_until', 'is', null)]),
        eb('lease_until', '<=', now),
      ]),
    )
    .orderBy((eb) => eb.fn.coalesce('next_action_at', 'lease_until'))
    .orderBy('hand_off_id')
    .limit(limit);
}

/** The events that those which are due began with. */
async function causesOf(db: Db, now: Instant, limit: number): Promise<EscalateEvent[]> {
  const due = await dueRows(db, now, limit).execute();
  return findEvents(
    db,
    due.flatMap(({ event_id }) => event_id ?? []),
  );
}

/** No phone rings for what nobody could see in the list. Before the hand-offs are locked, as a turn locks them. */
async function fileCauses(
  db: Db,
  events: readonly EscalateEvent[],
  ways: Ways,
  now: Instant,
): Promise<Map<string, string>> {
  const entries = new Map<string, string>();
  for (const event of events) {
    entries.set(event.event_id, (await fileEntry(db, event, ways, now)).entry_id);
  }
  return entries;
}

/** What time itself tells, and then the orders; null: there is none, and it is only looked at again. */
async function takeUp(
  db: Db,
  { handOff: before, watch }: HeldHandOff,
  { now, lease_until }: { now: Instant; lease_until: Instant },
): Promise<ClaimedHandOff | null> {
  const present = await tellOverdue(db, before, now);
  const { orders, next_action_at } = nextOrders(present, now);
  const fence = watch.fence + 1;
  if (orders.length === 0) {
    await updateHandOff(db, before, present, { next_action_at, lease_until: null, fence });
    return null;
  }
  const rung = new Set(orders.flatMap((order) => (order.order === 'ring' ? [order.leg] : [])));
  const legs = present.legs.map((leg) =>
    rung.has(leg) ? { ...leg, state: 'placing' as const, since: now } : leg,
  );
  const placing = { ...present, legs };
  await updateHandOff(db, before, placing, { next_action_at: null, lease_until, fence });
  return { ...placing, fence, orders };
}

async function tellOverdue(db: Db, handOff: HandOff, now: Instant): Promise<HandOff> {
  let present = handOff;
  for (const { leg_id } of overdueLegs(handOff, now)) {
    const after = afterNews(present, { news: 'overdue', leg_id }, now);
    await tellEntry(db, after, now);
    present = after.handOff;
  }
  return present;
}

export async function releaseHandOff(
  db: Db,
  { hand_off_id, fence }: ClaimedHandOff,
  now: Instant,
  retry_at: Instant | null = null,
): Promise<void> {
  const held = await holdHandOff(db, handOffRows(db).where('hand_off_id', '=', hand_off_id));
  if (held?.watch.fence !== fence) return;
  const planned = nextOrders(held.handOff, now).next_action_at;
  await updateHandOff(db, held.handOff, held.handOff, {
    lease_until: null,
    next_action_at: earliest(held.watch.next_action_at, retry_at, planned),
  });
}
