/** Locks and rewrites: what keeps everybody waiting on a table in use. Postgres' alone, but for a few. */
import type { Act, Constraint } from './acts.ts';
import type { RuleName } from './catalogue.ts';
import { BLOCKS, type Lock, locksOfAct } from './locks.ts';
import {
  type ActRule,
  constraintOf,
  indexInWords,
  isBlock,
  isInUse,
  type Scene,
  subjectOf,
  tableOf,
  thingsInWords,
} from './rule.ts';
import { isProvenNotNull, tableOfIndex } from './schema-so-far.ts';
import { isWidened } from './types.ts';

export const LOCK_RULES = {
  'index-not-concurrent': (scene) => {
    const { act } = scene;
    if (act.do !== 'create index' || act.concurrently || !isInUse(scene, act.table)) return null;
    return `${indexInWords(act)} is built without CONCURRENTLY`;
  },
  'concurrently-in-transaction': ({ act, file }) => {
    const alone = file.transaction ? standsAlone(act) : null;
    return alone === null ? null : `${alone} stands in a file that runs in a transaction`;
  },
  'drop-index-not-concurrent': (scene) => {
    const { act, schema, file } = scene;
    if (act.do === 'reindex' && !act.concurrently) return `${act.name} is reindexed without CONCURRENTLY`;
    if (act.do !== 'drop' || act.what !== 'index' || act.concurrently) return null;
    const inUse = act.names.filter((name) => tableOfIndex(schema, name)?.createdIn !== file.id);
    return inUse.length > 0 ? `${thingsInWords('index', inUse)} dropped without CONCURRENTLY` : null;
  },
  'detach-not-concurrent': ({ act }) =>
    act.do === 'detach partition' && !act.concurrently
      ? `${act.table} loses a partition without CONCURRENTLY`
      : null,
  'foreign-key-validated-at-once': (scene) =>
    addedConstraint(scene, ({ type, validated }) => type === 'foreign key' && validated) ??
    // Where there is no default the column is null in each row, and Postgres looks up nothing.
    (newColumn(scene)?.defaultTo === 'nothing' ? null : addedInline(scene, 'foreign key')),
  'check-validated-at-once': checkValidatedAtOnce,
  'validated-in-same-transaction': (scene) => {
    const { act, file } = scene;
    if (act.do !== 'validate constraint' || !file.transaction) return null;
    const addedIn = constraintOf(scene, act)?.addedIn;
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
    return isProvenNotNull(tableOf(scene, act.table), act.column)
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
    return `The column ${subjectOf(scene.act)} is NOT NULL and has no default`;
  },
  'volatile-default': (scene) => {
    const column = newColumn(scene);
    return column?.defaultTo === 'volatile'
      ? `The default of ${subjectOf(scene.act)} is computed for each row`
      : null;
  },
  'computed-column': (scene) => {
    const column = newColumn(scene);
    const isKey = column?.constraints.some(({ type }) => type === 'primary key');
    return column?.filled && column.filled !== 'virtual' && !isKey
      ? `The column ${subjectOf(scene.act)} is filled by Postgres (${column.filled})`
      : null;
  },
  'change-column-type': (scene) => {
    const { act } = scene;
    if (act.do !== 'change type' || !isInUse(scene, act.table)) return null;
    const from = tableOf(scene, act.table)?.columns.get(act.column);
    return from && isWidened(from, act.to) ? null : `${act.table}.${act.column} becomes ${act.to.type}`;
  },
  'lock-timeout-changed': ({ act }) =>
    act.do === 'set' && TIMEOUTS.has(act.name) ? `${act.name.toUpperCase()} is set` : null,
  'more-under-lock': moreUnderLock,
  'scanned-more-than-once': (scene) => {
    const table = scannedByAlter(scene, scene.act);
    if (table === null || !scene.file.transaction || !isInUse(scene, table)) return null;
    const own = new Set(scene.statement.acts);
    const earlier = scene.before.some((act) => !own.has(act) && scannedByAlter(scene, act) === table);
    return earlier ? `${table} is read whole a second time` : null;
  },
  'locks-out-everybody': (scene) => {
    const { act } = scene;
    if (act.do !== 'lock whole' || !keepsOut(act)) return null;
    const inUse = act.tables.filter((table) => isInUse(scene, table));
    if (act.tables.length > 0 && inUse.length === 0) return null;
    return `${act.command.toUpperCase()} ${inUse.join(', ')}`.trim();
  },
  'own-transaction': ({ act, file, statement }) => {
    // Outside of a transaction a block may have its own.
    if (act.do !== 'transaction' || (isBlock(statement) && !file.transaction)) return null;
    return `${act.command.toUpperCase()} stands in a migration`;
  },
} satisfies Partial<Record<RuleName, ActRule>>;

