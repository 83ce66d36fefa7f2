import { expect, test } from 'vitest';
import { createFailureLimit } from './failure-limit.ts';

function limitAt(start: string, addresses = 100) {
  let at = Date.parse(start);
  const limit = createFailureLimit({ now: () => new Date(at), perMinute: 2, addresses });
  return { ...limit, pass: (seconds: number) => (at += seconds * 1000) };
}

test('beyond the limit it says when to come back, and starts anew then', () => {
  const { count, pass } = limitAt('2026-11-22T09:00:00Z');
  expect([count('a'), count('a')]).toEqual([null, null]);
  pass(20);
  expect(count('a')).toBe(40);
  expect(count('b')).toBeNull();
  pass(40);
  expect(count('a')).toBeNull();
});

test('it remembers a bounded number of addresses', () => {
  const { count } = limitAt('2026-11-22T09:00:00Z', 2);
  for (const address of ['a', 'a', 'b', 'c']) count(address);
  expect(count('a')).toBeNull();
});
