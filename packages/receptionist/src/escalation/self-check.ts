/**
 * Every entry that is not resolved has a next action with a time; one without would never be looked at again. It must not
 * exist, and where it does it is given one, loudly.
 */
import type { Instant } from '@receptionist/core';
import type { Store } from '@receptionist/store';
import { some } from '../checkup/some.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';

export interface SelfCheck {
  check(now: Instant): Promise<void>;
  /** Of the last check: `ok`, or what was wrong. */
  found(): string;
}

export function createSelfCheck({
  store,
  log,
  metrics,
}: {
  store: Store;
  log: Log;
  metrics: Metrics;
}): SelfCheck {
  let found = 'ok';
  return {
    found: () => found,
    async check(now) {
      const entry_ids = await store.transact((tx) => tx.repairNextActions(now));
      found = 'ok';
      if (entry_ids.length === 0) return;
      found = `${entry_ids.length} had none at ${now}, and were given one: ${some(entry_ids)}`;
      metrics.repairedEntries.inc(entry_ids.length);
      log.error(
        { entry_ids },
        'entries had no next action; they were given one, and this is a mistake of ours',
      );
    },
  };
}
