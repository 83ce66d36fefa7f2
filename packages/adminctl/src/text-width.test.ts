import { expect, test } from 'vitest';
import { columnsOf, cut, padded, wrapped } from './text-width.ts';

test.each([
  ['', 0],
  ['plain', 5],
  ['Zoë', 3],
  ['Zoe\u0308', 3],
  ['東京', 4],
  ['👩‍⚕️!', 3],
])('%j takes %i columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
});

test('what is too long is cut where a character ends, and says so', () => {
  expect(cut('appointment', 11)).toBe('appointment');
  expect(cut('appointment', 6)).toBe('appoi…');
  expect(cut('東京都', 4)).toBe('東…');
  expect(padded('東京都', 4)).toBe('東… ');
});

test('lines break between words, and those after the first are indented', () => {
  expect(wrapped('caller: I want to talk to a person', 14, 2)).toEqual([
    'caller: I want',
    '  to talk to a',
    '  person',
  ]);
});

test('only a word that is longer than a line is broken', () => {
  expect(wrapped('see fb_01m82s4wd0hbkgd6vxq1vg1t5m now', 16)).toEqual([
    'see',
    'fb_01m82s4wd0hbk',
    'gd6vxq1vg1t5m',
    'now',
  ]);
});

test('an indentation stays, and without a width nothing breaks', () => {
  expect(wrapped('  two spaces', Number.POSITIVE_INFINITY, 4)).toEqual(['  two spaces']);
  expect(wrapped('', 10)).toEqual(['']);
});
