/** The parts of the engine's work, of which none may take another down with it. */
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';

/** An outage says so once a minute, not once a second. */
const COMPLAIN_EVERY_MS = 60_000;

export interface Parts<Name extends string> {
  /** Never rejects. */
  attempt(name: Name, work: () => Promise<void>): Promise<void>;
  /** Counts a failure, and says so now and then. */
  complain(name: string, error: unknown): void;
  /** How long ago the last of them succeeded; null: one of them has not yet. */
  msSinceAll(): number | null;
}

export function createParts<Name extends string>(
  names: readonly Name[],
  { log, metrics }: { log: Log; metrics: Metrics },
): Parts<Name> {
  const succeeded = new Map<Name, number>();
  const complained = new Map<string, number>();

  function complain(part: string, error: unknown): void {
    metrics.engineFailures.inc({ part });
    if (performance.now() - (complained.get(part) ?? -COMPLAIN_EVERY_MS) < COMPLAIN_EVERY_MS) return;
    complained.set(part, performance.now());
    log.error({ error, part }, 'a part of the escalation engine failed; it is tried again every second');
  }

  return {
    complain,
    async attempt(name, work) {
      try {
        await work();
        succeeded.set(name, performance.now());
      } catch (error) {
        complain(name, error);
      }
    },
    msSinceAll() {
      const oldest = Math.min(...names.map((name) => succeeded.get(name) ?? Number.NEGATIVE_INFINITY));
      return oldest === Number.NEGATIVE_INFINITY ? null : performance.now() - oldest;
    },
  };
}
