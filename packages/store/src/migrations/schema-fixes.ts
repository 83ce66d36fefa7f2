/** What makes an object as it must be: statements to read, and then to run by hand. */
import type { DialectName } from '../dialect.ts';
import type { Pair } from './compare-schemas.ts';
import { dumpText } from './dump.ts';
import type { SchemaObject } from './schema-object.ts';

interface Surroundings {
  dialect: DialectName;
  /** All that must be there. */
  expected: readonly SchemaObject[];
}

export function fixFor(named: Pair, { dialect, expected }: Surroundings): string {
  const pair = quoted(named);
  if (pair.kind === 'table') return fixTable(pair, expected);
  if (dialect === 'sqlite' && isInTable(pair)) return fixInSqliteTable(pair, expected);
  if (!pair.expected) return drop(pair, dialect);
  if (!pair.found) return add(pair.expected, dialect);
  return change(pair, pair.expected, pair.found, dialect);
}

/** What was made by hand may have any name. A function's has its arguments with it. */
function quoted(pair: Pair): Pair {
  const quote = (name: string) =>
    /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
  const name = pair.kind === 'function' ? pair.name : quote(pair.name);
  return { ...pair, name, table: pair.table === null ? null : quote(pair.table) };
}

function isInTable({ kind }: Pair): boolean {
  return kind === 'column' || kind === 'constraint';
}

function fixTable({ name, expected, found }: Pair, all: readonly SchemaObject[]): string {
  if (!expected) return `drop table ${name}; -- if nobody needs its rows`;
  if (found) return changeTable(name, expected, found);
  return `Restore it with its rows from a backup. It must be:\n${tableText(name, all)}`;
}

/** What the dump says of a table, and how it becomes so, or not. */
const TABLE_TRAITS: readonly [trait: string, on: string, off: string][] = [
  ['unlogged', 'set unlogged', 'set logged'],
  ['with row level security', 'enable row level security', 'disable row level security'],
  ['forced', 'force row level security', 'no force row level security'],
];

function changeTable(name: string, expected: SchemaObject, found: SchemaObject): string {
  const changes = TABLE_TRAITS.flatMap(([trait, on, off]) => {
    const [must, is] = [expected, found].map(({ definition }) => definition.includes(trait));
    return must === is ? [] : [`alter table ${name} ${must ? on : off};`];
  });
  if (changes.length > 0) return changes.join(' ');
  return `It is ${described(found)}, and must be ${described(expected)}: make it anew, and copy its rows.`;
}

function described({ definition }: SchemaObject): string {
  return definition || 'an ordinary table';
}

/** With its indexes and triggers. */
function tableText(name: string, all: readonly SchemaObject[]): string {
  return dumpText(
    all.filter((object) => object.table === name || (object.kind === 'table' && object.name === name)),
  );
}

function fixInSqliteTable(
  { kind, table, name, expected, found }: Pair,
  all: readonly SchemaObject[],
): string {
  if (kind === 'column' && expected && !found && canBeAdded(expected))
    return `alter table ${table} add column ${expected.definition};`;
  if (kind === 'column' && !expected) return dropColumn(table, name);
  return `Stop the daemons, make the table ${table} anew, copy its rows and rename it (sqlite.org/lang_altertable.html, "12 steps"). It must be:\n${tableText(table ?? '', all)}`;
}

/** SQLite adds no column that must have a value and has none to begin with, not even where there is no row. */
function canBeAdded({ definition }: SchemaObject): boolean {
  return !/\bnot null\b/.test(definition) || /\bdefault\b/.test(definition);
}

function add({ kind, table, name, definition }: SchemaObject, dialect: DialectName): string {
  if (kind === 'column') return `alter table ${table} add column ${definition};`;
  if (kind === 'constraint') return addConstraint(table, name, definition);
  return `${dialect === 'postgres' ? concurrently(definition) : definition};`;
}

/** A check or a reference is validated afterwards, while others write. */
function addConstraint(table: string | null, name: string, definition: string): string {
  if (!/^constraint \S+ (?:CHECK|FOREIGN KEY)\b/.test(definition) || definition.endsWith(' NOT VALID')) {
    return `alter table ${table} add ${definition};`;
  }
  return `alter table ${table} add ${definition} not valid; alter table ${table} validate constraint ${name};`;
}

