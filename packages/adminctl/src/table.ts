/** Columns for people. Only a terminal's width cuts anything: what goes into a pipe is whole. */
import { styleText } from 'node:util';

export interface Column<Row> {
  header: string;
  value: (row: Row) => string;
  /** Words that may be cut before anything else is. */
  elastic?: true;
}

const GAP = '  ';
const MIN_WIDTH = 6;

/** `width`: of the terminal in characters, or undefined where there is none. */
export function table<Row>(columns: Column<Row>[], rows: Row[], width?: number): string {
  const headers = columns.map(({ header }) => header);
  const cells = rows.map((row) => columns.map(({ value }) => printable(value(row))));
  const widths = fitted(
    headers.map((header, i) => Math.max(header.length, ...cells.map((row) => lengthOf(row[i] ?? '')))),
    columns.map(({ elastic }) => elastic === true),
    (width ?? Number.POSITIVE_INFINITY) - GAP.length * (columns.length - 1),
  );
  const line = (row: string[]) =>
    row
      .map((text, i) => pad(text, widths[i] ?? 0))
      .join(GAP)
      .trimEnd();
  return [styleText('bold', line(headers)), ...cells.map(line)].join('\n');
}

/** Takes from the widest elastic column, and only where that is not enough from the widest of all. */
function fitted(natural: number[], elastic: boolean[], total: number): number[] {
  const widths = [...natural];
  const widest = (mayBeCut: (column: number) => boolean) =>
    widths.reduce(
      (found, width, i) => (width > MIN_WIDTH && mayBeCut(i) && width > (widths[found] ?? 0) ? i : found),
      -1,
    );
  while (widths.reduce((sum, width) => sum + width, 0) > total) {
    const narrowed = [widest((i) => elastic[i] === true), widest(() => true)].find((i) => i >= 0);
    if (narrowed === undefined) break;
    widths[narrowed] = (widths[narrowed] ?? 0) - 1;
  }
  return widths;
}

function pad(text: string, width: number): string {
  const characters = [...text];
  if (characters.length > width) return `${characters.slice(0, width - 1).join('')}…`;
  return text + ' '.repeat(width - characters.length);
}

function lengthOf(text: string): number {
  return [...text].length;
}

/** On one line, and without the control characters by which a caller's or a colleague's words could steer a terminal. */
export function printable(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Bidi_Control}]/gu, '');
}
