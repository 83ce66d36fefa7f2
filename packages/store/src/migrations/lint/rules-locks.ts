/** Locks and rewrites: what keeps everybody waiting on a table in use. Postgres' alone, but for a few. */
import type { Act, Constraint } from './acts.ts';
import type { RuleName } from './catalogue.ts';
import { locksOfAct } from './locks.ts';
import { type ActRule, isInUse, type Scene, tableOf } from './rule.ts';
import { tableOfIndex } from './schema-so-far.ts';

export const LOCK_RULES = {
  'index-not-concurrent': (scene) => {
    const { act } = scene;
    if (act.do !== 'create index' || act.concurrently || !isInUse(scene, act.table)) return null;
    return `The index ${act.name ?? ''} on ${act.table} is built without CONCURRENTLY`;
  },
  'concurrently-in-transaction': ({ act, file }) =>
    'concurrently' in act && act.concurrently && file.transaction
      ? 'CONCURRENTLY stands in a file that runs in a transaction'
      : null,
  'drop-index-not-concurrent': (scene) => {
    const { act, schema, file } = scene;
    if (act.do === 'reindex' && !act.concurrently) return `${act.name} is reindexed without CONCURRENTLY`;
    if (act.do !== 'drop' || act.what !== 'index' || act.concurrently) return null;
    const inUse = act.names.filter((name) => tableOfIndex(schema, name)?.createdIn !== file.id);
    return inUse.length > 0 ? `The index ${inUse.join(', ')} is dropped without CONCURRENTLY` : null;
  },
  'detach-not-concurrent': ({ act }) =>
    act.do === 'detach partition' && !act.concurrently
      ? `${act.table} loses a partition without CONCURRENTLY`
      : null,
  'foreign-key-validated-at-once': (scene) =>
    addedConstraint(scene, ({ type, validated }) => type === 'foreign key' && validated),
  'check-validated-at-once': checkValidatedAtOnce,
  'validated-in-same-transaction': ({ act, file, schema }) => {
    if (act.do !== 'validate constraint' || !file.transaction) return null;
    const addedIn = schema.tables.get(act.table)?.constraints.get(act.name)?.addedIn;
    return addedIn === file.id ? `${act.name} is added and validated in one transaction` : null;
  },
  'unique-without-index': (scene) =>
    addedConstraint(scene, ({ type, usingIndex }) => type === 'unique' && !usingIndex) ??
    addedInline(scene, 'unique'),
  'primary-key-on-table-in-use': (scene) =>
    addedConstraint(scene, ({ type, usingIndex }) => type === 'primary key' && !usingIndex) ??
    addedInline(scene, 'primary key'),
  'exclusion-constraint': (scene) => addedConstraint(scene, ({ type }) => type === 'exclusion'),
  'set-not-null': (scene) => {
    const { act } = scene;
    if (act.do !== 'set not null' || !isInUse(scene, act.table)) return null;
    const proven = tableOf(scene, act.table)?.provenNotNull.has(act.column);
    return proven
      ? null
      : `${act.table}.${act.column} is made NOT NULL without a validated check that says so`;
  },
  'newer-server-needed': ({ act, server }) => {
    const since = act.do === 'add constraint' ? act.constraint.since : null;
    const needed = act.do === 'add column' && act.column.filled === 'virtual' ? 18 : since;
    return needed !== null && needed > server ? `Postgres ${needed} is the first that knows this` : null;
  },
  'required-column-without-default': (scene) => {
    const column = newColumn(scene);
    if (!column?.notNull || column.defaultTo !== 'nothing' || column.filled !== null) return null;
    return `The column ${column.name} is NOT NULL and has no default`;
  },
  'volatile-default': (scene) => {
    const column = newColumn(scene);
    return column?.defaultTo === 'volatile' ? `The default of ${column.name} is computed for each row` : null;
  },
  'computed-column': (scene) => {
    const column = newColumn(scene);
    return column?.filled && column.filled !== 'virtual'
      ? `The column ${column.name} is filled by Postgres (${column.filled})`
      : null;
  },
  'change-column-type': (scene) => {
    const { act } = scene;
    if (act.do !== 'change type' || !isInUse(scene, act.table)) return null;
    const from = tableOf(scene, act.table)?.columns.get(act.column);
    return from && isWidened(from, act.to) ? null : `${act.table}.${act.column} becomes ${act.to.type}`;
  },
  'lock-timeout-changed': ({ act }) =>
    act.do === 'set' && act.name === 'lock_timeout' ? 'lock_timeout is set' : null,
  'more-under-lock': moreUnderLock,
  'scanned-more-than-once': (scene) => {
    const table = scannedByAlter(scene.act);
    if (table === null || !scene.file.transaction || !isInUse(scene, table)) return null;
    const own = new Set(scene.statement.acts);
    const earlier = scene.before.some((act) => !own.has(act) && scannedByAlter(act) === table);
    return earlier ? `${table} is read whole a second time` : null;
  },
  'locks-out-everybody': ({ act }) =>
    act.do === 'lock whole' ? `${act.command.toUpperCase()} ${act.table ?? ''}`.trim() : null,
  'own-transaction': ({ act }) =>
    act.do === 'transaction' ? `${act.command.toUpperCase()} stands in a migration` : null,
} satisfies Partial<Record<RuleName, ActRule>>;

