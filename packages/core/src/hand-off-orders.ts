/** What must be ordered for a hand-off now, and when somebody must look at it again. */
import type { HandOff, Leg, Order } from './hand-off.ts';
import { isInFlight, isTaken, isToBeHungUp } from './hand-off-legs.ts';
import type { Instant } from './tenant.ts';

const SECOND_MS = 1_000;
/** The request to ring has 5 s; what is not known by then is known from the leg itself, or not at all. */
const PLACING_MS = 15 * SECOND_MS;
/** Beyond the seconds that a phone rings, for the telephone company to tell us. */
const RINGING_GRACE_MS = 15 * SECOND_MS;
/** It is asked three times within this. */
const ASKED_MS = 60 * SECOND_MS;
/** From pressing 1 to being in the room takes a sentence. */
const CONNECTING_MS = 30 * SECOND_MS;
/** Twilio ends a call by itself after this. */
const LONGEST_CALL_MS = 4 * 60 * 60 * SECOND_MS;
/** When a conversation in the room ends, both sides tell of it, at nearly the same time. */
const SETTLED_AFTER_MS = 3 * SECOND_MS;
const REPEAT_AFTER_MS = 5 * SECOND_MS;

export interface NextOrders {
  orders: Order[];
  /** When this must be asked again, even if nothing is heard; null: nothing is left to do. */
  next_action_at: Instant | null;
}

/** For a hand-off of which `overdueLegs` names none. */
export function nextOrders(handOff: HandOff, now: Instant): NextOrders {
  const move = moveOfCaller(handOff);
  const settled = settlesAt(handOff);
  const connecting = onTheirWay(handOff);
  const repeated: Order[] = [
    ...handOff.legs.filter(isToBeHungUp).map((leg) => ({ order: 'hang_up' as const, leg })),
    ...(move && settled <= now ? [{ order: move }] : []),
    ...waitingInVain(handOff).map((leg) => ({ order: 'tell_caller_left' as const, leg })),
    ...connecting
      .filter(({ until }) => until <= now)
      .map(({ leg }) => ({ order: 'look_for_caller' as const, leg })),
  ];
  const ring = legsToRing(handOff).map((leg) => ({ order: 'ring' as const, leg }));
  return {
    orders: [...repeated, ...ring],
    next_action_at: earliest([
      ...(repeated.length > 0 ? [later(now, REPEAT_AFTER_MS)] : []),
      ...(ring.length > 0 ? [later(now, PLACING_MS)] : []),
      ...(move && settled > now ? [settled] : []),
      ...connecting.filter(({ until }) => until > now).map(({ until }) => until),
      ...handOff.legs.map(deadlineOf),
    ]),
  };
}

/** Nothing was heard of them for too long. */
export function overdueLegs(handOff: HandOff, now: Instant): Leg[] {
  return handOff.legs.filter((leg) => {
    const deadline = deadlineOf(leg);
    return deadline !== null && deadline <= now;
  });
}

function deadlineOf({ state, outcome, since, ring_seconds }: Leg): Instant | null {
  switch (state) {
    case 'placing':
      return later(since, PLACING_MS);
    case 'ringing':
      return outcome === null ? later(since, ring_seconds * SECOND_MS + RINGING_GRACE_MS) : null;
    case 'asked':
      return outcome === null ? later(since, ASKED_MS) : null;
    case 'calling_back':
      return later(since, LONGEST_CALL_MS);
    case 'accepted':
    case 'due':
    case 'ended':
      return null;
  }
}

/** Whoever asked to be put through is rung at once, the tenant's phones one after the other while the caller waits. */
function legsToRing(handOff: HandOff): Leg[] {
  if (handOff.place === 'bridged' || isTaken(handOff)) return [];
  const [phones, people] = [ofTenant(handOff), handOff.legs.filter(({ person }) => person !== null)];
  const next =
    handOff.place === 'waiting' && !phones.some(isInFlight) ? phones.filter(isDue).slice(0, 1) : [];
  return [...people.filter(isDue), ...next];
}

function ofTenant({ legs }: HandOff): Leg[] {
  return legs.filter(({ person }) => person === null);
}

function isDue({ state }: Leg): boolean {
  return state === 'due';
}

function moveOfCaller(handOff: HandOff): 'bring_caller' | 'return_caller' | null {
  const taken = isTaken(handOff);
  if (handOff.place === 'talking' && taken) return 'bring_caller';
  const hopeless = !taken && handOff.legs.every(({ outcome }) => outcome !== null);
  return handOff.place === 'waiting' && hopeless ? 'return_caller' : null;
}

/** Whoever is moved while the other's news is on its way would be moved twice, or into a room that nobody is in any more. */
function settlesAt({ place_since, legs }: HandOff): Instant {
  const mayHaveSpoken = legs.some(
    ({ outcome, state, since }) =>
      outcome === 'accepted' && (state === 'ended' ? since === place_since : since < place_since),
  );
  return mayHaveSpoken ? later(place_since, SETTLED_AFTER_MS) : place_since;
}

/** Whoever pressed 1 for a caller who waits, and until when they may be alone in the room. */
function onTheirWay({ place, place_since, legs }: HandOff): { leg: Leg; until: Instant }[] {
  if (place !== 'waiting') return [];
  return legs
    .filter(({ state }) => state === 'accepted')
    .map((leg) => ({ leg, until: later(leg.since > place_since ? leg.since : place_since, CONNECTING_MS) }));
}

function waitingInVain({ place, legs }: HandOff): Leg[] {
  return place === 'left' ? legs.filter(({ state }) => state === 'accepted') : [];
}

function earliest(instants: readonly (Instant | null)[]): Instant | null {
  return instants.filter((instant) => instant !== null).sort()[0] ?? null;
}

function later(from: Instant, ms: number): Instant {
  return new Date(Date.parse(from) + ms).toISOString();
}
