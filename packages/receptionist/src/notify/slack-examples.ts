/** For the tests of this folder: an entry, alerts of it, and what a reader sees of a message. */
import { type EntryWithHistory, withDefaults } from '@receptionist/core';
import type { Alert, ListedEntry } from './notifier.ts';

const AT = '2026-11-24T18:00:00.000Z';

/** Somebody tries to mention a channel. */
export const ENTRY: EntryWithHistory = {
  ...{ entry_id: 'fb_1', tenant_id: 't1', conversation_id: 'cv_1', channel: 'voice', caller: '+14155550123' },
  ...{ reason: 'complaint', reason_detail: '<!channel> & <b>', severity: 'critical', status: 'open' },
  ...{ created_at: AT, ack_due_at: AT, engage_due_at: AT, ack_breached: false, engage_breached: false },
  ...{ assignee: null, acknowledged_by: null, acknowledged_at: null, engaged_by: null, engaged_at: null },
  ...{ resolved_by: null, resolved_at: null, resolution_notes: null, tags: [] },
  context: {
    ...{ summary: 'The caller complains.', live: true, call_sid: 'CA1', slots: {} },
    transcript: [{ speaker: 'caller', text: '<!here> I want my money back', at: AT }],
  },
  notifications: [],
  timeline: [],
};

export const HELD: Partial<EntryWithHistory> = {
  ...{ status: 'acknowledged', assignee: 'lex', acknowledged_by: 'lex', acknowledged_at: AT },
};

export const RESOLVED: Partial<EntryWithHistory> = {
  ...{ status: 'resolved', resolved_by: 'slack:U0KIM', resolved_at: AT, resolution_notes: '<!here> paid' },
};

export function alertOf(changes: Partial<Alert> = {}, slack_channel = '#human-fallback'): Alert {
  const tenant = { tenant_id: 't1', name: 'Northside Dental', time_zone: 'UTC', numbers: [], slack_channel };
  return {
    told: { entry: ENTRY, tenant: withDefaults(tenant), round: 2 },
    ...{ delivery_id: 'dl_1', mayHaveArrived: false, others: [], person: null, mention: 'here', late: false },
    ...changes,
  };
}

/** With ids as long as they are, and a name that has to be escaped and is too long. */
export function listed(count: number, changes: Partial<EntryWithHistory> = {}): ListedEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    entry: { ...ENTRY, entry_id: `fb_01kagv7e5xw9m3q2r8t4y6z${String(index).padStart(3, '0')}`, ...changes },
    tenant: 'Müller & Söhne Zahnärzte <am Markt>',
    round: 1,
  }));
}

interface Item {
  type?: string;
  text?: unknown;
  action_id?: string;
}

export interface Block {
  text?: Item;
  fields?: Item[];
  elements?: Item[];
  accessory?: Item;
}

/** What Slack reads as markup, but for dates. */
export function markupIn(blocks: readonly unknown[]): string {
  return (blocks as Block[])
    .flatMap(({ text, fields = [], elements = [] }) => [...(text ? [text] : []), ...fields, ...elements])
    .flatMap(({ type, text }) => (type === 'mrkdwn' ? String(text) : []))
    .join('\n')
    .replace(/<!date\^[^>]*>/g, '');
}

/** By their action. */
export function buttonsIn(blocks: readonly unknown[]): string[] {
  return (blocks as Block[])
    .flatMap(({ elements = [], accessory }) => [...elements, ...(accessory ? [accessory] : [])])
    .flatMap(({ action_id }) => action_id ?? []);
}
