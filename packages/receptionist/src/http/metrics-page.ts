import type { Store } from '@receptionist/store';
import type { RequestHandler } from 'express';
import type { EscalationEngine } from '../escalation/engine.ts';
import type { Metrics } from '../observability/metrics.ts';

/** Counters as they are, and the backlog as it is now. */
export function metricsPage({
  store,
  engine,
  metrics,
}: {
  store: Store;
  engine: EscalationEngine | null;
  metrics: Metrics;
}): RequestHandler {
  return async (_req, res) => {
    metrics.cycleLagSeconds.set((engine?.msSinceFullCycle() ?? 0) / 1_000);
    // A database that is away must not hide the counters that show it.
    await measureBacklog(store, metrics).catch(() => metrics.backlogOldestSeconds.set(Number.NaN));
    res.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  };
}

async function measureBacklog(store: Store, metrics: Metrics): Promise<void> {
  const now = await store.now();
  const { unfiled_events, waiting_deliveries, oldest_due_at, open_entries } = await store.read.backlog(now);
  metrics.backlog.set({ kind: 'events' }, unfiled_events);
  metrics.backlog.set({ kind: 'deliveries' }, waiting_deliveries);
  const waiting = oldest_due_at ? Date.parse(now) - Date.parse(oldest_due_at) : 0;
  metrics.backlogOldestSeconds.set(Math.max(0, waiting) / 1_000);
  for (const [severity, count] of Object.entries(open_entries)) metrics.openEntries.set({ severity }, count);
}