const TIMEOUTS = new Set(['lock_timeout', 'statement_timeout', 'all']);

function standsAlone(act: Act): string | null {
  if (act.do === 'stand alone') return act.command.toUpperCase();
  if (act.do === 'lock whole') return act.command === 'vacuum' ? 'VACUUM' : null;
  return 'concurrently' in act && act.concurrently ? `CONCURRENTLY for ${subjectOf(act)}` : null;
}

/** Who asks for a lock by name has it until the end; what a command takes for itself hurts where it stops reads. */
function keepsOut({ command, lock }: Extract<Act, { do: 'lock whole' }>): boolean {
  if (lock === 'ACCESS EXCLUSIVE') return true;
  return command === 'lock table' && BLOCKS[lock] === 'writes';
}

function addedConstraint(scene: Scene, isMeant: (constraint: Constraint) => boolean): string | null {
  const { act } = scene;
  if (act.do !== 'add constraint' || !isInUse(scene, act.table) || !isMeant(act.constraint)) return null;
  const { name, type, columns } = act.constraint;
  return `${name ?? `A ${type}${columns.length > 0 ? ` (${columns.join(', ')})` : ''}`} is added to ${act.table}`;
}

function addedInline(scene: Scene, type: Constraint['type']): string | null {
  const column = newColumn(scene);
  return column?.constraints.some((each) => each.type === type)
    ? `The column ${subjectOf(scene.act)} is added as ${type}`
    : null;
}

/** A NOT NULL constraint of Postgres 18 is a check too. */
function checkValidatedAtOnce(scene: Scene): string | null {
  const isCheck = ({ type, validated }: Constraint) => (type === 'check' || type === 'not null') && validated;
  const added = addedConstraint(scene, isCheck);
  if (added) return added;
  const column = newColumn(scene);
  return column?.constraints.some(({ type }) => type === 'check')
    ? `The column ${subjectOf(scene.act)} is added with a check`
    : null;
}

function newColumn(scene: Scene): Extract<Act, { do: 'add column' }>['column'] | null {
  const { act } = scene;
  return act.do === 'add column' && isInUse(scene, act.table) ? act.column : null;
}

/** A second table: what takes long on the first, or changes rows, has rules of its own. */
function moreUnderLock(scene: Scene): string | null {
  const { act, before, file, statement } = scene;
  if (!file.transaction || (act.do === 'drop' && act.what === 'index')) return null;
  const own = new Set(statement.acts);
  const locked = before.filter((each) => !own.has(each)).flatMap(locksOfAct);
  const first = locked.find(({ table, lock }) => lock === 'ACCESS EXCLUSIVE' && isTableInUse(scene, table));
  if (!first) return null;
  const next = locksOfAct(act).find((lock) => {
    return isFelt(lock) && lock.table !== first.table && isTableInUse(scene, lock.table);
  });
  return next ? `${first.table} is locked, and then ${next.table} too` : null;
}

/** A comment, say, is not: nobody waits for its lock, and it is over at once. */
function isFelt({ lock, scans }: Lock): boolean {
  return lock !== 'ROW EXCLUSIVE' && (scans || BLOCKS[lock].endsWith('writes'));
}

function isTableInUse(scene: Scene, table: string | null): boolean {
  return table !== null && isInUse(scene, table);
}

const READ_TOGETHER: readonly Act['do'][] = [
  'add constraint',
  'add column',
  'set not null',
  'change type',
  'validate constraint',
];

/** What one `alter table` would do in one go; foreign keys are looked up one by one all the same. */
function scannedByAlter(scene: Scene, act: Act): string | null {
  if (!READ_TOGETHER.includes(act.do)) return null;
  if (act.do === 'add constraint' && act.constraint.type === 'foreign key') return null;
  if (act.do === 'validate constraint' && constraintOf(scene, act)?.type === 'foreign key') return null;
  return locksOfAct(act).find(({ scans }) => scans)?.table ?? null;
}
