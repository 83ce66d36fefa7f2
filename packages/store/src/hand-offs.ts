/** Callers who are put through to a person: reading a hand-off, beginning one, and what becomes of it by news. */
import {
  afterNews,
  type HandOff,
  type HandOffNews,
  type Instant,
  nextOrders,
  type Order,
  type PhoneNumber,
  Problem,
  withLegs,
} from '@receptionist/core';
import { takeToJoin, tellEntry } from './hand-off-entries.ts';
import {
  type HeldHandOff,
  handOffRows,
  holdHandOff,
  insertHandOff,
  readHandOff,
  updateHandOff,
} from './hand-off-rows.ts';
import type { HandOffVerbs } from './hand-off-verbs.ts';
import { newId } from './ids.ts';
import type { Db } from './schema.ts';

export function getHandOff(db: Db, hand_off_id: string): Promise<HandOff | null> {
  return readHandOff(db, withId(db, hand_off_id));
}

export async function holdHandOffById(db: Db, hand_off_id: string): Promise<HandOff | null> {
  return (await holdHandOff(db, withId(db, hand_off_id)))?.handOff ?? null;
}

export function handOffOfCall(db: Db, provider_id: string): Promise<HandOff | null> {
  return readHandOff(db, ofCall(db, provider_id));
}

export function handOffOfLeg(db: Db, leg_id: string): Promise<HandOff | null> {
  return readHandOff(
    db,
    handOffRows(db).where('hand_off_id', '=', (eb) =>
      eb.selectFrom('hand_off_legs').select('hand_off_legs.hand_off_id').where('leg_id', '=', leg_id),
    ),
  );
}

function withId(db: Db, hand_off_id: string) {
  return handOffRows(db).where('hand_off_id', '=', hand_off_id);
}

function ofCall(db: Db, provider_id: string) {
  return handOffRows(db).where('call_id', '=', provider_id);
}

export async function beginHandOff(
  db: Db,
  { phones, ring_seconds, ...begun }: Parameters<HandOffVerbs['beginHandOff']>[0],
  at: Instant,
): Promise<HandOff> {
  const legs = phones.map((phone) => ({ leg_id: newId('lg', at), phone, person: null, ring_seconds }));
  // Somebody may have asked for this caller before.
  const held = await holdHandOff(db, ofCall(db, begun.call_id));
  if (held) {
    const { event_id } = begun;
    const waiting = { ...held.handOff, event_id, place: 'waiting', place_since: at } as const;
    const after = withLegs(waiting, legs, at);
    await updateHandOff(db, held.handOff, after, { next_action_at: at });
    return after;
  }
  const handOff = withLegs(
    {
      ...{ hand_off_id: newId('ho', at), ...begun, entry_id: null, legs: [], begun_at: at },
      ...{ place: 'waiting', place_since: at },
    },
    legs,
    at,
  );
  await insertHandOff(db, handOff, at);
  return handOff;
}

export async function tellHandOff(
  db: Db,
  hand_off_id: string,
  news: HandOffNews,
  now: Instant,
  claim?: { fence: number },
): Promise<HandOff | null> {
  const held = await holdHandOff(db, withId(db, hand_off_id));
  if (!held || (claim && claim.fence !== held.watch.fence)) return null;
  return tellHeld(db, held, news, now);
}

/** The caller of this call has hung up; that it is held is told before anybody locks the entry. */
export async function tellCallerLeft(db: Db, provider_id: string, now: Instant): Promise<void> {
  const held = await holdHandOff(db, ofCall(db, provider_id));
  if (held) await tellHeld(db, held, { news: 'caller_left' }, now);
}

async function tellHeld(db: Db, held: HeldHandOff, news: HandOffNews, now: Instant): Promise<HandOff> {
  const after = afterNews(held.handOff, news, now);
  await updateHandOff(db, held.handOff, after.handOff, {
    next_action_at: dueAfter(held, after.handOff, now),
  });
  await tellEntry(db, after, now);
  return after.handOff;
}

/** What is ordered for the first time is due at once; what was ordered before is repeated in its own time. */
function dueAfter({ handOff, watch }: HeldHandOff, after: HandOff, now: Instant): Instant | null {
  const { orders, next_action_at } = nextOrders(after, now);
  const before = new Set(nextOrders(handOff, now).orders.map(nameOf));
  if (orders.some((order) => !before.has(nameOf(order)))) return now;
  // Whoever has claimed it decides when they release it.
  if (watch.lease_until !== null) return watch.next_action_at;
  return orders.length > 0 ? earliest(watch.next_action_at, next_action_at) : next_action_at;
}