function addedConstraint(scene: Scene, isMeant: (constraint: Constraint) => boolean): string | null {
  const { act } = scene;
  if (act.do !== 'add constraint' || !isInUse(scene, act.table) || !isMeant(act.constraint)) return null;
  const { name, type, columns } = act.constraint;
  return `${name ?? `A ${type}${columns.length > 0 ? ` (${columns.join(', ')})` : ''}`} is added to ${act.table}`;
}

function addedInline(scene: Scene, type: Constraint['type']): string | null {
  const column = newColumn(scene);
  return column?.constraints.some((each) => each.type === type)
    ? `The column ${column.name} is added as ${type}`
    : null;
}

/** Only a column that is there already has anything to be read; a NOT NULL constraint of Postgres 18 is a check too. */
function checkValidatedAtOnce(scene: Scene): string | null {
  const isCheck = ({ type, validated }: Constraint) => (type === 'check' || type === 'not null') && validated;
  const added = addedConstraint(scene, isCheck);
  if (added) return added;
  const column = newColumn(scene);
  return column?.constraints.some(({ type }) => type === 'check')
    ? `The column ${column.name} is added with a check`
    : null;
}

function newColumn(scene: Scene): Extract<Act, { do: 'add column' }>['column'] | null {
  const { act } = scene;
  return act.do === 'add column' && isInUse(scene, act.table) ? act.column : null;
}

type TypeOfColumn = Extract<Act, { do: 'change type' }>['to'];

/** Postgres then changes the catalogue alone. */
function isWidened(from: TypeOfColumn, to: TypeOfColumn): boolean {
  const isText = ({ type }: TypeOfColumn) => type === 'text' || type === 'varchar';
  if (!isText(from) || !isText(to)) return false;
  return to.length === null || (from.length !== null && to.length >= from.length);
}

/** A second table: what takes long on the first, or changes rows, has rules of its own. */
function moreUnderLock(scene: Scene): string | null {
  const { act, before, file, statement } = scene;
  if (!file.transaction || (act.do === 'drop' && act.what === 'index')) return null;
  const own = new Set(statement.acts);
  const locked = before.filter((each) => !own.has(each)).flatMap(locksOfAct);
  const first = locked.find(({ table, lock }) => lock === 'ACCESS EXCLUSIVE' && isTableInUse(scene, table));
  if (!first) return null;
  const next = locksOfAct(act).find(({ table, lock }) => {
    return lock !== 'ROW EXCLUSIVE' && table !== first.table && isTableInUse(scene, table);
  });
  return next ? `${first.table} is locked, and then ${next.table} too` : null;
}

function isTableInUse(scene: Scene, table: string | null): boolean {
  return table !== null && isInUse(scene, table);
}

function scannedByAlter(act: Act): string | null {
  if (
    act.do !== 'add constraint' &&
    act.do !== 'add column' &&
    act.do !== 'set not null' &&
    act.do !== 'change type'
  ) {
    return null;
  }
  return locksOfAct(act).find(({ scans }) => scans)?.table ?? null;
}
