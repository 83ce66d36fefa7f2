/** Tenants, twins and phases, and the lint itself: from 50. */
import type { RuleText } from './rule-text.ts';

export const HOUSE_TEXTS = {
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
  'backfill-of-another-table': {
    no: 60,
    dialects: 'both',
    why: 'it goes through the keys of one table and changes the rows of another: rows are left out, and nobody sees it',
    instead: 'as `-- table:` the one that its statement changes, and a key of that',
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
  'not-a-migration': {
    no: 66,
    dialects: 'both',
    why: 'the engine refuses the whole folder for it',
    instead: 'mend the file; `migrate new NAME` writes one that is right',
  },
} as const satisfies Record<string, RuleText>;
