/** What an attempt that failed means for its delivery, by channel. */
import {
  type DeliveryChannel,
  type Instant,
  nextAttemptAt,
  QUIET_CHANNELS,
  type QuietChannel,
} from '@receptionist/core';
import type { DeliveryResult } from '@receptionist/store';
import { NotifyError } from '../notify/notifier.ts';
import type { Attempted } from './send.ts';

/** What only a changed setting can mend is tried again this often, so that the alert follows the repair soon. */
const REFUSED_RETRY_SECONDS = 30;
/** About a quarter of an hour: what is quiet is not worth more. */
const MOST_QUIET_ATTEMPTS = 20;

interface Policy {
  /** Twice is worse than not at all: an attempt that may have arrived is the last. */
  once: boolean;
  /** Where it was refused for good it stays until somebody mends that; else the next step covers it. */
  kept: boolean;
  mostAttempts: number;
}

const KEPT: Policy = { once: false, kept: true, mostAttempts: Number.POSITIVE_INFINITY };
const AGAIN: Policy = { ...KEPT, kept: false };
const ONCE: Policy = { ...AGAIN, once: true };
const QUIETLY: Policy = { ...AGAIN, mostAttempts: MOST_QUIET_ATTEMPTS };

const POLICIES: Readonly<Record<DeliveryChannel, Policy>> = {
  slack: KEPT,
  slack_mention: KEPT,
  log: KEPT,
  pagerduty: AGAIN,
  text: ONCE,
  call: ONCE,
  slack_update: QUIETLY,
  slack_thread: QUIETLY,
  slack_notice: QUIETLY,
  // Until PagerDuty hears of it, it pages somebody for what is over.
  pagerduty_acknowledge: AGAIN,
  pagerduty_resolve: AGAIN,
};

export function isQuiet(channel: DeliveryChannel): channel is QuietChannel {
  return (QUIET_CHANNELS as readonly DeliveryChannel[]).includes(channel);
}

export function resultOf(
  { delivery, outcome }: Attempted,
  { now, jitter }: { now: Instant; jitter: number },
): DeliveryResult {
  if (outcome.status !== 'error') return outcome;
  const { once, kept, mostAttempts } = POLICIES[delivery.channel];
  const { message, retryable, unclear, retryAfterSeconds } = faultIn(outcome.error);
  const attempts = delivery.attempts + 1;
  if (once && unclear)
    return {
      status: 'failed',
      why: `${message}; it is not known whether it was placed, and the next step covers it`,
    };
  if ((!retryable && !kept) || attempts >= mostAttempts) return { status: 'failed', why: message };
  const wait = retryable ? retryAfterSeconds : REFUSED_RETRY_SECONDS;
  return {
    status: 'waiting',
    why: message,
    next_attempt_at: nextAttemptAt({ attempts, now, retryAfterSeconds: wait, jitter }),
    unclear: delivery.unclear || unclear,
  };
}

/** Anything else failed on our side, before it was sent. */
function faultIn(error: unknown): NotifyError {
  if (error instanceof NotifyError) return error;
  return new NotifyError(error instanceof Error ? error.message : String(error), { retryable: true });
}
