import { expect, test } from 'vitest';
import { due, moment, sinceFrom, span, untilFrom, urgency } from './moments.ts';

const now = new Date('2026-11-03T14:00:00.000Z');
const entry = {
  status: 'open' as const,
  ack_due_at: '2026-11-03T14:01:20.000Z',
  engage_due_at: '2026-11-03T13:57:00.000Z',
};

test.each([
  [0, '0s'],
  [999, '0s'],
  [59_000, '59s'],
  [60_000, '1m'],
  [80_000, '1m 20s'],
  [3_600_000, '1h'],
  [3_659_000, '1h'],
  [7_500_000, '2h 5m'],
  [200_000_000, '2d 7h'],
  [-80_000, '1m 20s'],
])('%d ms is %s', (ms, words) => {
  expect(span(ms)).toBe(words);
});

test('the deadline that counts is that of the next step', () => {
  expect(due(entry, now)).toBe('ack in 1m 20s');
  expect(due({ ...entry, status: 'acknowledged' }, now)).toBe('engage missed 3m ago');
  expect(due({ ...entry, status: 'engaged' }, now)).toBe('engaged');
  expect(due({ ...entry, status: 'resolved' }, now)).toBe('resolved');
});

test.each([
  ['open', '13:00:00', '14:30:00', 'calm'],
  ['open', '13:00:00', '14:19:00', 'soon'],
  ['open', '13:00:00', '13:59:59', 'overdue'],
  ['acknowledged', '13:00:00', '13:59:59', 'calm'],
  ['engaged', '13:00:00', '13:59:59', 'none'],
] as const)('%s, filed at %s and due at %s, it is %s', (status, filed, ackDue, expected) => {
  const created_at = `2026-11-03T${filed}.000Z`;
  const deadlines = { ack_due_at: `2026-11-03T${ackDue}.000Z`, engage_due_at: '2026-11-03T15:00:00.000Z' };
  expect(urgency({ status, created_at, ...deadlines }, now)).toBe(expected);
});

test('a moment is told in UTC, to the second', () => {
  expect(moment('2026-11-03T14:07:09.123Z')).toBe('2026-11-03 14:07:09 UTC');
});

test.each([
  ['2h', '2026-11-03T12:00:00.000Z'],
  ['90s', '2026-11-03T13:58:30.000Z'],
  ['7d', '2026-10-27T14:00:00.000Z'],
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-01T10:00', '2026-11-01T10:00:00.000Z'],
  ['2026-11-01T10:00:00+02:00', '2026-11-01T08:00:00.000Z'],
])('since %s is %s', (text, instant) => {
  expect(sinceFrom(text, now)).toBe(instant);
});

test.each([
  ['8h', '2026-11-03T22:00:00.000Z'],
  ['2026-11-04T08:00Z', '2026-11-04T08:00:00.000Z'],
])('until %s is %s', (text, instant) => {
  expect(untilFrom(text, now)).toBe(instant);
});

test.each(['', '2', 'yesterday', '2026-13-45', '1.5h', '-2h', '9999999d'])('since %j is no time', (text) => {
  expect(() => sinceFrom(text, now)).toThrow(expect.objectContaining({ code: 'usage' }));
});
