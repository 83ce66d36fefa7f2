/** The ways to tell people, and what each must be able to do. */
import type { Entry, EntryWithHistory, Instant, Person, Tenant, TimelineEvent } from '@receptionist/core';

/** An entry with all that a person must know to act on it. */
export interface ToldEntry {
  entry: EntryWithHistory;
  tenant: Tenant;
  round: number;
}

/** An entry as a list shows it. */
export interface ListedEntry {
  entry: Entry;
  /** The tenant's name. */
  tenant: string;
  round: number;
}

/** What shall be noticed. */
export interface Alert {
  /** Names this alert in whatever the other side keeps of it, so that one of which it is not known whether it arrived can be found. */
  delivery_id: string;
  /** An earlier attempt may have arrived. */
  mayHaveArrived: boolean;
  told: ToldEntry;
  /** Told together with it, gravest first; empty for an alert of its own. */
  others: ListedEntry[];
  /** Whom it calls to it: those on call, or whoever is there; null: nobody. */
  mention: Person[] | 'here' | null;
  /** Who is texted or rung; null for the other ways. */
  person: Person | null;
  /** Somebody has the entry already: it is only said, because it could not be said before. */
  late: boolean;
}

/** Alerts people, in one way. */
export interface Alerter {
  /**
   * @returns what the channel calls what was sent (Slack `C…/ts`, PagerDuty the dedup_key, Twilio the sid), if it does
   * @throws NotifyError
   */
  alert(alert: Alert): Promise<{ reference: string | null }>;
}

/** Keeps what was told true. All @throws NotifyError. */
export interface Teller extends Alerter {
  /** The message shows the entry as it is now. */
  showEntry(reference: string, told: ToldEntry): Promise<void>;
  /** The digest shows its entries as they are now. */
  showDigest(reference: string, entries: ListedEntry[]): Promise<void>;
  /** Quietly below the message. */
  tellThread(reference: string, entry: Pick<Entry, 'entry_id'>, events: TimelineEvent[]): Promise<void>;
  /** A sentence about no entry. `channel`: name or id. */
  say(channel: string, text: string): Promise<{ reference: string | null }>;
}

/** Opens incidents, which somebody else's engine pages for. All @throws NotifyError. */
export interface IncidentDesk extends Alerter {
  acknowledge(incident: { entry_id: string; round: number }): Promise<void>;
  resolve(incident: { entry_id: string; round: number }): Promise<void>;
}

/** What is configured; what is not is null. */
export interface Notifiers {
  log: Alerter;
  slack: Teller | null;
  pagerduty: IncidentDesk | null;
  text: Alerter | null;
  call: Alerter | null;
}

/** It did not arrive, or it is not known whether it did. `message` says what to do where somebody must. */
export class NotifyError extends Error {
  override readonly name = 'NotifyError';
  /** False: it will fail again until somebody changes a setting. */
  readonly retryable: boolean;
  /** It may have arrived all the same. */
  readonly unclear: boolean;
  /** As the other side asked; nothing else is sent to the same destination before. */
  readonly retryAfterSeconds: number | null;

  constructor(
    message: string,
    {
      retryable,
      unclear = false,
      retryAfterSeconds = null,
      cause,
    }: { retryable: boolean; unclear?: boolean; retryAfterSeconds?: number | null; cause?: unknown },
  ) {
    super(message, { cause });
    this.retryable = retryable;
    this.unclear = unclear;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** When somebody took the entry in its present round; null: nobody did, and people are to be told. */
export function takenAt(
  { status, acknowledged_at, engaged_at, resolved_at }: Entry,
  round_at: Instant,
): Instant | null {
  if (status === 'open') return null;
  if (status === 'resolved') return resolved_at;
  const taken = engaged_at ?? acknowledged_at;
  return taken !== null && taken >= round_at ? taken : null;
}
