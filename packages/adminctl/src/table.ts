/** Columns for people. Only a terminal's width takes anything away: what goes into a pipe is whole. */
import { styleText } from 'node:util';
import { columnsOf, padded, wrapped } from './text-width.ts';

export interface Column<Row> {
  header: string;
  value: (row: Row) => string;
  /** Words that may be cut before anything else is. */
  elastic?: true;
  /** Left out where there is no room for it; the highest goes first. */
  spare?: number;
}

export type Look = Extract<Parameters<typeof styleText>[0], string>;

export interface TableOptions<Row> {
  /** How a whole row is drawn where there is colour. */
  look?: (row: Row) => Look[];
}

const GAP = '  ';
const MIN_WIDTH = 6;
/** Words that are cut shorter tell nothing. */
const LEGIBLE_WIDTH = 14;
/** Below this, columns of several words are stumps. */
const NARROW = 50;
const MOST_COLUMNS_WHERE_NARROW = 3;

/** `width`: of the terminal in columns, or undefined where there is none. */
export function table<Row>(
  columns: Column<Row>[],
  rows: Row[],
  width?: number,
  options: TableOptions<Row> = {},
): string {
  const { header, lines } = tableLines(columns, rows, width, options);
  return [...header, ...lines.flat()].join('\n');
}

export interface TableLines {
  /** Empty where rows are stacked. */
  header: string[];
  /** Of each row: one, or several where there is no room for columns. */
  lines: string[][];
}

/** As `table`, for whoever has room for some of the rows only. */
export function tableLines<Row>(
  columns: Column<Row>[],
  rows: Row[],
  width?: number,
  { look = () => [] }: TableOptions<Row> = {},
): TableLines {
  const total = width ?? Number.POSITIVE_INFINITY;
  const text = rows.map((row) => columns.map(({ value }) => printable(value(row))));
  const natural = columns.map(({ header }, i) =>
    text.reduce((widest, row) => Math.max(widest, columnsOf(row[i] ?? '')), columnsOf(header)),
  );
  const shown = fitting(columns, natural, total);
  if (total < NARROW && shown.length > MOST_COLUMNS_WHERE_NARROW)
    return { header: [], lines: rows.map((row, i) => stacked(text[i] ?? [], total).map(styled(look(row)))) };
  const widths = fitted(shown, columns, natural, total);
  const line = (cells: string[]) =>
    shown
      .map((i, nth) => padded(cells[i] ?? '', widths[nth] ?? 0))
      .join(GAP)
      .trimEnd();
  const header = styleText('bold', line(columns.map((column) => column.header)));
  return { header: [header], lines: rows.map((row, i) => [styled(look(row))(line(text[i] ?? []))]) };
}

/** The columns for which there is room, by their index, once words are cut as far as they stay legible. */
function fitting<Row>(columns: Column<Row>[], natural: number[], total: number): number[] {
  const shown = columns.map((_, i) => i);
  const least = (i: number) =>
    columns[i]?.elastic ? Math.min(natural[i] ?? 0, LEGIBLE_WIDTH) : (natural[i] ?? 0);
  const needed = () => shown.reduce((sum, i) => sum + least(i) + GAP.length, -GAP.length);
  const spare = shown
    .filter((i) => columns[i]?.spare !== undefined)
    .sort((a, b) => (columns[b]?.spare ?? 0) - (columns[a]?.spare ?? 0));
  for (const i of spare) if (needed() > total) shown.splice(shown.indexOf(i), 1);
  return shown;
}

/** Takes from the widest elastic column, and only where that is not enough from the widest of all. */
function fitted<Row>(shown: number[], columns: Column<Row>[], natural: number[], total: number): number[] {
  const widths = shown.map((i) => natural[i] ?? 0);
  const widest = (mayBeCut: (nth: number) => boolean) =>
    widths.reduce(
      (found, width, nth) =>
        width > MIN_WIDTH && mayBeCut(nth) && width > (widths[found] ?? 0) ? nth : found,
      -1,
    );
  const room = total - GAP.length * (shown.length - 1);
  while (widths.reduce((sum, width) => sum + width, 0) > room) {
    const isElastic = (nth: number) => columns[shown[nth] ?? 0]?.elastic === true;
    const narrowed = [widest(isElastic), widest(() => true)].find((nth) => nth >= 0);
    if (narrowed === undefined) break;
    widths[narrowed] = (widths[narrowed] ?? 0) - 1;
  }
  return widths;
}

/** A row as a few lines, all but the first indented, where there is no room for columns. */
function stacked(cells: string[], width: number): string[] {
  return wrapped(cells.filter((text) => text !== '' && text !== '-').join(GAP), width, GAP.length);
}

function styled(look: Look[]): (line: string) => string {
  return (line) => (look.length === 0 ? line : styleText(look, line));
}

/** On one line, and without the control characters by which a caller's or a colleague's words could steer a terminal. */
export function printable(text: string): string {
  if (/^[\u0021-\u007e]*( [\u0021-\u007e]+)*$/.test(text)) return text;
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Bidi_Control}]/gu, '');
}
