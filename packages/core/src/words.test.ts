import { expect, it } from 'vitest';
import { overlap, topics } from './words.ts';

it.each([
  ['Do you take insurance?', 'is my plan covered', 1],
  ['Do you take insurance?', 'do you offer a payment plan', 0],
  ['Is there wifi?', 'do you have Wi-Fi', 1],
])('%s and "%s": %f', (wanted, given, share) => {
  expect(overlap(topics(wanted), topics(given))).toBe(share);
});