function concurrently(definition: string): string {
  return definition.replace(/^(CREATE (?:UNIQUE )?INDEX)/, '$1 CONCURRENTLY');
}

function drop({ kind, table, name, found }: Pair, dialect: DialectName): string {
  switch (kind) {
    case 'column':
      return dropColumn(table, name);
    case 'constraint':
      return `alter table ${table} drop constraint ${name};`;
    case 'index':
      return dialect === 'postgres' ? `drop index concurrently ${name};` : `drop index ${name};`;
    case 'trigger':
    case 'rule':
    case 'policy':
      return dialect === 'postgres' ? `drop ${kind} ${name} on ${table};` : `drop ${kind} ${name};`;
    case 'view':
      return `drop ${found?.definition.startsWith('create materialized') ? 'materialized view' : 'view'} ${name};`;
    case 'function':
      return `drop routine ${name};`;
    default:
      return `drop ${kind} ${name};`;
  }
}

/** One that was renamed by hand is missing under its name. */
function dropColumn(table: string | null, name: string): string {
  return `alter table ${table} drop column ${name}; -- if nobody needs its values`;
}

function change(pair: Pair, expected: SchemaObject, found: SchemaObject, dialect: DialectName): string {
  const { kind, table, name } = pair;
  if (found.state === 'invalid') return `reindex index concurrently ${name};`;
  if (found.state === 'disabled' && kind !== 'constraint')
    return `alter table ${table} enable ${kind} ${name};`;
  if (kind === 'column') {
    return changeColumn(table, name, partsOf(expected.definition), partsOf(found.definition));
  }
  if (kind === 'function') return `${expected.definition};`;
  return `${drop(pair, dialect)} ${add(expected, dialect)}`;
}

interface ColumnParts {
  type: string;
  /** `always as identity`, or an expression. */
  generated: string | undefined;
  fallback: string | undefined;
  required: boolean;
}

/** Name, type and what belongs to it, how it is generated or its default, not null: as the dump writes them. */
const COLUMN =
  /^(?:"[^"]+"|\S+) (?<type>.+?)(?: generated (?<generated>.+?)| default (?<fallback>.+?))?(?<required> not null)?$/;

function partsOf(definition: string): ColumnParts {
  const { type = '', generated, fallback, required } = COLUMN.exec(definition)?.groups ?? {};
  return { type, generated, fallback, required: required !== undefined };
}

function changeColumn(table: string | null, name: string, expected: ColumnParts, found: ColumnParts): string {
  const retyped = expected.type !== found.type;
  // The default of the old type may not fit the new one.
  const fallback = retyped ? undefined : found.fallback;
  const changes = [
    ...(fallback === found.fallback ? [] : ['drop default']),
    ...(retyped ? [`type ${expected.type} using ${name}::${expected.type}`] : []),
    ...(expected.fallback === fallback
      ? []
      : [expected.fallback === undefined ? 'drop default' : `set default ${expected.fallback}`]),
    ...(expected.required === found.required ? [] : [expected.required ? 'set not null' : 'drop not null']),
    ...(expected.generated === found.generated ? [] : [changeGenerated(expected.generated, found.generated)]),
  ];
  const altered = `alter table ${table} ${changes.map((change) => `alter column ${name} ${change}`).join(', ')};`;
  if (found.generated !== undefined || !expected.generated?.endsWith(IDENTITY)) return altered;
  return `${altered} select setval(pg_get_serial_sequence('${table}', '${name}'), max(${name})) from ${table};`;
}

const IDENTITY = ' as identity';

function changeGenerated(expected: string | undefined, found: string | undefined): string {
  const wasIdentity = found?.endsWith(IDENTITY) ?? false;
  if (expected?.endsWith(IDENTITY)) {
    return wasIdentity ? `set generated ${expected.replace(IDENTITY, '')}` : `add generated ${expected}`;
  }
  if (expected === undefined) return wasIdentity ? 'drop identity' : 'drop expression';
  return `set expression ${expected.replace(/^always /, '').replace(/ (?:stored|virtual)$/, '')}`;
}
