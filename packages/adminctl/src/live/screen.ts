/** What stands on the screen of `fallback watch`, as lines that fit. Pure: size and time come in. */
import { styleText } from 'node:util';
import type { Entry } from '@receptionist/core';
import { entryColumns, entryLook } from '../fallback-words.ts';
import { span } from '../moments.ts';
import { type Column, type TableLines, tableLines } from '../table.ts';
import { cut } from '../text-width.ts';
import type { Board } from './board.ts';
import type { Connection } from './follow.ts';

export interface Size {
  columns: number;
  rows: number;
}

export function watchScreen(
  { board, connection }: { board: Board; connection: Connection },
  now: Date,
  size: Size,
): string[] {
  const { waiting, critical } = board.counts();
  const count =
    waiting === 0 ? 'none waits' : `${waiting.toLocaleString('en-US')} wait, ${critical} critical`;
  const status = cut(`${connectionInWords(connection, now)} · ${count} · q quits`, size.columns);
  const rows = queue(board, waiting, now, { ...size, rows: size.rows - 1 });
  const isQuiet = waiting === 0 && rows.length === 0 && connection.state !== 'connecting';
  return [
    styleText(connection.state === 'lost' ? ['inverse', 'yellow'] : 'inverse', status),
    ...(isQuiet ? ['Nobody waits for a human.'] : rows),
  ].slice(0, size.rows);
}

/** Whole rows only, and how many wait below them. */
function queue(board: Board, waiting: number, now: Date, size: Size): string[] {
  const entries = board.top(size.rows);
  if (entries.length === 0) return [];
  const { header, lines } = rowsOf(entries, board, now, size);
  const below = (shown: number) =>
    waiting - entries.slice(0, shown).filter(({ status }) => status !== 'resolved').length;
  const room = size.rows - header.length;
  const all = fitting(lines, room);
  if (below(all) === 0) return [...header, ...lines.slice(0, all).flat()];
  const shown = fitting(lines, room - 1);
  const more = cut(`… and ${below(shown).toLocaleString('en-US')} more`, size.columns);
  return [...header, ...lines.slice(0, shown).flat(), more].slice(-size.rows);
}

/** How many of the rows, from the first on, have room. */
function fitting(rows: readonly string[][], room: number): number {
  let left = room;
  const first = rows.findIndex(({ length }) => {
    left -= length;
    return left < 0;
  });
  return first < 0 ? rows.length : first;
}

function rowsOf(entries: Entry[], board: Board, now: Date, { columns }: Size): TableLines {
  const isFresh = (entry: Entry) => board.isFresh(entry, now);
  // Seen without colours too.
  const mark: Column<Entry> = { header: ' ', value: (entry) => (isFresh(entry) ? '*' : '') };
  return tableLines([mark, ...entryColumns(entries, now)], entries, columns, {
    look: (entry) => [...entryLook(entry, now), ...(isFresh(entry) ? (['inverse'] as const) : [])],
  });
}

function connectionInWords(connection: Connection, now: Date): string {
  switch (connection.state) {
    case 'connecting':
      return 'connecting';
    case 'connected':
      return `connected for ${span(now.getTime() - connection.since.getTime())}`;
    case 'lost': {
      const left = Math.max(0, Math.ceil((connection.retryAt.getTime() - now.getTime()) / 1000));
      return `reconnecting in ${left} s`;
    }
  }
}
