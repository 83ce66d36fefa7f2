/** What people are told through Slack, PagerDuty, the phone: the questions and changes of the store. */
import type { DeliveryChannel, Destination, Instant, NotificationStatus, Ways } from '@receptionist/core';

/** What is to be told through one way. `fence` must come back with the record of what happened. */
export interface ClaimedDelivery {
  delivery_id: string;
  /** Null: it is about no entry. */
  entry_id: string | null;
  tenant_id: string | null;
  channel: DeliveryChannel;
  destination: Destination;
  round: number;
  /** Who is texted or rung. */
  person: string | null;
  /** The message that is kept true, or the incident; null where there is none yet. */
  reference: string | null;
  /** The words of a notice. */
  text: string | null;
  /** How often it was tried before this claim. */
  attempts: number;
  /** An earlier attempt may have arrived. */
  unclear: boolean;
  fence: number;
}

/** One request: the first delivery is sent, the others are told with it. */
export interface ClaimedSend {
  deliveries: [ClaimedDelivery, ...ClaimedDelivery[]];
  /** Whether it may call people to it. */
  mention: boolean;
  /** When it was claimed. */
  at: Instant;
}

/** How a delivery ended this time. */
export type DeliveryResult =
  /** `seen`: the `seq` of the entry as it was shown; what happened since is told after it. Null for what shows no entry. */
  | { status: 'sent' | 'grouped'; reference: string | null; seen: number | null }
  | { status: 'skipped' | 'failed'; why: string }
  | { status: 'waiting'; why: string; next_attempt_at: Instant; unclear: boolean };

/** A delivery as those see it whose call or text comes back to us. */
export type DeliveryState = Pick<
  ClaimedDelivery,
  'delivery_id' | 'entry_id' | 'tenant_id' | 'channel' | 'round' | 'person' | 'reference'
> & { status: NotificationStatus };

export interface DeliveryReadVerbs {
  /** The delivery behind a call or text that comes back to us; inside a transaction held. */
  getDelivery(delivery_id: string): Promise<DeliveryState | null>;
  /** Those that something is due for, the longest waiting first. */
  dueDestinations(now: Instant): Promise<Destination[]>;
}

export interface DeliveryVerbs {
  /**
   * For one destination, which nobody else claims for meanwhile: take what may be sent now, and pay for it from its limit.
   * Counts the attempts. Calls and texts whose lease ran out are given up first.
   */
  claimSends(claim: {
    destination: Destination;
    now: Instant;
    ways: Ways;
    lease_ms: number;
  }): Promise<ClaimedSend[]>;
  /** False for a delivery whose lease was lost to another worker meanwhile: nothing is written for it. */
  recordDelivery(delivery: ClaimedDelivery, result: DeliveryResult, now: Instant): Promise<boolean>;
  /** The other side asked to wait. */
  blockDestination(destination: Destination, until: Instant, now: Instant): Promise<void>;
  /** The digest that was claimed at `at` has not arrived: the next one need not wait, and may call people in its place. */
  forgetDigest(destination: Destination, at: Instant): Promise<void>;
  /** A call that nobody took: the next person is rung, or nobody is left (null). Once for each call; an entry that somebody has meanwhile, or a later round, rings nobody. */
  passOn(delivery_id: string, why: string, now: Instant): Promise<{ person: string | null }>;
  /** Say something about no entry in Slack (or the log), at most once in `every_ms` for the key. False: it was said already. */
  queueNotice(
    notice: { key: string; text: string; destination: Destination; every_ms: number },
    now: Instant,
  ): Promise<boolean>;
}
