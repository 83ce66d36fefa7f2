/** What stands on the screen of `fallback watch`, as lines that fit. Pure: size and time come in. */
import { styleText } from 'node:util';
import type { Entry } from '@receptionist/core';
import { entryColumns, entryLook } from '../fallback-words.ts';
import { span } from '../moments.ts';
import { type Column, table } from '../table.ts';
import { cut } from '../text-width.ts';
import type { Board } from './board.ts';
import type { Connection } from './follow.ts';

export interface Size {
  columns: number;
  rows: number;
}

/** Of the header of the table, and the two lines of our own. */
const OTHER_LINES = 3;

export function watchScreen(
  { board, connection }: { board: Board; connection: Connection },
  now: Date,
  size: Size,
): string[] {
  const { waiting, critical } = board.counts();
  const entries = board.top(Math.max(0, size.rows - OTHER_LINES));
  const isFresh = (entry: Entry) => board.isFresh(entry, now);
  const body =
    entries.length === 0
      ? [connection.state === 'connecting' ? '' : 'Nobody waits for a human.']
      : rowsOf(entries, isFresh, now, size);
  const below =
    waiting > entries.length ? `… and ${(waiting - entries.length).toLocaleString('en-US')} more` : '';
  const count =
    waiting === 0 ? 'none waits' : `${waiting.toLocaleString('en-US')} wait, ${critical} critical`;
  const status = cut(`${connectionInWords(connection, now)} · ${count} · q quits`, size.columns);
  const lines = [
    ...body.slice(0, size.rows - (below === '' ? 1 : 2)),
    ...(below === '' ? [] : [cut(below, size.columns)]),
  ];
  return [styleText(connection.state === 'lost' ? ['inverse', 'yellow'] : 'inverse', status), ...lines];
}

function rowsOf(entries: Entry[], isFresh: (entry: Entry) => boolean, now: Date, size: Size): string[] {
  // Seen without colours too.
  const mark: Column<Entry> = { header: ' ', value: (entry) => (isFresh(entry) ? '*' : '') };
  const text = table([mark, ...entryColumns(entries, now)], entries, size.columns, {
    look: (entry) => [...entryLook(entry, now), ...(isFresh(entry) ? (['inverse'] as const) : [])],
  });
  return text.split('\n');
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
