/** Which locks a script takes: by its statements, and by what the migrations before it have made. */
import { migrationsFolder } from '../../migrations-folder.ts';
import type { Act, LockMode } from './acts.ts';
import { BLOCKS, type Lock, locksOfAct } from './locks.ts';
import { type Dialect, loadParser, type Parse } from './parser.ts';
import { readStatement } from './read-acts.ts';
import { readFolder } from './read-folder.ts';
import { apply, emptySchema, isProvenNotNull, type KnownSchema, schemaAfter } from './schema-so-far.ts';
import { locateStatements } from './statements.ts';
import { isWidened } from './types.ts';
import { partitionsOf, unnamedLocks } from './unnamed-locks.ts';

export interface ExpectedLock extends Lock {
  readonly line: number;
  /** Its first line, at most 80 characters. */
  readonly statement: string;
  readonly blocks: (typeof BLOCKS)[LockMode];
}

/**
 * In the order of the statements; what is made by the script itself is in nobody's way and left out.
 * @param migrations the folder of `postgres/` and `sqlite/`, of which the script may be one
 */
export async function locksOf(
  script: string,
  dialect: Dialect,
  migrations = new URL('../', migrationsFolder(dialect)),
): Promise<ExpectedLock[]> {
  const parse = await loadParser();
  const schema = dialect === 'sqlite' ? emptySchema() : await schemaBefore(script, migrations, parse);
  const made = new Set<string | null>();
  return locateStatements(script).flatMap((sql) => {
    const { line, text, acts } = readStatement(sql, dialect, parse);
    for (const act of acts) if (act.do === 'create table') made.add(act.table);
    const locks = acts.flatMap((act) =>
      dialect === 'sqlite' ? sqliteLocks(act) : postgresLocks(act, schema),
    );
    for (const act of acts) apply(schema, act, '');
    const statement = (text.split('\n', 1)[0] ?? '').slice(0, 80);
    return asStrongAsNeeded(locks)
      .filter(({ table }) => !made.has(table))
      .map((lock) => ({ line, statement, ...lock, blocks: BLOCKS[lock.lock] }));
  });
}

/** The script is known by its first statement; one that is none of the migrations comes after them. */
async function schemaBefore(script: string, migrations: URL, parse: Parse): Promise<KnownSchema> {
  const [first] = locateStatements(script);
  const names = ['postgres', 'postgres-tenant'];
  const folders = await Promise.all(names.map((name) => readFolder(migrations, name, parse)));
  const series = folders.map(({ files }) => files);
  for (const files of series) {
    const place = files.findIndex(({ statements }) => first && statements[0]?.text === first.text);
    if (place >= 0) return schemaAfter(files.slice(0, place));
  }
  return schemaAfter(series[0] ?? []);
}

function postgresLocks(act: Act, schema: KnownSchema): Lock[] {
  // A partitioned table has no rows of its own.
  const hasRows = ({ table }: Lock) => partitionsOf(schema, table).length === 0;
  const reads = !isKnownToFit(act, schema);
  const named = locksOfAct(act).map((lock) => ({ ...lock, scans: lock.scans && reads && hasRows(lock) }));
  return [...named, ...unnamedLocks(act, schema)];
}

/** What the rows have is enough already, so that none is looked at. */
function isKnownToFit(act: Act, { tables }: KnownSchema): boolean {
  if (act.do === 'set not null') return isProvenNotNull(tables.get(act.table), act.column);
  if (act.do !== 'change type') return false;
  const from = tables.get(act.table)?.columns.get(act.column);
  return from !== undefined && isWidened(from, act.to);
}

function sqliteLocks(act: Act): Lock[] {
  return locksOfAct(act).map(({ table, scans }) => ({ table, lock: 'WRITE', scans }));
}

/** Postgres takes the strongest lock that a part of the statement needs before it begins with the first. */
function asStrongAsNeeded(locks: readonly Lock[]): Lock[] {
  const strength = (lock: LockMode) => Object.keys(BLOCKS).indexOf(lock);
  return locks.map((each) => {
    const same = locks.filter(({ table }) => table === each.table).map(({ lock }) => lock);
    return { ...each, lock: same.reduce((a, b) => (strength(b) > strength(a) ? b : a), each.lock) };
  });
}
