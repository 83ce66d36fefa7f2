import { expect, test } from 'vitest';
import { anEntry, later, START } from './an-entry.ts';
import { createBoard } from './board.ts';

const all = () => createBoard({ isWanted: () => true });
const ids = (board: ReturnType<typeof all>, count = 9) => board.top(count).map(({ entry_id }) => entry_id);

test('stands in the order of the API, whatever comes in which order', () => {
  const board = all();
  board.list([anEntry('fb_b', 100), anEntry('fb_a', 100)]);
  board.put(anEntry('fb_z', 50), START);
  board.put(anEntry('fb_c', 20, { status: 'acknowledged' }), START);
  expect(ids(board)).toEqual(['fb_z', 'fb_a', 'fb_b', 'fb_c']);
  expect(ids(board, 2)).toEqual(['fb_z', 'fb_a']);
  board.put(anEntry('fb_z', 50, { status: 'engaged', engage_due_at: later(60).toISOString() }), START);
  expect(ids(board)).toEqual(['fb_a', 'fb_b', 'fb_c', 'fb_z']);
});

test('says what is new or newly critical, and lets it stand out for a while', () => {
  const board = all();
  board.list([anEntry('fb_a')]);
  expect(board.isFresh(anEntry('fb_a'), START)).toBe(false);
  expect(board.put(anEntry('fb_a', 900, { assignee: 'kim' }), START)).toBe(false);
  expect(board.put(anEntry('fb_a', 120, { severity: 'critical' }), START)).toBe(true);
  expect(board.put(anEntry('fb_b'), START)).toBe(true);
  expect(board.isFresh(anEntry('fb_b'), later(4))).toBe(true);
  expect(board.isFresh(anEntry('fb_b'), later(5))).toBe(false);
  expect(board.counts()).toEqual({ waiting: 2, critical: 1 });
});

test('a resolved one stays where it was for a moment, does not count, and comes back as new', () => {
  const board = all();
  board.list([anEntry('fb_a', 10), anEntry('fb_b', 20)]);
  board.put(anEntry('fb_a', 10, { status: 'resolved' }), START);
  expect(ids(board)).toEqual(['fb_a', 'fb_b']);
  expect(board.counts()).toEqual({ waiting: 1, critical: 0 });
  board.tidy(later(5));
  expect(ids(board)).toEqual(['fb_b']);
  expect(board.put(anEntry('fb_a', 910), later(6))).toBe(true);
  board.tidy(later(60));
  expect(ids(board)).toEqual(['fb_b', 'fb_a']);
});

test('one that was resolved before it was seen never appears', () => {
  const board = all();
  expect(board.put(anEntry('fb_a', 10, { status: 'resolved' }), START)).toBe(false);
  expect(ids(board)).toEqual([]);
});

test('one that is no longer wanted goes', () => {
  const board = createBoard({ isWanted: ({ assignee }) => assignee === 'kim' });
  board.list([anEntry('fb_a', 10, { assignee: 'kim' }), anEntry('fb_b', 10)]);
  expect(ids(board)).toEqual(['fb_a']);
  board.put(anEntry('fb_a', 10, { assignee: 'lex' }), START);
  expect(ids(board)).toEqual([]);
});

test('stays in order through many changes', () => {
  const board = all();
  const due = new Map<string, number>();
  for (let i = 0; i < 2_000; i++) {
    const id = `fb_${String((i * 7_919) % 300).padStart(3, '0')}`;
    due.set(id, (i * 104_729) % 997);
    board.put(anEntry(id, due.get(id)), START);
  }
  const sorted = [...due].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)).map(([id]) => id);
  expect(ids(board, 1_000)).toEqual(sorted);
});
