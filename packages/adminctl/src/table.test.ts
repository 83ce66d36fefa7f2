import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { table } from './table.ts';

const columns = [
  { header: 'ID', value: ({ id }: { id: string; words: string }) => id },
  { header: 'WORDS', value: ({ words }: { id: string; words: string }) => words },
];
const lines = (text: string) => stripVTControlCharacters(text).split('\n');

test('columns are as wide as what is in them', () => {
  const rows = [
    { id: 'a', words: 'one' },
    { id: 'long', words: 'two words' },
  ];
  expect(lines(table(columns, rows))).toEqual(['ID    WORDS', 'a     one', 'long  two words']);
});

test('a terminal cuts the widest column, a pipe nothing', () => {
  const rows = [{ id: 'abc', words: 'x'.repeat(50) }];
  expect(lines(table(columns, rows, 20))[1]).toBe(`abc  ${'x'.repeat(14)}…`);
  expect(lines(table(columns, rows))[1]).toHaveLength(55);
});

test('words that may be cut are cut first, however narrow they become', () => {
  const rows = [{ id: 'x'.repeat(30), words: 'y'.repeat(20) }];
  const [id, words] = columns;
  if (!id || !words) throw new Error('two columns');
  expect(lines(table([id, { ...words, elastic: true }], rows, 45))[1]).toBe(
    `${'x'.repeat(30)}  ${'y'.repeat(12)}…`,
  );
  expect(lines(table([id, { ...words, elastic: true }], rows, 30))[1]).toBe(
    `${'x'.repeat(21)}…  ${'y'.repeat(5)}…`,
  );
});

test("nobody's words can steer the terminal or break a line", () => {
  const rows = [{ id: 'a', words: 'red \u001b[31m\r\nand\u202e back\u0007' }];
  expect(table(columns, rows).split('\n')[1]).toBe('a   red [31m and back');
});
