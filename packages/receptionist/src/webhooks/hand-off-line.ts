/** Calls that are put through to a person. Whoever implements it speaks the provider's protocol. */
import type { PhoneNumber, Voice } from '@receptionist/core';
import type { Fields, SignedRequest } from './telephony.ts';
import type { LegCall } from './twilio-addresses.ts';

export type { LegCall } from './twilio-addresses.ts';

/** What whoever picked up did when asked. */
export type LegAnswer = 'nothing' | 'take' | 'decline' | 'unknown';

export interface LegTurn extends LegCall {
  /** The provider's account that the call belongs to, or null. */
  account_id: string | null;
  provider_id: string;
  answer: LegAnswer;
}

export interface EndedLeg {
  leg_id: string;
  account_id: string | null;
  how: 'busy' | 'no_answer' | 'failed' | 'hung_up';
}

/** The caller, rung from a leg. */
export interface CallBack {
  leg_id: string;
  account_id: string | null;
  outcome: 'answered' | 'busy' | 'no_answer' | 'failed';
}

export interface RoomNews {
  /** Whose room it is. */
  call_id: string;
  account_id: string | null;
  /** The caller is in it, or on the way; two are in it, and talk; the caller's line is down. */
  what: 'caller_comes' | 'begins' | 'caller_hung_up';
}

export interface LegReply {
  say: string[];
  voice: Voice;
  /** Null: the call ends. */
  next:
    | { action: 'ask'; call: LegCall }
    | { action: 'join'; leg_id: string; room: string }
    | { action: 'call_back'; leg_id: string; caller: PhoneNumber; number: PhoneNumber }
    | null;
}

export interface HandOffLine {
  /** Null where it is no leg. */
  readLeg(request: SignedRequest, fields: Fields): LegTurn | null;
  /** Null where it is no leg, or it goes on. */
  readEnd(request: SignedRequest, fields: Fields): EndedLeg | null;
  /** Null where it is none, or nothing is known of it yet. */
  readCallBack(request: SignedRequest, fields: Fields): CallBack | null;
  /** A caller is taken into a room. Null where it is no call. */
  readBring(fields: Fields): RoomNews | null;
  /** Null where it is no room of ours, or nothing of that: a caller who only leaves is elsewhere in their call. */
  readRoom(fields: Fields): RoomNews | null;

  render(reply: LegReply): string;
  /** What a caller hears while phones ring, and what whoever took the call hears until the caller is there. Needs nothing but the request. */
  renderWait(request: SignedRequest, whose: 'caller' | 'leg'): string;
  /** Takes a caller from the receptionist into the room. Needs nothing but the request. */
  renderBring(request: SignedRequest): string;

  /** What the provider asks once somebody picks up, and when whoever waits must hear that the caller has gone. */
  answerUrl(leg_id: string): string;
  /** Where the provider tells that the leg has ended. */
  statusUrl(leg_id: string): string;
  /** What the caller's call is turned to. */
  bringUrl(caller: { turn: number; room: string; voice: Voice }): string;
  returnUrl(turn: number): string;
}
