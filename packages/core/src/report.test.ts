import { expect, test } from 'vitest';
import { datesOf, dayOf, insideSla, waitsOf } from './report.ts';

test('the dates of a period are those of the place, and its end is no part of it', () => {
  const period = { since: '2026-11-02T07:59:00.000Z', until: '2026-11-03T08:00:00.000Z' };
  expect(datesOf({ ...period, time_zone: 'America/Los_Angeles' })).toEqual(['2026-11-01', '2026-11-02']);
  expect(datesOf({ ...period, time_zone: 'UTC' })).toEqual(['2026-11-02', '2026-11-03']);
});

test('a day on which the clocks are changed has 23 or 25 hours', () => {
  const hours = (date: string) => {
    const { since, until } = dayOf(date, 'America/Los_Angeles');
    return (Date.parse(until) - Date.parse(since)) / 3_600_000;
  };
  expect(['2026-03-08', '2026-06-01', '2026-11-01'].map(hours)).toEqual([23, 24, 25]);
});

test('a share of nothing is none', () => {
  expect(insideSla(0, 0)).toEqual({ share: null, count: 0, of: 0 });
  expect(insideSla(2, 1)).toEqual({ share: 0.6667, count: 2, of: 3 });
});

test.each([
  [[], { p50_s: null, p90_s: null, count: 0 }],
  [[[7, 1]], { p50_s: 7, p90_s: 7, count: 1 }],
  [
    [
      [9, 1],
      [3, 1],
    ],
    { p50_s: 3, p90_s: 9, count: 2 },
  ],
  [
    [
      [5, 1],
      [1, 9],
    ],
    { p50_s: 1, p90_s: 1, count: 10 },
  ],
  [
    [
      [5, 2],
      [1, 9],
    ],
    { p50_s: 1, p90_s: 5, count: 11 },
  ],
])('the nearest ranks of %o', (tally, waits) => {
  expect(waitsOf(new Map(tally as [number, number][]))).toEqual(waits);
});
