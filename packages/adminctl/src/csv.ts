/** CSV as RFC 4180 has it, safe to open in a spreadsheet. */

/** One record, with its line end. */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map((cell) => quoted(harmless(String(cell ?? '')))).join(',')}\r\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/**
 * A spreadsheet takes for a formula what begins so (OWASP, "CSV Injection"), and a caller chooses their words: such a cell gets
 * an apostrophe in front. A number in E.164 is left as it is; there is nothing in it that could be run.
 */
function harmless(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) && !/^\+\d+$/.test(cell) ? `'${cell}` : cell;
}
