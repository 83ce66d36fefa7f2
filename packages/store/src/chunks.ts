/** SQLite takes 32,766 parameters in a statement. */
const MOST_ROWS = 1_000;

/** As many at once as one statement takes. */
export function chunks<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / MOST_ROWS);
  return Array.from({ length: count }, (_, i) => items.slice(i * MOST_ROWS, (i + 1) * MOST_ROWS));
}
