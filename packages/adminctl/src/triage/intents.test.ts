import { STATUSES } from '@receptionist/core';
import { expect, test } from 'vitest';
import { CHOICES, choicesFrom, intentOf, refusal } from './intents.ts';

test('each key has one meaning, in capitals too', () => {
  const keys = CHOICES.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  for (const { key, intent } of CHOICES) expect(intentOf(key.toUpperCase())).toBe(intent);
});

test.each([
  ['right', 'skip'],
  ['left', 'back'],
  ['ctrl-c', 'interrupt'],
  ['x', null],
  ['', null],
  [null, 'quit'],
])('%j: %j', (key, intent) => {
  expect(intentOf(key)).toBe(intent);
});

test('what is not offered is refused with the reason, and nothing else is', () => {
  expect(refusal('reopen', 'open')).toBe('It is open; o is for what is resolved.');
  expect(refusal('engage', 'engaged')).toBe('It is engaged; e is for what is open or acknowledged.');
  for (const status of STATUSES) {
    for (const { intent } of choicesFrom(status)) expect(refusal(intent, status)).toBeNull();
    expect(refusal('interrupt', status)).toBeNull();
  }
});
