import type { Instant } from '@receptionist/core';
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
    await measureBacklog(store, metrics).catch(() => metrics.backlogOldestSeconds.reset());
    res.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  };
}

async function measureBacklog(store: Store, metrics: Metrics): Promise<void> {
  const now = await store.now();
  const { unfiled_events, waiting_deliveries, open_entries, ...oldest } = await store.read.backlog(now);
  metrics.backlog.set({ kind: 'events' }, unfiled_events);
  metrics.backlog.set({ kind: 'deliveries' }, waiting_deliveries);
  metrics.backlogOldestSeconds.set({ kind: 'events' }, secondsSince(oldest.oldest_event_at, now));
  metrics.backlogOldestSeconds.set({ kind: 'deliveries' }, secondsSince(oldest.oldest_delivery_at, now));
  for (const [severity, count] of Object.entries(open_entries)) metrics.openEntries.set({ severity }, count);
}

function secondsSince(at: Instant | null, now: Instant): number {
  return at === null ? 0 : Math.max(0, Date.parse(now) - Date.parse(at)) / 1_000;
}
