import { expect, it } from 'vitest';
import { createThrottle, type Pressure } from './throttle.ts';

const LIMITS = { batch: 1_000, batch_ms: 20, duty: 0.5 };
const CALM: Pressure = { batch_ms: 20, waiting: 0, probe_ms: null, replica_lag_ms: null };

it('works for its share of the time', () => {
  expect(createThrottle(LIMITS).after(CALM)).toBe(20);
  expect(createThrottle({ ...LIMITS, duty: 0.25 }).after(CALM)).toBe(60);
});

it('makes a batch as large as its time allows: slowly larger, at once smaller, and never tiny', () => {
  const throttle = createThrottle(LIMITS);
  throttle.after({ ...CALM, batch_ms: 5 });
  expect(throttle.batch).toBe(1_250);
  throttle.after({ ...CALM, batch_ms: 40 });
  expect(throttle.batch).toBe(625);
  for (let slow = 0; slow < 10; slow++) throttle.after({ ...CALM, batch_ms: 1_000 });
  expect(throttle.batch).toBe(50);
  for (let fast = 0; fast < 100; fast++) throttle.after({ ...CALM, batch_ms: 0 });
  expect(throttle.batch).toBe(10_000);
});

it.each<[string, Partial<Pressure>]>([
  ['somebody waits for a lock', { waiting: 1 }],
  ['a replica falls behind', { replica_lag_ms: 1_001 }],
  ['a commit takes longer than at rest', { probe_ms: 12 }],
])('steps back further and further while %s, and forgets it afterwards', (_, pressure) => {
  const throttle = createThrottle(LIMITS);
  throttle.after({ ...CALM, probe_ms: 3 });
  const pressed = { ...CALM, ...pressure };
  expect([1, 2, 3].map(() => throttle.after(pressed))).toEqual([50, 100, 200]);
  for (let again = 0; again < 10; again++) throttle.after(pressed);
  expect(throttle.after(pressed)).toBe(2_000);
  expect(throttle.after({ ...CALM, probe_ms: 4, replica_lag_ms: 900 })).toBe(20);
  expect(throttle.after(pressed)).toBe(50);
});

it('tries less, and later, after it met others', () => {
  const throttle = createThrottle(LIMITS);
  expect([throttle.afterConflict(), throttle.afterConflict()]).toEqual([50, 100]);
  expect(throttle.batch).toBe(250);
});
