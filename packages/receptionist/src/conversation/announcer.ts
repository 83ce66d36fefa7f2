import type { Wake } from '../escalation/wake.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Escalated } from './turns.ts';

/** Null: nobody is needed. */
export type Announce = (escalated: Escalated | null) => void;

/** Only after the commit: from there on the event is safe, whatever happens to us. */
export function createAnnouncer({
  log,
  metrics,
  wake,
}: {
  log: Log;
  metrics: Metrics;
  wake: Wake;
}): Announce {
  return (escalated) => {
    if (!escalated) return;
    const { event_id, reason, severity } = escalated;
    metrics.escalationsAccepted.inc({ reason, severity });
    log.info({ ...escalated }, 'escalation accepted');
    wake.ring('event', event_id);
  };
}
