import type { Instant } from '@receptionist/core';

/** At most once in `ms` of the store's time. What failed is tried again whenever it is called. */
export function every(ms: number, work: (now: Instant) => Promise<void>): (now: Instant) => Promise<void> {
  let due = Number.NEGATIVE_INFINITY;
  return async (now) => {
    if (Date.parse(now) < due) return;
    await work(now);
    due = Date.parse(now) + ms;
  };
}
