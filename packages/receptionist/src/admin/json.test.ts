import { Problem } from '@receptionist/core';
import { expect, test } from 'vitest';
import { readJson } from './json.ts';

const read = (text: string) => readJson(new TextEncoder().encode(text));
const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof Problem ? error.code : error;
  }
  return 'accepted';
};

test.each([
  ['half a surrogate pair', '{"a":"\\ud800"}'],
  ['NUL in a value', '{"a":["\\u0000"]}'],
  ['NUL in a name', '{"\\u0000":1}'],
  ['a way to the prototype', '{"a":{"\\u005f_proto__":{}}}'],
  ['a depth that overflows the stack', `${'['.repeat(49_000)}${']'.repeat(49_000)}`],
  ['a comma too many', '{"a":1,}'],
  ['nothing', ''],
])('%s is refused', (_what, text) => {
  expect(refusal(() => read(text))).toBe('invalid_body');
});

test('broken UTF-8 is refused', () => {
  expect(refusal(() => readJson(new Uint8Array([0x22, 0xc3, 0x28, 0x22])))).toBe('invalid_body');
});

test('of a name that stands twice the last value counts', () => {
  expect(read('{"a":1,"a":"😀"}')).toEqual({ a: '😀' });
});
