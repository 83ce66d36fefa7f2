/** Escalate events become entries. */
import { type EscalateEvent, type Instant, nextAttemptAt, type Ways } from '@receptionist/core';
import type { Store, Verbs } from '@receptionist/store';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { sayUnreached } from './advancing.ts';

/** A cycle takes no more than this at once, so that alerts are never far behind a flood of events. */
const EVENTS_A_CYCLE = 25;

/** Files what waits, oldest first. True: there may be more. */
export type FileEvents = (now: Instant) => Promise<boolean>;

export function createFiling({
  store,
  ways,
  log,
  metrics,
  jitter,
}: {
  store: Store;
  ways: Ways;
  log: Log;
  metrics: Metrics;
  jitter: () => number;
}): FileEvents {
  /** Events that could not be filed, which must not hold up those behind them. */
  const resting = new Map<string, { attempts: number; until: Instant }>();

  return async (now) => {
    for (let count = 0; count < EVENTS_A_CYCLE; count++) {
      if (!(await fileNext(now))) return false;
    }
    return true;
  };

  /** A transaction for each event: one that cannot be filed undoes nobody else's. False: there is none left. */
  async function fileNext(now: Instant): Promise<boolean> {
    let claimed = null as EscalateEvent | null;
    try {
      const filed = await store.transact(async (tx) => {
        const events = await tx.claimEvents(1 + resting.size);
        const event = events.find(({ event_id }) => (resting.get(event_id)?.until ?? now) <= now);
        if (!event) return null;
        claimed = event;
        return { event, ...(await tx.fileEntry(event, ways, now)) };
      });
      if (filed) report(filed);
      return filed !== null;
    } catch (error) {
      if (!claimed) throw error;
      rest(claimed, error, now);
      return true;
    }
  }

  function report({ event, entry_id, joined, told, skipped }: Filed): void {
    resting.delete(event.event_id);
    metrics.escalationsFiled.inc({ result: joined ? 'joined' : 'filed' });
    const { event_id, tenant_id, reason, severity } = event;
    log.info({ event_id, entry_id, tenant_id, reason, severity, joined, told }, 'escalation filed');
    sayUnreached(log, { entry_id, tenant_id, skipped });
  }

  function rest({ event_id }: EscalateEvent, error: unknown, now: Instant): void {
    const attempts = (resting.get(event_id)?.attempts ?? 0) + 1;
    const until = nextAttemptAt({ attempts, now, retryAfterSeconds: null, jitter: jitter() });
    resting.set(event_id, { attempts, until });
    metrics.engineFailures.inc({ part: 'event' });
    log.error(
      { error, event_id, attempts, until },
      'an escalate event could not be filed; it is kept and tried again',
    );
  }
}

type Filed = { event: EscalateEvent } & Awaited<ReturnType<Verbs['fileEntry']>>;
