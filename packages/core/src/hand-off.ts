/**
 * A caller is put through to a person (docs/hand-off.md). The caller waits in a room (a conference); phones are rung one after
 * the other, each a *leg*; whoever presses 1 joins the room. Pure: what happened goes in, and out come the hand-off as it is
 * then, what the entry's timeline tells of it, and what must be ordered from the telephone company.
 */
import type { Instant, PhoneNumber } from './tenant.ts';

/** Where the caller is: with the receptionist, in the room alone, in the room with a person, or gone. */
export const CALLER_PLACES = ['talking', 'waiting', 'bridged', 'left'] as const;
export type CallerPlace = (typeof CALLER_PLACES)[number];

/** How an attempt to reach a person ended. `taken`: somebody else took the call meanwhile. */
export const LEG_OUTCOMES = [
  'accepted', 'declined', 'voicemail', 'busy', 'no_answer', 'failed', 'caller_left', 'taken',
] as const; // biome-ignore format: a list of words
export type LegOutcome = (typeof LEG_OUTCOMES)[number];

/**
 * `placing`: it was ordered, and is not known to ring. `asked`: somebody or something picked up, and is asked to press 1.
 * `accepted`: they are on their way into the room, or in it. `calling_back`: the caller has left, and they ring them.
 */
export const LEG_STATES = [
  'due', 'placing', 'ringing', 'asked', 'accepted', 'calling_back', 'ended',
] as const; // biome-ignore format: a list of words
export type LegState = (typeof LEG_STATES)[number];

/** One phone that is rung. */
export interface Leg {
  leg_id: string;
  phone: PhoneNumber;
  /** The admin user who asked to be put through; null: one of the tenant's phones. */
  person: string | null;
  /** How long it rings. */
  ring_seconds: number;
  state: LegState;
  /** Null until it is decided. The line may still be up then: until the leg has ended, it is to be hung up. */
  outcome: LegOutcome | null;
  /** What the telephone company calls it; null until it is known. */
  provider_id: string | null;
  /** Of the state. */
  since: Instant;
}

export interface HandOff {
  hand_off_id: string;
  tenant_id: string;
  /** Null: filed by hand, nobody called. */
  conversation_id: string | null;
  /** Of its cause; null where somebody asked to join. */
  event_id: string | null;
  /** Null until the event is filed. */
  entry_id: string | null;
  /** The caller's own call; null where there is none. */
  call_id: string | null;
  /** Null where it was withheld. */
  caller: PhoneNumber | null;
  /** The tenant's number: shown to whoever is rung. */
  number: PhoneNumber;
  place: CallerPlace;
  place_since: Instant;
  /** In the order in which they are rung; those who asked to join are rung at once. */
  legs: Leg[];
  begun_at: Instant;
}

/** What became known. */
export type HandOffNews =
  /** The telephone company took the order, or did not. */
  | { news: 'placed'; leg_id: string; provider_id: string }
  | { news: 'not_placed'; leg_id: string; why: string }
  /** Something picked up; or somebody whom the caller did not wait for was told so, and is asked whether to call back. */
  | { news: 'answered'; leg_id: string; provider_id: string }
  | { news: 'accepted'; leg_id: string }
  | { news: 'declined'; leg_id: string }
  /** It was asked often enough, and no key came. */
  | { news: 'nobody_pressed'; leg_id: string }
  /** The leg's line is down. A hang-up before a key is a refusal. */
  | { news: 'leg_ended'; leg_id: string; how: 'busy' | 'no_answer' | 'failed' | 'hung_up' }
  /** The caller is in the room, or is back with the receptionist, or has hung up. */
  | { news: 'caller_waits' }
  | { news: 'caller_returned' }
  | { news: 'caller_left' }
  /** Both are in the room. */
  | { news: 'bridged'; leg_id: string }
  /** The caller was called back by whoever waited on this leg. */
  | { news: 'called_back'; leg_id: string; outcome: 'answered' | 'busy' | 'no_answer' | 'failed' }
  /** Somebody asks to be put through. */
  | { news: 'join'; leg: NewLeg }
  /** Nothing was heard of the leg for too long: `overdueLegs` names it. */
  | { news: 'overdue'; leg_id: string };

export type NewLeg = Pick<Leg, 'leg_id' | 'phone' | 'person' | 'ring_seconds'>;

/**
 * What the telephone company must be told. A leg is rung at most once; the others are repeated until news of them came, and
 * must bear being given twice.
 */
export type Order =
  | { order: 'ring'; leg: Leg }
  | { order: 'hang_up'; leg: Leg }
  /** From the receptionist into the room, where a person waits. */
  | { order: 'bring_caller' }
  /** From the room back to the receptionist: nobody took the call. */
  | { order: 'return_caller' }
  /** A person waits in a room that the caller will not come to. */
  | { order: 'tell_caller_left'; leg: Leg }
  /** Both must be in the room by now, and nothing was heard of it: they talk if the caller's line is still up. */
  | { order: 'look_for_caller'; leg: Leg };