function nameOf(order: Order): string {
  return 'leg' in order ? `${order.order} ${order.leg.leg_id}` : order.order;
}

export function earliest(...instants: (Instant | null)[]): Instant | null {
  return instants.filter((instant) => instant !== null).sort()[0] ?? null;
}

export async function joinEntry(
  db: Db,
  { entry_id, ...asked }: Parameters<HandOffVerbs['joinEntry']>[0],
  at: Instant,
): Promise<HandOff> {
  const entry = await joinable(db, entry_id);
  const place = await holdCaller(db, entry.conversation_id);
  const going = await holdHandOffOf(db, entry);
  await takeToJoin(db, entry_id, asked.person, at);
  // An entry that nobody called for is held only now: somebody may have joined it meanwhile.
  const held = going ?? (await holdHandOffOf(db, entry)) ?? (await beginForEntry(db, entry, place, at));
  refuseUnreachable(held.handOff, entry_id);
  const joined = { ...held, handOff: { ...held.handOff, entry_id, event_id: null } };
  return tellHeld(db, joined, { news: 'join', leg: { leg_id: newId('lg', at), ...asked } }, at);
}

type Joinable = {
  entry_id: string;
  tenant_id: string;
  conversation_id: string | null;
  caller: PhoneNumber | null;
};

async function joinable(db: Db, entry_id: string): Promise<Joinable> {
  const entry = await db
    .selectFrom('human_fallback')
    .select(['entry_id', 'tenant_id', 'conversation_id', 'caller'])
    .where('entry_id', '=', entry_id)
    .executeTakeFirst();
  if (!entry) throw new Problem('not_found', `There is no entry ${entry_id}.`);
  return entry;
}

/** Where the caller is whom nobody has been asked for yet. */
type NewPlace = Pick<HandOff, 'call_id' | 'place' | 'place_since'>;

/** Locks the conversation, before its hand-off and its entry, as a turn does; null: it is about no conversation. */
async function holdCaller(db: Db, conversation_id: string | null): Promise<NewPlace | null> {
  if (conversation_id === null) return null;
  const { channel, provider_id, started_at, ended_at } = await db
    .selectFrom('conversations')
    .select(['channel', 'provider_id', 'started_at', 'ended_at'])
    .where('conversation_id', '=', conversation_id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const isTalking = channel === 'voice' && ended_at === null;
  return {
    call_id: channel === 'voice' ? provider_id : null,
    ...(isTalking
      ? { place: 'talking', place_since: started_at }
      : { place: 'left', place_since: ended_at ?? started_at }),
  };
}

/** Of its conversation, or its own where it is about none. */
function holdHandOffOf(db: Db, { entry_id, conversation_id }: Joinable): Promise<HeldHandOff | null> {
  return holdHandOff(
    db,
    conversation_id === null
      ? handOffRows(db).where('entry_id', '=', entry_id)
      : handOffRows(db).where('conversation_id', '=', conversation_id),
  );
}

async function beginForEntry(
  db: Db,
  { entry_id, tenant_id, conversation_id, caller }: Joinable,
  place: NewPlace | null,
  at: Instant,
): Promise<HeldHandOff> {
  const number = await firstNumber(db, tenant_id);
  const handOff: HandOff = {
    ...{ hand_off_id: newId('ho', at), tenant_id, conversation_id, event_id: null, entry_id, caller, number },
    ...(place ?? { call_id: null, place: 'left', place_since: at }),
    ...{ legs: [], begun_at: at },
  };
  await insertHandOff(db, handOff, null);
  return { handOff, watch: { next_action_at: null, lease_until: null, fence: 0 } };
}

async function firstNumber(db: Db, tenant_id: string): Promise<PhoneNumber> {
  const row = await db
    .selectFrom('tenant_numbers')
    .select('number')
    .where('tenant_id', '=', tenant_id)
    .orderBy('position')
    .executeTakeFirst();
  if (row) return row.number;
  throw new Problem(
    'conflict',
    `Tenant ${tenant_id} has no number that a phone could be rung from. Give it one, then join again.`,
  );
}

function refuseUnreachable({ place, caller }: HandOff, entry_id: string): void {
  if (place !== 'left' || caller !== null) return;
  throw new Problem(
    'conflict',
    `The caller of ${entry_id} has hung up and withheld the number: nobody can be called back. Resolve it with a note.`,
  );
}
