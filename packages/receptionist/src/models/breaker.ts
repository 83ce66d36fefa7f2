/** Keeps a model that is down from costing every caller the time to find out. */

const FAILURES = 3;
const REST_MS = 30_000;

export interface Breaker {
  /** Whether it may be tried; after a rest, by one caller at a time. */
  allows(): boolean;
  record(result: 'well' | 'failed'): void;
}

/** `now` in milliseconds, of a clock that never goes back. */
export function createBreaker({ now }: { now: () => number }): Breaker {
  let failures = 0;
  let restsUntil = 0;
  return {
    allows() {
      if (failures < FAILURES) return true;
      if (now() < restsUntil) return false;
      restsUntil = now() + REST_MS;
      return true;
    },
    record(result) {
      failures = result === 'well' ? 0 : failures + 1;
      if (failures >= FAILURES) restsUntil = now() + REST_MS;
    },
  };
}
