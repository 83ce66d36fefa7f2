import { expect, it } from 'vitest';
import { createBreaker } from './breaker.ts';

it('rests after three failures in a row, then lets one caller try', () => {
  let ms = 0;
  const breaker = createBreaker({ now: () => ms });
  const fail = () => breaker.record('failed');

  fail();
  fail();
  breaker.record('well');
  fail();
  fail();
  expect(breaker.allows()).toBe(true);
  fail();
  expect(breaker.allows()).toBe(false);

  ms = 30_000;
  expect(breaker.allows()).toBe(true);
  expect(breaker.allows()).toBe(false);
  fail();
  ms = 59_999;
  expect(breaker.allows()).toBe(false);
  ms = 60_000;
  expect(breaker.allows()).toBe(true);
  breaker.record('well');
  expect(breaker.allows()).toBe(true);
});
