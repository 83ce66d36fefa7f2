/** What the tests of this folder speak of. */
import type { Entry } from '@receptionist/core';

export const START = new Date('2026-11-24T18:00:00.000Z');

export function later(seconds: number): Date {
  return new Date(START.getTime() + seconds * 1000);
}

/** Filed at the start; `due`: in so many seconds. */
export function anEntry(entry_id: string, due = 900, changes: Partial<Entry> = {}): Entry {
  return {
    ...{ entry_id, tenant_id: 't1', conversation_id: null, channel: 'voice', caller: '+14155550123' },
    ...{ reason: 'complaint', reason_detail: null, severity: 'standard', status: 'open' },
    ...{ created_at: START.toISOString(), ack_due_at: later(due).toISOString() },
    ...{ engage_due_at: later(due + 2_700).toISOString(), ack_breached: false, engage_breached: false },
    ...{ assignee: null, acknowledged_by: null, acknowledged_at: null, engaged_by: null, engaged_at: null },
    ...{ resolved_by: null, resolved_at: null, resolution_notes: null, tags: [] },
    ...changes,
  };
}
