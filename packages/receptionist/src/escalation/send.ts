/**
 * One claimed send: look again, tell, and record what came of it. What an attempt of which nobody knows whether it arrived
 * means differs by channel: docs/escalation.md, "When something dies in the middle".
 */
import type { DeliveryChannel, Instant } from '@receptionist/core';
import type { ClaimedDelivery, ClaimedSend, DeliveryResult, Store, Verbs } from '@receptionist/store';
import { type Notifiers, NotifyError } from '../notify/notifier.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { LateError, within } from '../within.ts';
import { alertThrough } from './alerting.ts';
import { isQuiet, resultOf } from './attempts.ts';
import { createKeepers } from './keeping.ts';

/**
 * Longer than a send may take: while it runs, no other worker may think that we died. And short: an alert that a killed
 * worker held waits for its end.
 */
export const LEASE_MS = 10_000;
const SEND_TIMEOUT_MS = 8_000;
/** After this long the lease would not outlast the send. */
const LATEST_START_MS = 1_500;

/** Resolves when it is recorded. `claimedAt`: on the clock of `performance.now()`. */
export type Send = (claimed: ClaimedSend, claimedAt: number) => Promise<void>;

/** What became of a delivery. An error is judged by the channel it met. */
export interface Attempted {
  delivery: ClaimedDelivery;
  outcome: Exclude<DeliveryResult, { status: 'waiting' | 'failed' }> | { status: 'error'; error: unknown };
}

/** Makes the request, if there is time for it. @throws NotifyError */
export type Transmit = <T>(request: () => Promise<T>) => Promise<T>;

export type Way = (claimed: ClaimedSend, transmit: Transmit) => Promise<Attempted[]>;

export function createSend({
  store,
  notifiers,
  log,
  metrics,
  jitter = Math.random,
}: {
  store: Store;
  notifiers: Notifiers;
  log: Log;
  metrics: Metrics;
  /** 0 to 1. */
  jitter?: () => number;
}): Send {
  const ways = createWays({ store, notifiers, log });

  return async (claimed, claimedAt) => {
    const attempted = await attempt(claimed, claimedAt);
    const now = await store.now();
    const failures: unknown[] = [];
    // One by one, so that four hundred of a digest hold up no caller's turn.
    for (const one of attempted) await settle(one, now).catch((error) => failures.push(error));
    if (isLostDigest(claimed, attempted))
      await store.transact((tx) => tx.forgetDigest(claimed.deliveries[0].destination, claimed.at));
    if (failures.length > 0) throw failures[0];
  };

  async function settle(attempted: Attempted, now: Instant): Promise<void> {
    const judged = { ...attempted, result: resultOf(attempted, { now, jitter: jitter() }) };
    const recorded = await store.transact((tx) => record(tx, judged, now));
    report(judged, recorded);
  }

  async function attempt(claimed: ClaimedSend, claimedAt: number): Promise<Attempted[]> {
    const { deliveries } = claimed;
    try {
      return await ways[deliveries[0].channel](claimed, transmitter(claimedAt));
    } catch (error) {
      return deliveries.map((delivery) => ({ delivery, outcome: { status: 'error', error } }));
    }
  }

  /** A process that was stopped for a while must not send what another has taken over. */
  function transmitter(claimedAt: number): Transmit {
    return async (request) => {
      if (performance.now() - claimedAt > LATEST_START_MS)
        throw new NotifyError('it took too long to look again, so nothing was sent', { retryable: true });
      try {
        return await within(SEND_TIMEOUT_MS, request());
      } catch (error) {
        if (error instanceof NotifyError) throw error;
        if (!(error instanceof LateError))
          log.error({ error }, 'a notifier failed in a way that is a mistake of ours');
        const { message } = error as Error;
        throw new NotifyError(message, { retryable: true, unclear: true, cause: error });
      }
    };
  }

  async function record(tx: Verbs, { delivery, outcome, result }: Judged, now: Instant): Promise<boolean> {
    const written = await tx.recordDelivery(delivery, result, now);
    const fault = faultOf(outcome);
    if (fault?.retryAfterSeconds) {
      const until = new Date(Date.parse(now) + fault.retryAfterSeconds * 1_000).toISOString();
      await tx.blockDestination(delivery.destination, until, now);
    }
    // Where it may be ringing all the same, the call itself tells who goes on.
    if (written && delivery.channel === 'call' && result.status === 'failed' && !fault?.unclear)
      await tx.passOn(delivery.delivery_id, result.why, now);
    return written;
  }

  function report({ delivery, outcome, result }: Judged, recorded: boolean): void {
    const { delivery_id, entry_id, channel } = delivery;
    metrics.deliveries.inc({ channel, status: result.status });
    if (faultOf(outcome)?.retryAfterSeconds) metrics.blocked.inc({ channel });
    const details = { delivery_id, entry_id, channel, attempts: delivery.attempts + 1, ...result };
    if (!recorded)
      log.warn(details, 'another worker took this delivery meanwhile; somebody may be told twice');
    else if (outcome.status === 'error') reportFailure(details, outcome.error, result);
    else log[isQuiet(channel) ? 'debug' : 'info'](details, 'delivery ended');
  }

  function reportFailure(
    details: { channel: DeliveryChannel },
    error: unknown,
    { status }: DeliveryResult,
  ): void {
    const isRefused = error instanceof NotifyError && !error.retryable;
    const isKept = status === 'waiting';
    const line = { ...details, error };
    if (isQuiet(details.channel))
      log.warn(
        line,
        `what was told could not be kept true${isKept ? '; it is tried again' : ', and that is given up'}`,
      );
    else if (!isRefused) log.warn(line, `an alert did not arrive; ${isKept ? 'it is tried again' : COVERED}`);
    else if (isKept)
      log.error(line, 'an alert was refused; it is kept and tried again until the cause is mended');
    else log.error(line, `an alert was refused; mend the cause: ${COVERED}`);
  }
}

/** Told to nobody; where it may have arrived, people may have been called. */
function isLostDigest({ deliveries }: ClaimedSend, attempted: readonly Attempted[]): boolean {
  const isLost = ({ outcome }: Attempted) => outcome.status === 'error' && faultOf(outcome)?.unclear !== true;
  return (
    deliveries.length > 1 &&
    attempted.some(isLost) &&
    !attempted.some(({ outcome }) => outcome.status === 'sent')
  );
}

const COVERED = 'it is given up, and the next step covers it';

type Judged = Attempted & { result: DeliveryResult };

function faultOf(outcome: Attempted['outcome']): NotifyError | null {
  return outcome.status === 'error' && outcome.error instanceof NotifyError ? outcome.error : null;
}

/** A channel without a line does not compile. */
function createWays({
  store,
  notifiers: { log: toLog, slack, pagerduty, text, call },
  log,
}: {
  store: Store;
  notifiers: Notifiers;
  log: Log;
}): Readonly<Record<DeliveryChannel, Way>> {
  const keepers = createKeepers({ store, slack, pagerduty, log });
  return {
    // What was written when there was a Slack must still reach somebody.
    slack: alertThrough(slack ?? toLog, store),
    slack_mention: alertThrough(slack ?? toLog, store),
    log: alertThrough(toLog, store),
    pagerduty: alertThrough(pagerduty, store),
    text: alertThrough(text, store),
    call: alertThrough(call, store),
    ...keepers,
  };
}
