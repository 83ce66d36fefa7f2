/** Locks and rewrites: 1 to 19. */
import type { RuleText } from './rule-text.ts';

export const LOCK_TEXTS = {
  'index-not-concurrent': {
    no: 1,
    dialects: 'postgres',
    why: 'nothing can be written to the table while the index is built',
    instead: '`create index concurrently if not exists …`, in a file of its own with `-- transaction: no`',
  },
  'concurrently-in-transaction': {
    no: 2,
    dialects: 'postgres',
    why: 'Postgres refuses it inside a transaction',
    instead: 'a file of its own with `-- transaction: no`',
  },
  'drop-index-not-concurrent': {
    no: 3,
    dialects: 'postgres',
    why: 'it waits for, and then keeps out, everybody who uses the table',
    instead: '`drop index concurrently if exists …` or `reindex … concurrently`, with `-- transaction: no`',
  },
  'detach-not-concurrent': {
    no: 4,
    dialects: 'postgres',
    why: 'it keeps out everybody who uses the partitioned table',
    instead: '`detach partition … concurrently`, with `-- transaction: no`',
  },
  'foreign-key-validated-at-once': {
    no: 5,
    dialects: 'postgres',
    why: 'every row is looked up while nothing can be written to either table',
    instead: '`add constraint … not valid`, and `validate constraint …` in a later file',
  },
  'check-validated-at-once': {
    no: 6,
    dialects: 'postgres',
    why: 'every row is read while nobody can use the table',
    instead: '`add constraint … check (…) not valid`, and `validate constraint …` in a later file',
  },
  'validated-in-same-transaction': {
    no: 6,
    dialects: 'postgres',
    why: 'the lock that NOT VALID took is held while every row is read, so that nothing was won',
    instead: '`validate constraint …` in a later file, or `-- transaction: no`',
  },
  'unique-without-index': {
    no: 7,
    dialects: 'postgres',
    why: 'its index is built while nobody can use the table',
    instead: '`create unique index concurrently …`, then `add constraint … unique using index …`',
  },
  'primary-key-on-table-in-use': {
    no: 8,
    dialects: 'postgres',
    why: 'its index is built, and where the column is new every row written anew, while nobody can use the table',
    instead:
      '`create unique index concurrently …` on columns that are not null, then `add primary key using index …`',
  },
  'exclusion-constraint': {
    no: 9,
    dialects: 'postgres',
    why: 'it has no form that does not keep everybody out while its index is built',
    instead:
      'a new table that has it from the start, filled by a backfill; or a unique index over what overlaps',
  },
  'set-not-null': {
    no: 10,
    dialects: 'postgres',
    why: 'every row is read while nobody can use the table',
    instead:
      '`add constraint … check (column is not null) not valid`, validate it in a later file, then `set not null`, which then reads nothing (from Postgres 18: `add constraint … not null column not valid`, then validate)',
  },
  'newer-server-needed': {
    no: 10,
    dialects: 'postgres',
    why: 'it fails on the oldest server that we support',
    instead: 'a check instead of a NOT NULL constraint, a plain column instead of a virtual one',
  },
  'required-column-without-default': {
    no: 11,
    dialects: 'both',
    why: 'it fails on a table that has rows, and so does each insert of the version that still runs',
    instead: 'a column that may be null or has a constant default; ask for it in the contract',
  },
  'volatile-default': {
    no: 12,
    dialects: 'postgres',
    why: 'every row is written anew while nobody can use the table',
    instead: 'add the column without it, `set default` for new rows, and fill the old ones by a backfill',
  },
  'computed-column': {
    no: 13,
    dialects: 'postgres',
    why: 'every row is written anew while nobody can use the table',
    instead: 'a plain column, a trigger that fills it, and a backfill',
  },
  'change-column-type': {
    no: 14,
    dialects: 'postgres',
    why: 'every row and index is written anew while nobody can use the table, and the version that still runs reads another type',
    instead: 'a new column: `migrate new NAME --replace table.old=new:type` writes its five phases',
  },
  'lock-timeout-changed': {
    no: 15,
    dialects: 'postgres',
    why: 'the engine sets the timeouts and tries again: who waits longer behind a slow reader keeps everybody else out meanwhile',
    instead: 'leave it to the engine',
  },
  'more-under-lock': {
    no: 16,
    dialects: 'postgres',
    why: 'a statement before it has locked out everybody, and goes on to until the transaction ends',
    instead: 'a file of its own, before or after',
  },
  'scanned-more-than-once': {
    no: 17,
    dialects: 'postgres',
    why: 'each reads the whole table under its lock',
    instead: 'one `alter table` with all parts, which reads it once',
  },
  'locks-out-everybody': {
    no: 18,
    dialects: 'both',
    why: 'nobody can use the table until it has ended',
    instead: 'plain VACUUM outside of migrations, `concurrently`, or a lock on the rows that matter',
  },
  'own-transaction': {
    no: 19,
    dialects: 'both',
    why: 'the engine has its own transaction, in which the migration is also noted: this would end it half-way',
    instead: 'leave it out; `-- transaction: no` where a statement must stand alone',
  },
} as const satisfies Record<string, RuleText>;
