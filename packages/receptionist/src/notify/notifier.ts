import type { EntryWithHistory, Tenant } from '@receptionist/core';

/** What a person is told. */
export interface Alert {
  entry: EntryWithHistory;
  tenant: Tenant;
}

/** Tells people of an entry, in one way. */
export interface Notifier {
  /**
   * @returns what the channel calls the message, if it does
   * @throws NotifyError
   */
  send(alert: Alert): Promise<{ reference: string | null }>;
}

/** Which way an alert goes, by the name that stands in the row of the delivery. */
export type Notifiers = Readonly<Record<string, Notifier>>;

/** The alert did not arrive, or it is not known whether it did. `message` says what to do where somebody must. */
export class NotifyError extends Error {
  override readonly name = 'NotifyError';
  /** False: it will fail again until somebody changes a setting. It is still tried, slowly. */
  readonly retryable: boolean;
  /** As the other side asked. */
  readonly retryAfterSeconds: number | null;

  constructor(
    message: string,
    {
      retryable,
      retryAfterSeconds = null,
      cause,
    }: { retryable: boolean; retryAfterSeconds?: number | null; cause?: unknown },
  ) {
    super(message, { cause });
    this.retryable = retryable;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * Which round of alerts an entry is in, from 1: a round begins at its filing and whenever it is raised, returned or
 * reopened.
 */
export function roundOf({ timeline }: Pick<EntryWithHistory, 'timeline'>): number {
  return (
    1 +
    timeline.filter(({ action }) => action === 'raised' || action === 'returned' || action === 'reopened')
      .length
  );
}
