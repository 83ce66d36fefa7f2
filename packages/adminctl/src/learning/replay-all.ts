/** Many conversations taken again, and what that comes to by reason. */
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import { type Entry, type Instant, Problem, type Reason, STATUSES } from '@receptionist/core';
import { explain, type Failure } from '../failure.ts';
import { shortIds } from '../ids.ts';
import { type Column, table } from '../table.ts';
import type { Replayed } from './replay-words.ts';

export interface ReplayedEntry
  extends Pick<
    Replayed,
    'entry_id' | 'tenant_id' | 'conversation_id' | 'would_escalate' | 'why' | 'was' | 'now'
  > {}

export interface ReplaySummary {
  since: Instant;
  tenant_id: string | null;
  /** How many entries had the reason then, and how many conversations would lead to it now. */
  reasons: { reason: Reason; was: number; now: number }[];
  items: ReplayedEntry[];
  /** What could not be taken again: filed by hand, or not kept any more. */
  skipped: { entry_id: string; error: Failure }[];
}

export async function replayAll(
  client: AdminClient,
  { since, tenant_id }: { since: Instant; tenant_id: string | undefined },
  progress: (done: number, all: number) => void,
): Promise<ReplaySummary> {
  const query = { since, tenant_id, status: [...STATUSES] };
  const { items: entries } = await client.all(ROUTES.listEntries, { query });
  const items: ReplayedEntry[] = [];
  const skipped: ReplaySummary['skipped'] = [];
  for (const [done, { entry_id }] of entries.entries()) {
    progress(done, entries.length);
    try {
      const {
        turns: _,
        channel: __,
        ...item
      } = await client.call(ROUTES.replayEntry, { params: { entry_id } });
      items.push(item);
    } catch (error) {
      if (!isNothingToReplay(error)) throw error;
      skipped.push({ entry_id, error: explain(error) });
    }
  }
  progress(entries.length, entries.length);
  return { since, tenant_id: tenant_id ?? null, reasons: byReason(items), items, skipped };
}

function isNothingToReplay(error: unknown): boolean {
  return error instanceof Problem && (error.code === 'invalid_transition' || error.code === 'not_found');
}

function byReason(items: readonly ReplayedEntry[]): ReplaySummary['reasons'] {
  const reasons = new Set(items.flatMap(({ was, now }) => [was.reason, ...(now ? [now.reason] : [])]));
  return [...reasons]
    .map((reason) => ({
      reason,
      was: items.filter((item) => item.was.reason === reason).length,
      now: items.filter((item) => item.now?.reason === reason).length,
    }))
    .sort((a, b) => b.was - a.was || a.reason.localeCompare(b.reason));
}

export function summaryInWords({ reasons, items, skipped }: ReplaySummary, width?: number): string {
  const now = items.filter(({ would_escalate }) => would_escalate).length;
  const untold = items.filter(({ would_escalate }) => would_escalate === null).length;
  const totals = [
    `${items.length} escalated then, ${now} would now`,
    ...(untold > 0 ? [`of ${untold} a replay cannot tell`] : []),
    ...(skipped.length > 0 ? [`${skipped.length} could not be replayed`] : []),
  ].join('; ');
  const changed = items.filter(isChanged);
  return [
    ...(reasons.length > 0 ? [table(REASON_COLUMNS, reasons, width), ''] : []),
    ...(changed.length > 0 ? [table(changedColumns(changed), changed, width), ''] : []),
    totals,
  ].join('\n');
}

function isChanged({ would_escalate, was, now }: ReplayedEntry): boolean {
  return would_escalate === false || (now !== null && now.reason !== was.reason);
}

const REASON_COLUMNS: Column<ReplaySummary['reasons'][number]>[] = [
  { header: 'REASON', value: ({ reason }) => reason },
  { header: 'THEN', value: ({ was }) => String(was) },
  { header: 'NOW', value: ({ now }) => String(now) },
];

function changedColumns(changed: Pick<Entry, 'entry_id'>[]): Column<ReplayedEntry>[] {
  const shortId = shortIds(changed.map(({ entry_id }) => entry_id));
  return [
    { header: 'ID', value: ({ entry_id }) => shortId(entry_id) },
    { header: 'TENANT', value: ({ tenant_id }) => tenant_id },
    { header: 'THEN', value: ({ was }) => was.reason },
    { header: 'NOW', value: ({ now }) => now?.reason ?? '-' },
    { header: 'WHY', value: ({ why }) => why, elastic: true },
  ];
}
