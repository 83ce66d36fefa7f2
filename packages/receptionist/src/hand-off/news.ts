/** What becomes known of a hand-off is written down, counted, and looked at by the engine at once. */
import type { HandOff, HandOffNews, Instant } from '@receptionist/core';
import type { Store } from '@receptionist/store';
import type { Wake } from '../escalation/wake.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';

/**
 * `fence`: of the claim whose order this is news of.
 * @returns the hand-off as it is then; null where it is gone, or the claim was lost
 */
export type TellHandOff = (
  hand_off_id: string,
  news: HandOffNews,
  claim?: { fence: number },
) => Promise<HandOff | null>;

export function createTellHandOff({
  store,
  wake,
  log,
  metrics,
}: {
  store: Store;
  wake: Wake;
  log: Log;
  metrics: Metrics;
}): TellHandOff {
  return async (hand_off_id, news, claim) => {
    const now = await store.now();
    const { before, after } = await store.transact(async (tx) => ({
      before: await tx.getHandOff(hand_off_id),
      after: await tx.tellHandOff(hand_off_id, news, now, claim),
    }));
    log.info({ hand_off_id, ...news }, 'news of a hand-off');
    countWait(metrics, { before, after }, now);
    wake.ring('hand_off', hand_off_id);
    return after;
  };
}

const OUTCOMES = { bridged: 'bridged', talking: 'nobody_reached', left: 'caller_left' } as const;

/** Once the caller waits no more. After they have spoken with a person, leaving the room is no outcome. */
export function countWait(
  metrics: Pick<Metrics, 'handOffs' | 'handOffWaitSeconds'>,
  { before, after }: { before: HandOff | null; after: HandOff | null },
  now: Instant,
): void {
  if (before?.place !== 'waiting' || after === null || after.place === 'waiting') return;
  if (before.legs.some(({ state, outcome }) => state === 'ended' && outcome === 'accepted')) return;
  const outcome = OUTCOMES[after.place];
  metrics.handOffs.inc({ outcome });
  metrics.handOffWaitSeconds.observe({ outcome }, (Date.parse(now) - Date.parse(after.begun_at)) / 1_000);
}
