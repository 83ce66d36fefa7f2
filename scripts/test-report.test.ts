import { expect, it } from 'vitest';
import { report } from './test-report.ts';

const outcome = { passed: 3, failed: 1, skipped: { 'redis-server': 2 }, passedOn: {} };

it('names what was skipped, and how to get it, before it counts', () => {
  expect(report(outcome, false)).toEqual([
    'skipped: 2 for want of redis-server (apt-get install redis-server)',
    '3 passed, 1 failed',
  ]);
});

it('counts a skip as a failure where nothing may be skipped', () => {
  expect(report(outcome, true)).toEqual([
    'failed: 2 for want of redis-server (apt-get install redis-server)',
    '3 passed, 3 failed',
  ]);
});

it('says nothing of skips where there are none', () => {
  expect(report({ passed: 4, failed: 0, skipped: {}, passedOn: {} }, true)).toEqual(['4 passed, 0 failed']);
});

it('counts what passed on each database', () => {
  const outcome = { passed: 9, failed: 0, skipped: {}, passedOn: { sqlite: 4, postgres: 3 } };
  expect(report(outcome, true)).toEqual(['sqlite: 4 passed', 'postgres: 3 passed', '9 passed, 0 failed']);
});
