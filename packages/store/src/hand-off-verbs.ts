/** Callers who are put through to a person, and what they recorded: the questions and changes of the store. */
import type { HandOff, HandOffNews, Instant, Order, PhoneNumber, Ways } from '@receptionist/core';

/** A hand-off that something must be ordered for now. `fence` must come back with news of an order. */
export type ClaimedHandOff = HandOff & { fence: number; orders: Order[] };

/** What a caller left on tape. It stays with the telephone company; `url` needs its password. */
export interface Recording {
  /** The provider's id. */
  recording_id: string;
  url: string;
  /** Null until it is known. */
  duration_s: number | null;
  status: 'in_progress' | 'completed' | 'failed';
  at: Instant;
}

export interface HandOffReadVerbs {
  /** Inside a transaction held. */
  getHandOff(hand_off_id: string): Promise<HandOff | null>;
  /** A call has one at most, over or not. */
  handOffOfCall(provider_id: string): Promise<HandOff | null>;
  handOffOfLeg(leg_id: string): Promise<HandOff | null>;
}

export interface HandOffVerbs {
  /** In the transaction of the turn that escalates. The phones are rung in this order. Goes on in the one that the call has already. */
  beginHandOff(
    begun: {
      tenant_id: string;
      conversation_id: string;
      event_id: string;
      call_id: string;
      caller: PhoneNumber | null;
      number: PhoneNumber;
      phones: PhoneNumber[];
      ring_seconds: number;
    },
    at: Instant,
  ): Promise<HandOff>;
  /**
   * Somebody asks to be put through to the caller of an entry: joins the hand-off that goes on, or begins one. Acknowledges the entry
   * in their name where it is open. @throws Problem `not_found`, `already_acknowledged`, `invalid_transition`, `conflict` (nobody can
   * be reached: the caller withheld the number and has gone, or the tenant has no number to call from)
   */
  joinEntry(
    joining: { entry_id: string; phone: PhoneNumber; person: string; ring_seconds: number },
    at: Instant,
  ): Promise<HandOff>;
  /** Those whose next action has come, filed first where their event is not filed yet; a lease keeps them for this worker. */
  claimHandOffs(claim: {
    now: Instant;
    limit: number;
    lease_ms: number;
    ways: Ways;
  }): Promise<ClaimedHandOff[]>;
  /**
   * Apply what core decides on news: the hand-off, the entry's timeline, and the entry's state where somebody took the call.
   * `fence`: of the claim whose order this is news of; lost to another, or no such hand-off: nothing is written, and null is answered.
   */
  tellHandOff(
    hand_off_id: string,
    news: HandOffNews,
    now: Instant,
    claim?: { fence: number },
  ): Promise<HandOff | null>;
  /** The claim is done with: looked at again at the next action that core names, or `retry_at` if that is earlier. */
  releaseHandOff(claimed: ClaimedHandOff, now: Instant, retry_at?: Instant): Promise<void>;

  /** A caller spoke a message on tape. Told twice is told once. */
  recordRecording(recording: Recording & { tenant_id: string; conversation_id: string }): Promise<void>;
}
