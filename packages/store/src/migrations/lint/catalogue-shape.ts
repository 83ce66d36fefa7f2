/** Types, names and style: 38 to 49. */
import type { RuleText } from './rule-text.ts';

export const SHAPE_TEXTS = {
  'json-column': {
    no: 38,
    dialects: 'postgres',
    why: 'json cannot be compared, so that DISTINCT, UNION and GROUP BY fail',
    instead: 'jsonb; or text with a check where it is given back to the letter',
  },
  'length-limited-text': {
    no: 39,
    dialects: 'postgres',
    why: 'another limit is another type: shrinking it writes every row anew, and char pads with blanks',
    instead: 'text, with a check on its length where there must be one',
  },
  'timestamp-without-zone': {
    no: 40,
    dialects: 'postgres',
    why: 'it means another moment in each session’s time zone',
    instead: 'timestamptz',
  },
  'small-key': {
    no: 41,
    dialects: 'postgres',
    why: 'it ends at two thousand million, and making it larger writes every row anew',
    instead: 'bigint',
  },
  'serial-column': {
    no: 42,
    dialects: 'postgres',
    why: 'its sequence has rights and an owner of its own, and any value can be written past it',
    instead: '`bigint generated always as identity`',
  },
  'name-too-long': {
    no: 43,
    dialects: 'postgres',
    why: 'Postgres silently cuts names after 63 bytes, and two of them become one',
    instead: 'a shorter name',
  },
  'assigned-twice': {
    no: 44,
    dialects: 'both',
    why: 'one of the two is lost in SQLite, and Postgres refuses it',
    instead: 'name each column once',
  },
  'schema-named': {
    no: 45,
    dialects: 'both',
    why: 'the engine applies a file to each schema by search_path: a name with its schema means the same one each time',
    instead: 'the name alone',
  },
  'not-repeatable': {
    no: 46,
    dialects: 'both',
    why: 'outside of a transaction it may have happened when the engine dies: the next run begins there again and fails',
    instead: '`if not exists`, `if exists`, `or replace`; or a transaction',
  },
  'foreign-key-without-index': {
    no: 47,
    dialects: 'both',
    why: 'each delete or change of a key over there reads this whole table',
    instead: 'an index that begins with the columns of the foreign key',
  },
  'wide-index': {
    no: 48,
    dialects: 'both',
    why: 'from the fourth column on an index mostly costs writes',
    instead: 'the columns that find the rows; `include (…)` for those that are only read',
  },
  'enum-type': {
    no: 49,
    dialects: 'postgres',
    why: 'its values can be added and never taken back',
    instead: 'text with a check, or a table of the values',
  },
} as const satisfies Record<string, RuleText>;
