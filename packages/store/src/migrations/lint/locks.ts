/**
 * Which locks a statement takes and how long it holds them: for a look before it runs. Postgres' are those of its manual, "Explicit
 * Locking"; SQLite has one, for the whole file, beside which readers go on (WAL).
 */
import type { Act, Constraint } from './acts.ts';
import { type Dialect, loadParser } from './parser.ts';
import { readStatement } from './read-acts.ts';
import { locateStatements } from './statements.ts';

export type LockMode =
  | 'ACCESS EXCLUSIVE'
  | 'SHARE ROW EXCLUSIVE'
  | 'SHARE'
  | 'SHARE UPDATE EXCLUSIVE'
  | 'ROW EXCLUSIVE'
  | 'WRITE';

const BLOCKS = {
  'ACCESS EXCLUSIVE': 'reads and writes',
  'SHARE ROW EXCLUSIVE': 'writes',
  SHARE: 'writes',
  'SHARE UPDATE EXCLUSIVE': 'schema changes',
  'ROW EXCLUSIVE': 'nothing',
  WRITE: 'writes',
} as const satisfies Record<LockMode, string>;

export interface Lock {
  /** Null where the statement does not name it. */
  readonly table: string | null;
  readonly lock: LockMode;
  /** It reads or writes the whole table while it holds the lock. */
  readonly scans: boolean;
}

export interface ExpectedLock extends Lock {
  readonly line: number;
  /** Its first line, at most 80 characters. */
  readonly statement: string;
  readonly blocks: (typeof BLOCKS)[LockMode];
}

/** In the order of the statements; what is made by the script itself is in nobody's way and left out. */
export async function locksOf(script: string, dialect: Dialect): Promise<ExpectedLock[]> {
  const parse = await loadParser();
  const statements = locateStatements(script).map((text) => readStatement(text, dialect, parse));
  const made = new Set<string | null>();
  const expected: ExpectedLock[] = [];
  for (const { line, text, acts } of statements) {
    const statement = (text.split('\n', 1)[0] ?? '').slice(0, 80);
    for (const act of acts) {
      if (act.do === 'create table') made.add(act.table);
      const locks = dialect === 'sqlite' ? sqliteLocks(act) : locksOfAct(act);
      const others = locks.filter(({ table }) => !made.has(table));
      expected.push(...others.map((lock) => ({ line, statement, ...lock, blocks: BLOCKS[lock.lock] })));
    }
  }
  return expected;
}

function sqliteLocks(act: Act): Lock[] {
  return locksOfAct(act).map(({ table, scans }) => ({ table, lock: 'WRITE', scans }));
}

export function locksOfAct(act: Act): Lock[] {
  switch (act.do) {
    case 'create table':
      return targets([...act.constraints, ...act.columns.flatMap(({ constraints }) => constraints)]);
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
    case 'alter table':
      return [exclusive(act.table, false)];
    case 'rename':
      return [exclusive(act.table ?? act.from, false)];
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
      ];
    case 'create index':
      return [{ table: act.table, lock: act.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE', scans: true }];
    case 'reindex':
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
      return [{ table: act.table, lock: 'ROW EXCLUSIVE', scans: act.from.length > 0 }];
    case 'truncate':
      return act.tables.map((table) => exclusive(table, false));
    case 'lock whole':
      return [exclusive(act.table, true)];
    default:
      return [];
  }
}

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

function lockOfDrop({ what, names, table, concurrently }: Extract<Act, { do: 'drop' }>): Lock[] {
  if (what === 'trigger') return [exclusive(table, false)];
  if (what !== 'index' && what !== 'table') return [];
  const lock = concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE';
  return names.map((name) => ({ table: name, lock, scans: false }));
}
