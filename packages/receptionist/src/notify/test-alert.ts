/** For tests: an alert about a caller who complains, on the line. */
import { type EntryWithHistory, withDefaults } from '@receptionist/core';
import type { Alert, ListedEntry } from './notifier.ts';

const AT = '2026-11-24T18:00:00.000Z';

export const NORTHSIDE = withDefaults({
  tenant_id: 't1',
  name: 'Northside Dental',
  time_zone: 'America/Los_Angeles',
  numbers: ['+15005550006'],
});

export function anEntry({
  context,
  ...changes
}: Partial<Omit<EntryWithHistory, 'context'>> & {
  context?: Partial<EntryWithHistory['context']>;
} = {}): EntryWithHistory {
  return {
    ...{ entry_id: 'fb_014f2', tenant_id: 't1', conversation_id: 'cv_1', channel: 'voice' },
    ...{ caller: '+14155550123', reason: 'complaint', reason_detail: 'a crown fell out' },
    ...{ severity: 'critical', status: 'open', created_at: AT, ack_due_at: AT, engage_due_at: AT },
    ...{ ack_breached: false, engage_breached: false, assignee: null, acknowledged_by: null },
    ...{ acknowledged_at: null, engaged_by: null, engaged_at: null, resolved_by: null, resolved_at: null },
    ...{ resolution_notes: null, tags: [], notifications: [], timeline: [] },
    context: {
      ...{ summary: 'The caller complains.', live: true, call_sid: 'CA1', slots: {} },
      transcript: [{ speaker: 'caller', text: 'I want my money back', at: AT }],
      ...context,
    },
    ...changes,
  } as EntryWithHistory;
}

export function anAlert(changes: Partial<Alert> = {}): Alert {
  return {
    delivery_id: 'dl_1',
    mayHaveArrived: false,
    told: { entry: anEntry(), tenant: NORTHSIDE, round: 1 },
    others: [],
    mention: null,
    person: { user: 'lex', phone: '+14155550199', slack_user_id: null },
    late: false,
    ...changes,
  };
}

export function listed(count: number): ListedEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    entry: anEntry({ entry_id: `fb_other${index}` }),
    tenant: 'Eastside Dental',
    round: 1,
  }));
}
