import { expect, test } from 'vitest';
import { nearest, notOneOf } from './suggestion.ts';

const PLANS = ['free', 'core', 'pro', 'enterprise'];

test.each([
  ['coer', 'core'],
  ['Core', 'core'],
  ['pr', 'pro'],
  ['enterprize', 'enterprise'],
  ['gold', null],
  ['', null],
  ['x'.repeat(100_000), null],
])('near to %.20s is %s', (word, expected) => {
  expect(nearest(word, PLANS)).toBe(expected);
});

test('what was found is shown, but not without end', () => {
  expect(notOneOf('gold', PLANS)).toBe('"gold" is none of: free, core, pro, enterprise.');
  expect(notOneOf('x'.repeat(100_000), PLANS).length).toBeLessThan(150);
});
