/** When something that failed is tried again. */
import type { Instant } from './tenant.ts';

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;

export interface FailedAttempt {
  /** How often it was tried by now; 1 after the first failure. */
  attempts: number;
  now: Instant;
  /** What the other side asked for, or null. It knows better than we do, and is waited for neither longer nor shorter. */
  retryAfterSeconds: number | null;
  /** 0 to 1, drawn anew each time. It takes up to half off the delay, so that what failed together comes back apart. */
  jitter: number;
}

/** Exponential: 1 s, 2 s, 4 s … up to 60 s, less the jitter; or when the other side wants it. */
export function nextAttemptAt({ attempts, now, retryAfterSeconds, jitter }: FailedAttempt): Instant {
  const delay = Math.min(FIRST_DELAY_MS * 2 ** Math.max(attempts - 1, 0), LONGEST_DELAY_MS);
  const wait = retryAfterSeconds === null ? delay * (1 - jitter / 2) : retryAfterSeconds * 1_000;
  return new Date(Date.parse(now) + Math.ceil(wait)).toISOString();
}
