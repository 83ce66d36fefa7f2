import type { EntryWithHistory } from '@receptionist/core';
import { expect, test } from 'vitest';
import { columnsOf } from '../text-width.ts';
import { entryScreen, helpScreen } from './screen.ts';

const NOW = new Date('2026-11-03T14:00:00.000Z');

const entry: EntryWithHistory = {
  entry_id: 'fb_01kagv7k2m9q',
  tenant_id: 't1',
  conversation_id: 'cv_1',
  channel: 'voice',
  caller: '+14155550123',
  reason: 'complaint',
  reason_detail: null,
  severity: 'critical',
  status: 'open',
  created_at: '2026-11-03T13:59:00.000Z',
  ack_due_at: '2026-11-03T14:01:00.000Z',
  engage_due_at: '2026-11-03T14:04:00.000Z',
  ack_breached: false,
  engage_breached: false,
  assignee: null,
  acknowledged_by: null,
  acknowledged_at: null,
  engaged_by: null,
  engaged_at: null,
  resolved_by: null,
  resolved_at: null,
  resolution_notes: null,
  tags: ['insurance'],
  context: {
    summary: 'A crown fell out, and nobody called back.',
    live: true,
    call_sid: null,
    slots: {},
    transcript: [
      { speaker: 'receptionist', text: 'Thank you for calling.', at: '2026-11-03T13:58:00.000Z' },
      {
        speaker: 'caller',
        text: 'I have been waiting \u001b[2J since Monday!',
        at: '2026-11-03T13:58:10.000Z',
      },
    ],
  },
  notifications: [],
  timeline: [{ at: '2026-11-03T13:59:00.000Z', actor: 'engine', action: 'filed', detail: null }],
};

const view = { entry, shortId: '7k2m9q', others: '3', said: null };

test('what a person needs, on a screen of 80 columns', () => {
  expect(entryScreen(view, NOW, { columns: 80, rows: 16 })).toEqual([
    '7k2m9q  critical, open, the caller is on the line',
    'ack in 1m, filed 1m ago',
    '3 more wait',
    '+14155550123 (voice), for t1',
    'complains',
    'A crown fell out, and nobody called back.',
    'tags: insurance',
    '',
    'receptionist: Thank you for calling.',
    'caller: I have been waiting [2J since Monday!',
    '',
    '1m ago engine filed',
    '',
    '',
    '[a]ck  [e]ngage  [j]oin  [n]ote  [t]ag  [r]esolve  [s]kip  [b]ack  [?] help',
    '[q]uit',
  ]);
});

const long: EntryWithHistory = {
  ...entry,
  context: {
    ...entry.context,
    summary: 'word '.repeat(400),
    transcript: Array.from({ length: 60 }, (_, i) => ({
      speaker: 'caller',
      text: `${i} ${'歯が痛い'.repeat(i)} ${'x'.repeat(i * 4)}`,
      at: '2026-11-03T13:58:00.000Z',
    })),
  },
  timeline: Array.from({ length: 40 }, () => ({
    at: '2026-11-03T13:59:00.000Z',
    actor: 'kim',
    action: 'noted' as const,
    detail: 'y'.repeat(500),
  })),
};

test.each([
  [40, 24],
  [40, 12],
  [20, 40],
  [80, 5],
  [80, 1],
  [200, 60],
])('it fits %i columns and %i rows, and the keys are the last to go', (columns, rows) => {
  const lines = entryScreen({ ...view, entry: long, said: 'z '.repeat(60) }, NOW, { columns, rows });
  expect(lines.length).toBeLessThanOrEqual(rows);
  expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(columns);
  expect(lines.at(-1)).toContain('[q]uit');
  expect(helpScreen({ columns, rows }).length).toBeLessThanOrEqual(rows);
});

test('what does not fit is named with the command that shows all of it', () => {
  const lines = entryScreen({ ...view, entry: long }, NOW, { columns: 80, rows: 24 });
  expect(lines).toContain('… more: adminctl fallback show 7k2m9q');
});
