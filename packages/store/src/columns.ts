/** How values are written into columns, whatever the database. */

const NOT_TEXT = '\uFFFD';

/** Text as every database takes it: Postgres refuses NUL, and half a surrogate pair is no UTF-8. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', NOT_TEXT);
}

/** JSON for a column, with the same two exceptions, in which `JSON.stringify` writes an escape that jsonb refuses. */
export function toJson(value: unknown): string {
  return JSON.stringify(value ?? null).replace(/\\(?:u0000|ud[89a-f]..|.)/g, (escaped) =>
    escaped.length > 2 ? NOT_TEXT : escaped,
  );
}
