/**
 * What is due leaves, destination by destination. Nobody waits for a send: it runs on beside the cycles that follow and
 * records itself, so that one that hangs delays neither another destination nor the filing of what comes in.
 */
import type { Destination, Instant, Ways } from '@receptionist/core';
import type { ClaimedSend, Store } from '@receptionist/store';
import type { Metrics } from '../observability/metrics.ts';
import { LEASE_MS, type Send } from './send.ts';

/** A destination with as many is left alone until one of them has ended. */
const MOST_TO_ONE = 10;
const MOST_IN_ALL = 100;
/** Connections to the database are for callers first. */
const CLAIMS_AT_ONCE = 4;

export interface Sending {
  /** Claims what may leave at `now` and starts to send it. Rejects where a claim failed, after all the others. */
  begin(now: Instant): Promise<void>;
  /** When what is being sent at this moment has been recorded. */
  settled(): Promise<void>;
}

export function createSending({
  store,
  ways,
  send,
  onEnd,
  onFailure,
  metrics,
}: {
  store: Store;
  ways: Ways;
  send: Send;
  /** A send has ended: what waited for it can go on. */
  onEnd: () => void;
  /** It could not be recorded, and is due again when its lease has run out. */
  onFailure: (error: unknown) => void;
  metrics: Metrics;
}): Sending {
  const inFlight = new Map<Promise<void>, Destination>();

  return {
    async begin(now) {
      const asked = performance.now();
      const due = (await store.read.dueDestinations(now)).filter(hasRoom);
      const failures: unknown[] = [];
      const claimNext = async () => {
        for (;;) {
          const destination = inFlight.size < MOST_IN_ALL ? due.shift() : undefined;
          if (destination === undefined) return;
          await claim(destination, now, asked).catch((error) => failures.push(error));
        }
      };
      await Promise.all(Array.from({ length: CLAIMS_AT_ONCE }, claimNext));
      if (failures.length > 0) throw failures[0];
    },
    async settled() {
      await Promise.all(inFlight.keys());
    },
  };

  function hasRoom(destination: Destination): boolean {
    return [...inFlight.values()].filter((other) => other === destination).length < MOST_TO_ONE;
  }

  /** `asked`: when it was `now`. The lease counts from here all the same. */
  async function claim(destination: Destination, now: Instant, asked: number): Promise<void> {
    const claimedAt = performance.now();
    const lease_ms = LEASE_MS + Math.round(claimedAt - asked);
    const claimed = await store.transact((tx) => tx.claimSends({ destination, now, ways, lease_ms }));
    for (const one of claimed) start(one, destination, claimedAt);
  }

  function start(claimed: ClaimedSend, destination: Destination, claimedAt: number): void {
    const sent = send(claimed, claimedAt)
      .catch(onFailure)
      .then(() => {
        inFlight.delete(sent);
        metrics.sendsInFlight.set(inFlight.size);
        onEnd();
      });
    inFlight.set(sent, destination);
    metrics.sendsInFlight.set(inFlight.size);
  }
}
