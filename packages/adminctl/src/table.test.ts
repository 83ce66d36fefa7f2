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

const many = ['a', 'b', 'c', 'd', 'e'].map((header) => ({
  header,
  value: () => header.repeat(12),
  ...(header === 'c' ? { spare: 2 } : header === 'b' ? { spare: 1 } : {}),
}));

test('columns that can be spared go, the first to be spared first, before anything else is cut', () => {
  expect(lines(table(many, [0], 68))[0]).toBe('a             b             c             d             e');
  expect(lines(table(many, [0], 67))[0]).toBe('a             b             d             e');
  expect(lines(table(many, [0], 53))[0]).toBe('a             d             e');
});

test('where there is no room for columns a row becomes a few lines', () => {
  const wide = many.map(({ header, value }) => ({ header, value }));
  expect(lines(table(wide, [0], 40))).toEqual([
    'aaaaaaaaaaaa  bbbbbbbbbbbb  cccccccccccc',
    '  dddddddddddd  eeeeeeeeeeee',
  ]);
});

test('a wide character takes two columns, a mark none', () => {
  const rows = [
    { id: '東京', words: 'x' },
    { id: 'e\u0301', words: 'x' },
  ];
  expect(lines(table(columns, rows)).slice(1)).toEqual(['東京  x', 'e\u0301     x']);
});

test("nobody's words can steer the terminal or break a line", () => {
  const rows = [{ id: 'a', words: 'red \u001b[31m\r\nand\u202e back\u0007' }];
  expect(table(columns, rows).split('\n')[1]).toBe('a   red [31m and back');
});
