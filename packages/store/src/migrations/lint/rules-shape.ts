/** What new tables, columns and indexes look like: types, names, and whose rows they hold. */
import {
  type Act,
  type Column,
  type Constraint,
  type CreateTable,
  columnsOf,
  constraintsOf,
} from './acts.ts';
import type { RuleName } from './catalogue.ts';
import { type ActRule, indexInWords, isBlock, type Scene, subjectOf, tableIn, tableOf } from './rule.ts';
import { isTenantOwned, type KnownTable } from './schema-so-far.ts';

/** Of Postgres' identifiers, in bytes. */
const LONGEST_NAME = 63;
const MOST_COLUMNS = 3;

export const SHAPE_RULES = {
  'json-column': typeRule(({ type }) => type === 'json'),
  'length-limited-text': (scene) =>
    // A change of the limit is a change of type.
    scene.act.do === 'change type' && tableOf(scene, scene.act.table)?.columns.has(scene.act.column)
      ? null
      : LIMITED_TEXT(scene),
  'timestamp-without-zone': typeRule(({ type }) => type === 'timestamp'),
  'small-key': (scene) => {
    const keys = constraintsOf(scene.act).filter(isKey).flatMap(loneColumn);
    const small = columnsOf(scene.act).find(
      ({ name, type }) => /^(int[24]|(small)?serial[24]?)$/.test(type) && keys.includes(name),
    );
    // A key that a check pins to few values never grows.
    return small && !isPinned(small) ? `The key ${tableIn(scene.act)}.${small.name} is ${small.type}` : null;
  },
  'serial-column': typeRule(({ type }) => /serial/.test(type)),
  'name-too-long': ({ statement, act }) => {
    if (act !== statement.acts[0]) return null;
    const long = namesIn(statement.text).find((name) => Buffer.byteLength(name) > LONGEST_NAME);
    return long === undefined ? null : `${long.slice(0, 20)}… has ${Buffer.byteLength(long)} bytes`;
  },
  'schema-named': (scene) => {
    const { statement, act } = scene;
    if (act.do === 'set' && act.name === 'search_path') return 'search_path is set';
    if (act !== statement.acts[0]) return null;
    // A tenant's schema points to what is shared.
    const isAllowed = (name: string) => isTenantFolder(scene) && name.startsWith('public.');
    const named = statement.qualified.find((name) => !isAllowed(name));
    return named === undefined ? null : `${named} is named with its schema`;
  },
  'not-repeatable': ({ act, file, statement, before }) => {
    // A block asks by itself what is there.
    return file.transaction || isBlock(statement) || isRepeatable(act, before)
      ? null
      : `${act.do.toUpperCase()} of ${subjectOf(act)} can happen only once`;
  },
  'wide-index': ({ act }) =>
    act.do === 'create index' && !act.unique && act.columns.length > MOST_COLUMNS
      ? `${indexInWords(act)} has ${act.columns.length} columns`
      : null,
  'enum-type': ({ act }) => (act.do === 'create enum' ? `The type ${act.name} is an enum` : null),
  'table-without-tenant': (scene) => {
    const { act } = scene;
    if (act.do !== 'create table' || act.temporary || isTenantFolder(scene)) return null;
    if (!isOwned(scene)) return `The table ${act.table} has no tenant_id`;
    return mayBeNobodys(act) ? `${act.table}.tenant_id may be null` : null;
  },
  'tenant-not-first': (scene) => {
    const columns = uniqueColumns(scene).find((each) => each.indexOf('tenant_id') > 0);
    return columns ? `(${columns.join(', ')}) of ${tableIn(scene.act)} does not begin with tenant_id` : null;
  },
  'unique-without-tenant': (scene) => {
    const columns = uniqueColumns(scene).find(
      (each) => !each.includes('tenant_id') && !each.some((column) => identifiesTenant(scene, column)),
    );
    return columns ? `(${columns.join(', ')}) of ${tableIn(scene.act)} is unique over all tenants` : null;
  },
  'foreign-key-without-tenant': (scene) => {
    const loose = constraintsOf(scene.act).find(
      ({ type, target, columns }) =>
        type === 'foreign key' &&
        !columns.includes('tenant_id') &&
        target !== null &&
        isTenantOwned(tableOf(scene, target)) &&
        !isTableOfTenants(tableOf(scene, target)),
    );
    return loose && isOwned(scene) && !isTenantFolder(scene)
      ? `(${loose.columns.join(', ')}) of ${tableIn(scene.act)} points to ${loose.target} without tenant_id`
      : null;
  },
} satisfies Partial<Record<RuleName, ActRule>>;

