/**
 * Walks a table in ranges of its key. A file says `KEY > :after and KEY <= :upto`, for several columns
 * `(a, b) > :after and (a, b) <= :upto`.
 */
import { Problem } from '@receptionist/core';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../schema.ts';

/** Of one row; each column of the key as text, since a driver's number or date would lose digits. */
export type Key = readonly string[];

export interface KeyRange {
  /** Exclusive; null: from the beginning. */
  after: Key | null;
  /** Inclusive. */
  upto: Key;
  rows: number;
}

export interface KeyedTable {
  table: string;
  /** Unique, and an index has them in this order. */
  key: readonly string[];
}

/** The next so many rows; null: there are none. `upto`: not beyond it. @throws Problem rather than come to the same one again */
export async function nextRange(
  db: Db,
  { table, key }: KeyedTable,
  { after, upto = null, rows }: { after: Key | null; upto?: Key | null; rows: number },
): Promise<KeyRange | null> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  const descending = sql.join(key.map((column) => sql`${sql.ref(column)} desc`));
  const shown = sql.join(
    key.map((column, i) => sql`cast(${sql.ref(column)} as text) as ${sql.ref(`key_${i}`)}`),
  );
  const bounds = [
    after ? sql`(${columns}) > (${sql.join([...after])})` : sql`1 = 1`,
    upto ? sql`(${columns}) <= (${sql.join([...upto])})` : sql`1 = 1`,
  ];
  const { rows: found } = await sql<Record<string, string> & { rows: number }>`
    with page as (
      select ${columns} from ${sql.table(table)} where ${bounds[0]} and ${bounds[1]} order by ${columns} limit ${rows}
    )
    select ${shown}, (select count(*) from page) as "rows" from page order by ${descending} limit 1`.execute(
    db,
  );
  const [last] = found;
  if (!last) return null;
  const range = { after, upto: key.map((_, i) => last[`key_${i}`] ?? ''), rows: last.rows };
  if (range.upto.join('\n') !== after?.join('\n')) return range;
  throw new Problem(
    'internal',
    `The key ${key.join(', ')} of ${table} does not sort as its text does: ${range.upto}.`,
  );
}

const LOWER_BOUND = /(\([^()]*\)|[\w."]+)\s*>\s*:after\b/g;
/** Not a cast, as in `::text`. */
const PLACEHOLDER = /(?<!:):(after|upto)\b/;

export function hasRange(script: string): boolean {
  const statement = withoutComments(script);
  return /(?<!:):after\b/.test(statement) && /(?<!:):upto\b/.test(statement);
}

/** The statement for one range. @throws Problem `internal` for a lower bound that is written in another way */
export function forRange<T>(
  script: string,
  { after, upto }: Pick<KeyRange, 'after' | 'upto'>,
): RawBuilder<T> {
  const statement = withoutComments(script);
  const bounded = after ? statement : statement.replaceAll(LOWER_BOUND, '1 = 1');
  const pieces = bounded.split(PLACEHOLDER);
  const parts = pieces.map((piece, i) => {
    if (i % 2 === 0) return sql.raw(piece);
    if (piece === 'upto') return value(upto);
    if (after) return value(after);
    throw new Problem(
      'internal',
      'The statement uses :after other than as KEY > :after, which the first range cannot have. Write KEY > :after and KEY <= :upto.',
    );
  });
  return sql<T>`${sql.join(parts, sql``)}`;
}

function value(key: Key): RawBuilder<unknown> {
  const values = sql.join([...key]);
  return key.length === 1 ? values : sql`(${values})`;
}

/** Whole lines, and the end of the last statement: what remains is one statement. */
function withoutComments(script: string): string {
  return script
    .replaceAll(/^\s*--.*$/gm, '')
    .trim()
    .replace(/;$/, '');
}
