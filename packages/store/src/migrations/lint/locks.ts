/**
 * Which lock each act takes, and whether it holds it for as long as the table is read. Postgres' are those of its manual, "Explicit
 * Locking", and of what `pg_locks` says (locks.postgres.test.ts); SQLite has one, for the whole file, beside which readers go on (WAL).
 */
import {
  type Act,
  type Constraint,
  type CreateTable,
  constraintsOf,
  type LockMode,
  type Renamed,
} from './acts.ts';

/** What others wait for; the stronger ones stand later. */
export const BLOCKS = {
  'ACCESS SHARE': 'nothing',
  'ROW SHARE': 'nothing',
  'ROW EXCLUSIVE': 'nothing',
  'SHARE UPDATE EXCLUSIVE': 'schema changes',
  SHARE: 'writes',
  'SHARE ROW EXCLUSIVE': 'writes',
  EXCLUSIVE: 'writes',
  'ACCESS EXCLUSIVE': 'reads and writes',
  WRITE: 'writes',
} as const satisfies Record<LockMode, string>;

export interface Lock {
  /** Null where the statement does not name it. */
  readonly table: string | null;
  readonly lock: LockMode;
  /** It reads or writes the whole table while it holds the lock. */
  readonly scans: boolean;
}

/** On what it names; see unnamed-locks.ts for the rest. */
export function locksOfAct(act: Act): Lock[] {
  switch (act.do) {
    case 'create table':
      return [...parents(act), ...targets(constraintsOf(act))];
    case 'add column':
      return [exclusive(act.table, addingScans(act.column)), ...targets(act.column.constraints)];
    case 'change type':
    case 'set not null':
      return [exclusive(act.table, true)];
    case 'drop column':
    case 'drop not null':
    case 'set default':
    case 'drop default':
    case 'drop constraint':
      return [exclusive(act.table, false)];
    case 'alter table':
      return [{ table: act.table, lock: act.lock, scans: false }];
    case 'attach partition':
      return [
        { table: act.table, lock: 'SHARE UPDATE EXCLUSIVE', scans: false },
        exclusive(act.partition, true),
      ];
    case 'rename':
      return lockOfRename(act);
    case 'create view':
      return act.replaces ? [exclusive(act.name, false)] : [];
    case 'add constraint':
      return lockOfConstraint(act.table, act.constraint);
    case 'validate constraint':
      return [{ table: act.table, lock: 'SHARE UPDATE EXCLUSIVE', scans: true }];
    case 'detach partition':
      return [
        {
          table: act.table,
          lock: act.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE',
          scans: false,
        },
        exclusive(act.partition, false),
      ];
    case 'create index':
      return [{ table: act.table, lock: act.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE', scans: true }];
    case 'reindex':
      // The table's own is weaker, but who reads it looks at each of its indexes first.
      return [
        {
          table: act.name,
          lock: act.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE',
          scans: true,
        },
      ];
    case 'create trigger':
      return [{ table: act.table, lock: 'SHARE ROW EXCLUSIVE', scans: false }];
    case 'drop':
      return lockOfDrop(act);
    case 'update':
    case 'delete':
      return [{ table: act.table, lock: 'ROW EXCLUSIVE', scans: true }];
    case 'insert':
      return [{ table: act.table, lock: 'ROW EXCLUSIVE', scans: false }];
    case 'truncate':
      return act.tables.map((table) => exclusive(table, false));
    case 'lock whole':
      return (act.tables.length > 0 ? act.tables : [null]).map((table) => {
        return { table, lock: act.lock, scans: !BRIEF.includes(act.command) };
      });
    default:
      return [];
  }
}

/** A sample of the rows is enough for `analyze`. */
const BRIEF: readonly string[] = ['lock table', 'analyze'];

function exclusive(table: string | null, scans: boolean): Lock {
  return { table, lock: 'ACCESS EXCLUSIVE', scans };
}

function addingScans({
  defaultTo,
  filled,
  constraints,
}: Extract<Act, { do: 'add column' }>['column']): boolean {
  const checked = constraints.some(
    ({ type }) => type === 'check' || type === 'unique' || type === 'primary key',
  );
  return defaultTo === 'volatile' || filled === 'identity' || filled === 'generated' || checked;
}

function parents({ parents: names, isPartition }: CreateTable): Lock[] {
  const lock = isPartition ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE';
  return names.map((table) => ({ table, lock, scans: false }));
}

/** The tables that foreign keys point to. */
function targets(constraints: readonly Constraint[]): Lock[] {
  return constraints.flatMap(({ target }) =>
    target === null ? [] : [{ table: target, lock: 'SHARE ROW EXCLUSIVE' as const, scans: false }],
  );
}

function lockOfConstraint(table: string, constraint: Constraint): Lock[] {
  const { type, validated, usingIndex } = constraint;
  if (type !== 'foreign key') return [exclusive(table, validated && !usingIndex)];
  return [{ table, lock: 'SHARE ROW EXCLUSIVE', scans: validated }, ...targets([constraint])];
}

const RELATIONS: readonly string[] = ['table', 'view', 'sequence', 'index', 'column', 'constraint'];

function isBesideTable(what: Renamed): boolean {
  return what === 'trigger' || what === 'rule';
}

function lockOfRename({ what, table, from }: Extract<Act, { do: 'rename' }>): Lock[] {
  if (what === 'index') return [{ table: from, lock: 'SHARE UPDATE EXCLUSIVE', scans: false }];
  const touched = isBesideTable(what) || RELATIONS.includes(what) ? (table ?? from) : null;
  return touched === null ? [] : [exclusive(touched, false)];
}

function lockOfDrop({ what, names, table, concurrently }: Extract<Act, { do: 'drop' }>): Lock[] {
  if (isBesideTable(what)) return [exclusive(table, false)];
  if (!RELATIONS.includes(what)) return [];
  const lock = concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE';
  return names.map((name) => ({ table: name, lock, scans: false }));
}