const LIMITED_TEXT = typeRule(
  ({ type, limits }) => type === 'bpchar' || (type === 'varchar' && limits.length > 0),
);

/** Words outside of texts and comments, and whatever is quoted as a name. */
function namesIn(sql: string): string[] {
  const plain = sql.replace(/'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
  const names = plain.match(/"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  return names.map((name) => name.replace(/^"(.*)"$/s, '$1').replaceAll('""', '"'));
}

function typeRule(isMeant: (type: Pick<Column, 'type' | 'limits'>) => boolean): ActRule {
  return ({ act }) => {
    if (act.do === 'change type')
      return isMeant(act.to) ? `${act.table}.${act.column} becomes ${act.to.type}` : null;
    const column = columnsOf(act).find(isMeant);
    return column ? `The column ${tableIn(act)}.${column.name} is ${column.type}` : null;
  };
}

function isKey({ type }: Constraint): boolean {
  return type === 'primary key' || type === 'foreign key';
}

/** Beside another column but tenant_id it only counts within that one. */
function loneColumn({ columns }: Constraint): readonly string[] {
  const others = columns.filter((column) => column !== 'tenant_id');
  return others.length === 1 ? others : [];
}

function isPinned({ constraints }: Column): boolean {
  return constraints.some(({ type }) => type === 'check');
}

/** The sets of columns that the act makes unique in a table that tenants share. */
function uniqueColumns(scene: Scene): readonly (readonly string[])[] {
  const { act } = scene;
  if (!isOwned(scene) || isTenantFolder(scene)) return [];
  if (act.do === 'create index')
    return act.unique ? [act.columns.map((column) => column ?? '(expression)')] : [];
  return constraintsOf(act)
    .filter(({ type, usingIndex }) => (type === 'unique' || type === 'primary key') && !usingIndex)
    .map(({ columns }) => columns);
}

/** What stands there is applied to each tenant's own schema. */
function isTenantFolder({ file }: Scene): boolean {
  return file.folder !== file.dialect;
}

function isOwned(scene: Scene): boolean {
  const { act } = scene;
  if (act.do === 'create table') {
    const sources = [...act.like, ...act.parents].map((name) => tableOf(scene, name));
    return act.columns.some(({ name }) => name === 'tenant_id') || sources.some(isTenantOwned);
  }
  return 'table' in act && act.table !== null && isTenantOwned(tableOf(scene, act.table));
}

function mayBeNobodys({ columns, constraints }: CreateTable): boolean {
  const isKept = constraints.some(({ notNull }) => notNull.includes('tenant_id'));
  return columns.some(
    ({ name, type, notNull }) => name === 'tenant_id' && type !== '' && !notNull && !isKept,
  );
}

/** Whatever points to it is a tenant's id itself. */
function isTableOfTenants(table: KnownTable | undefined): boolean {
  return table?.primaryKey.columns.join() === 'tenant_id';
}

/** An id of ours is made at random, or counted over all: it belongs to one tenant, and no caller chooses it. */
function identifiesTenant({ act, schema }: Scene, column: string): boolean {
  const isOnlyKey = constraintsOf(act).some(
    ({ type, columns }) => type === 'primary key' && columns.length === 1 && columns[0] === column,
  );
  const own = columnsOf(act).find(({ name }) => name === column);
  if (isOnlyKey && (/(^|_)id$/.test(column) || own?.filled === 'identity' || column === 'seq')) return true;
  return schema.tables
    .values()
    .some(
      (table) =>
        isTenantOwned(table) &&
        table.primaryKey.columns.length === 1 &&
        table.primaryKey.columns[0] === column,
    );
}

function isRepeatable(act: Act, before: readonly Act[]): boolean {
  // There is no `add constraint if not exists`: the old one goes first.
  if (act.do === 'add constraint') {
    const { name } = act.constraint;
    return before.some((each) => each.do === 'drop constraint' && each.guarded && each.name === name);
  }
  if ('guarded' in act) return act.guarded;
  if (act.do === 'create function' || act.do === 'create view') return act.replaces;
  if (act.do === 'insert') return act.conflictHandled;
  if (act.do === 'update' || act.do === 'delete') return act.where !== null;
  // Postgres has no other form of it, and says what is left to do: `detach partition … finalize`.
  if (act.do === 'detach partition') return act.concurrently;
  return act.do !== 'rename' && act.do !== 'attach partition';
}
