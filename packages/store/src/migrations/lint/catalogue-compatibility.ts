/** What breaks the version that still runs, and what loses or depends on rows: 20 to 37. */
import type { RuleText } from './rule-text.ts';

export const COMPATIBILITY_TEXTS = {
  'drop-column': {
    no: 20,
    dialects: 'both',
    why: 'the version that still runs reads and writes it',
    instead: 'a file of phase contract, which waits until nobody does',
  },
  'drop-table': {
    no: 21,
    dialects: 'both',
    why: 'the version that still runs reads and writes it',
    instead: 'a file of phase contract, which waits until nobody does',
  },
  'drop-schema': {
    no: 22,
    dialects: 'postgres',
    why: 'everything in it is gone at once, and no way leads back',
    instead: 'drop what is in it, piece by piece, in files of phase contract',
  },
  'rename-column': {
    no: 23,
    dialects: 'both',
    why: 'the version that still runs knows the old name, the new one the new name: there is no moment for it',
    instead: 'a new column: `migrate new NAME --replace table.old=new:type` writes its five phases',
  },
  'rename-table': {
    no: 24,
    dialects: 'both',
    why: 'the version that still runs knows the old name, the new one the new name: there is no moment for it',
    instead: 'a new table, written beside the old one, and a backfill; or leave the name',
  },
  'rename-schema': {
    no: 25,
    dialects: 'postgres',
    why: 'every version that runs looks for the old one',
    instead: 'a new schema, into which the tables are copied',
  },
  'rename-enum-value': {
    no: 26,
    dialects: 'postgres',
    why: 'the version that still runs reads and writes the old word',
    instead: 'a new value, a backfill, and the old one no longer written',
  },
  'drop-not-null': {
    no: 27,
    dialects: 'both',
    why: 'the version that still runs does not expect null there',
    instead: 'write no null before a later release; this belongs to phase contract',
  },
  'drop-default': {
    no: 28,
    dialects: 'postgres',
    why: 'the version that still runs relies on it',
    instead: 'a file of phase contract, which waits until nobody does',
  },
  'drop-unique': {
    no: 29,
    dialects: 'both',
    why: 'an `on conflict` of the version that still runs names it, and fails without it',
    instead: 'a file of phase contract, which waits until nobody does',
  },
  'change-signature': {
    no: 30,
    dialects: 'both',
    why: 'the version that still runs, or a trigger, asks for the old one',
    instead: 'a new name beside it; drop the old one in a file of phase contract',
  },
  'change-enum': {
    no: 31,
    dialects: 'postgres',
    why: 'a value cannot be taken back, nor be used in the transaction that adds it, and stands last unless it says where',
    instead: 'say `before` or `after`, with `if not exists`, in a file of its own; or a check on a text',
  },
  truncate: {
    no: 32,
    dialects: 'postgres',
    why: 'every row is gone, those of other tables with CASCADE too',
    instead: 'delete in batches what may go; drop the table in phase contract',
  },
  'drop-cascade': {
    no: 33,
    dialects: 'postgres',
    why: 'it takes along what nobody has named',
    instead: 'drop each of them by name, without CASCADE',
  },
  'change-without-batches': {
    no: 34,
    dialects: 'both',
    why: 'rows stay locked, and dead rows pile up, until the last one is done; without WHERE all of them',
    instead: 'a file of phase backfill, which goes on in batches beside the calls',
  },
  'rows-and-shape-together': {
    no: 35,
    dialects: 'both',
    why: 'the lock of the change of shape is held while the rows are read or written',
    instead: 'the rows in a file of their own, of phase backfill',
  },
  'unique-over-old-rows': {
    no: 36,
    dialects: 'both',
    why: 'two of them may be equal: then it fails, and CONCURRENTLY leaves an invalid index',
    instead:
      'look for them first (`group by … having count(*) > 1`) and say in `-- allow` why there are none',
  },
  'checked-domain': {
    no: 37,
    dialects: 'postgres',
    why: 'a change of its check reads every column of that type, in all tables, while nobody can use them',
    instead: 'a check on the column',
  },
} as const satisfies Record<string, RuleText>;
