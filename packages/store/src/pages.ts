/** Keyset pages: a cursor holds the keys of the last item, so that a page costs the same wherever it lies. */
import { Problem } from '@receptionist/core';

export interface Page<T> {
  items: T[];
  /** Opaque; null on the last page. */
  next_cursor: string | null;
}

/** `limit` 1 to 500. @throws Problem `invalid_parameter` for a cursor that is not one of ours. */
export interface PageRequest {
  limit: number;
  cursor: string | null;
}

const KEYS = {
  text: (key: unknown): key is string => typeof key === 'string',
  instant: (key: unknown): key is string =>
    typeof key === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(key) &&
    !Number.isNaN(Date.parse(key)),
  number: (key: unknown): key is number => Number.isSafeInteger(key),
};

type KeyKind = keyof typeof KEYS;
type Keys<Kinds extends readonly KeyKind[]> = {
  [I in keyof Kinds]: Kinds[I] extends 'number' ? number : string;
};

/** The cursors of one list. `list` keeps those of another list out. */
export function cursors<const Kinds extends readonly KeyKind[]>(list: string, kinds: Kinds) {
  return {
    write: (keys: Keys<Kinds>): string => Buffer.from(JSON.stringify([list, ...keys])).toString('base64url'),
    /** @throws Problem `invalid_parameter` */
    read(cursor: string | null): Keys<Kinds> | null {
      if (cursor === null) return null;
      const [from, ...keys] = parsed(cursor);
      const fits =
        from === list && keys.length === kinds.length && kinds.every((kind, i) => KEYS[kind](keys[i]));
      if (!fits) throw notACursor();
      return keys as unknown as Keys<Kinds>;
    },
  };
}

function parsed(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function notACursor(): Problem {
  const message =
    'is not a cursor of this list. Take next_cursor of the page before, or leave it out for the first page';
  return new Problem('invalid_parameter', `cursor ${message}.`, { errors: [{ path: 'cursor', message }] });
}

/** A page of at most `limit` from rows that were asked for with `limit + 1`: one more tells that there is a next page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  cursorOf: (row: Row) => string,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    next_cursor: last !== undefined && rows.length > limit ? cursorOf(last) : null,
  };
}
