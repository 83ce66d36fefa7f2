/**
 * Every rule: what it says and what to write instead. The numbers are those of docs/migration-lint.md, which lists beside
 * them the hazards that are no rule here, and why.
 */
export interface RuleText {
  readonly no: number;
  readonly dialects: 'both' | 'postgres' | 'sqlite';
  readonly why: string;
  readonly instead: string;
}

const RULES_BY_NAME = {
  'index-not-concurrent': {
    no: 1,
    dialects: 'postgres',
    why: 'nothing can be written to the table while the index is built',
    instead: '`create index concurrently if not exists …`, in a file of its own with `-- transaction: no`',
  },
  'concurrently-in-transaction': {
    no: 2,
    dialects: 'postgres',
    why: 'Postgres refuses CONCURRENTLY inside a transaction',
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
    why: 'the engine sets it to 2 s and tries again: who waits longer behind a slow reader keeps everybody else out meanwhile',
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
    dialects: 'postgres',
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
    why: 'rows that are there already may be equal: then it fails, and CONCURRENTLY leaves an invalid index',
    instead:
      'look for them first (`group by … having count(*) > 1`) and say in `-- allow` why there are none',
  },
  'checked-domain': {
    no: 37,
    dialects: 'postgres',
    why: 'a change of its check reads every column of that type, in all tables, while nobody can use them',
    instead: 'a check on the column',
  },
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
  'table-without-tenant': {
    no: 50,
    dialects: 'both',
    why: 'rows of all tenants stand together in it, with nothing that tells them apart',
    instead: '`tenant_id text not null`; for a table that is shared on purpose say so in `-- allow`',
  },
  'tenant-not-first': {
    no: 50,
    dialects: 'both',
    why: 'what begins with another column cannot find the rows of one tenant',
    instead: 'tenant_id as the first column',
  },
  'unique-without-tenant': {
    no: 51,
    dialects: 'both',
    why: 'one tenant’s rows keep another tenant’s out, and tell that they exist',
    instead: 'tenant_id as its first column, or a column that is an id of ours',
  },
  'foreign-key-without-tenant': {
    no: 54,
    dialects: 'both',
    why: 'a row of one tenant can point to a row of another',
    instead: '`foreign key (tenant_id, …) references … (tenant_id, …)`',
  },
  'twin-missing': {
    no: 56,
    dialects: 'both',
    why: 'the two databases no longer have the same schema',
    instead:
      'a file of the same name in the other folder; where there is nothing to do, one without statements',
  },
  'twin-differs': {
    no: 56,
    dialects: 'both',
    why: 'the two databases would be in different phases of one change',
    instead: 'the same phase in both',
  },
  'contract-with-expand': {
    no: 57,
    dialects: 'both',
    why: 'who upgrades by one release still runs the code that needs the old shape',
    instead: 'the contract in a later release than what it needs',
  },
  'contract-ungated': {
    no: 58,
    dialects: 'both',
    why: 'nothing says which backfill and which switch must be over before it may run',
    instead: '`-- needs:` the switch (or the backfill, or the expand where there is none)',
  },
  'contract-without-grace': {
    no: 58,
    dialects: 'both',
    why: 'who goes back to the version before finds its shape gone',
    instead: 'leave `-- grace:` at its 24 h, or say in `-- allow` why nobody goes back',
  },
  'trigger-without-guard': {
    no: 59,
    dialects: 'both',
    why: 'two triggers that write for each other go round for ever, or overwrite what was just written',
    instead: '`when (new.x is distinct from old.x)`, or `pg_trigger_depth() < 2`; in SQLite a `when` too',
  },
  'trigger-unverified': {
    no: 59,
    dialects: 'both',
    why: 'nothing ever compares the two shapes that it is to keep equal',
    instead: 'a backfill of its table (`-- table:`) with a `-- verify` section',
  },
  'backfill-not-resumable': {
    no: 60,
    dialects: 'both',
    why: 'a run that was killed can neither go on from where it stood nor say that it is done',
    instead:
      '`-- table:`, `-- key:`, `-- batch:`, one statement between :after and :upto that leaves finished rows alone, and `-- verify`',
  },
  'no-way-back': {
    no: 61,
    dialects: 'both',
    why: 'whoever must go back has to find out by night how',
    instead: 'a section `-- down`, also where it has nothing to do',
  },
  'table-rebuilt': {
    no: 62,
    dialects: 'sqlite',
    why: 'every row is copied under SQLite’s only lock, and views, triggers and foreign keys must be made anew by hand',
    instead:
      'a new column beside the old one; where it must be, say in `-- allow` how many rows there can be',
  },
  'not-sql': {
    no: 63,
    dialects: 'both',
    why: 'the parser cannot read it, so no rule has looked at it',
    instead: 'mend the statement',
  },
  'allow-without-reason': {
    no: 64,
    dialects: 'both',
    why: 'who reads it later cannot tell whether the reason still holds',
    instead: '`-- allow: RULE reason`',
  },
  'allow-unused': {
    no: 65,
    dialects: 'both',
    why: 'there is no such finding (any more), or no such rule: it would hide the next one',
    instead: 'take it out',
  },
} as const satisfies Record<string, RuleText>;

export type RuleName = keyof typeof RULES_BY_NAME;

export const RULES: Readonly<Record<RuleName, RuleText>> = RULES_BY_NAME;
