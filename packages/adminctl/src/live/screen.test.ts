import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { columnsOf } from '../text-width.ts';
import { anEntry, later, START } from './an-entry.ts';
import { createBoard } from './board.ts';
import type { Connection } from './follow.ts';
import { watchScreen } from './screen.ts';

const connected: Connection = { state: 'connected', since: START };

function boardOf(count: number) {
  const board = createBoard({ isWanted: () => true });
  board.list(Array.from({ length: count }, (_, i) => anEntry(`fb_${String(i).padStart(6, '0')}`, 60 + i)));
  return board;
}

const screen = (
  board: ReturnType<typeof boardOf>,
  columns: number,
  rows: number,
  connection: Connection = connected,
) => watchScreen({ board, connection }, later(5), { columns, rows }).map(stripVTControlCharacters);

test('the most urgent stand on top, and what does not fit is counted', () => {
  const lines = screen(boardOf(10_000), 80, 8);
  expect(lines).toHaveLength(8);
  expect(lines[0]).toBe('connected for 5s · 10,000 wait, 0 critical · q quits');
  expect(lines[2]).toMatch(/^ {3}000000 {2}ack in 55s +standard/);
  expect(lines.at(-1)).toBe('… and 9,995 more');
});

test('what is new is marked without colours too', () => {
  const board = boardOf(1);
  board.put(anEntry('fb_new', 10), later(4));
  expect(screen(board, 80, 8)[2]).toMatch(/^\* {2}/);
});

test.each([20, 40, 80, 120, 300])('a terminal of %i columns and 10 rows holds it', (columns) => {
  const lines = screen(boardOf(50), columns, 10);
  expect(lines.length).toBeLessThanOrEqual(10);
  expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(columns);
});

test('where rows take several lines, whole ones are shown, and only those', () => {
  const lines = screen(boardOf(50), 40, 11);
  expect(lines).toHaveLength(10);
  expect(lines.filter((line) => line.startsWith('0000'))).toHaveLength(4);
  expect(lines.at(-1)).toBe('… and 46 more');
});

test.each([1, 2, 3])('a terminal of %i rows does not deny that somebody waits', (rows) => {
  const lines = screen(boardOf(50), 80, rows);
  expect(lines.length).toBeLessThanOrEqual(rows);
  expect(lines.join('\n')).toContain('50 wait');
  expect(lines.join('\n')).not.toContain('Nobody');
});

test('says when it tries again', () => {
  const lost: Connection = { state: 'lost', why: 'away', retryAt: later(7.5) };
  expect(screen(boardOf(0), 80, 5, lost)).toEqual([
    'reconnecting in 3 s · none waits · q quits',
    'Nobody waits for a human.',
  ]);
});
