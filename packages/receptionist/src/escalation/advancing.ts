/** Deadlines, steps and returns: entries whose next action has come. */
import type { Instant, Ways } from '@receptionist/core';
import type { AdvancedEntry, Store } from '@receptionist/store';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';

const ENTRIES_AT_ONCE = 100;

export function createAdvancing({
  store,
  ways,
  log,
  metrics,
}: {
  store: Store;
  ways: Ways;
  log: Log;
  metrics: Metrics;
}): (now: Instant) => Promise<void> {
  return async (now) => {
    const due = { now, ways, limit: ENTRIES_AT_ONCE };
    for (;;) {
      const advanced = await store.transact((tx) => tx.advanceDue(due));
      advanced.forEach(report);
      if (advanced.length < ENTRIES_AT_ONCE) return;
    }
  };

  function report({ entry_id, tenant_id, missed, returned, told, skipped }: AdvancedEntry): void {
    for (const deadline of missed) {
      metrics.breaches.inc({ deadline });
      log.warn({ entry_id, tenant_id, missed: deadline }, 'a deadline has passed and nobody was there');
    }
    if (returned) {
      metrics.returned.inc();
      log.warn({ entry_id, tenant_id }, 'who had the entry did not engage in time; it is open again');
    }
    if (told.length > 0) log.info({ entry_id, tenant_id, told }, 'a step of the escalation has come');
    sayUnreached(log, { entry_id, tenant_id, skipped });
  }
}

/** The timeline has it too; here it is for whoever can mend it. */
export function sayUnreached(
  log: Log,
  { skipped, ...entry }: Pick<AdvancedEntry, 'entry_id' | 'tenant_id' | 'skipped'>,
): void {
  for (const { channel, why } of skipped)
    log.warn({ ...entry, channel, why }, 'a step of the escalation reaches nobody in this way');
}
