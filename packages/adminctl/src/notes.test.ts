import { expect, test } from 'vitest';
import { givenNotes } from './notes.ts';

const read = async () => 'from stdin\nin two lines\n';

test('words, or stdin without its last line break', async () => {
  expect(await givenNotes(' called back ', { flag: '--notes', ids: ['a'], read })).toBe('called back');
  expect(await givenNotes('-', { flag: '--notes', ids: ['a'], read })).toBe('from stdin\nin two lines');
});

test.each([
  ['', 'is blank'],
  ['x'.repeat(10_001), 'has 10001 characters; an entry takes 10000'],
])('refused: %.3s', async (notes, why) => {
  await expect(givenNotes(notes, { flag: '--notes', ids: ['a'] })).rejects.toThrow(`--notes ${why}`);
});

test('stdin has ids or notes, not both', async () => {
  await expect(givenNotes('-', { flag: '--notes', ids: ['-'], read })).rejects.toThrow('Stdin has the ids');
});
