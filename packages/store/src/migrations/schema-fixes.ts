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
  if (found) return `It is ${described(found)}, and must be ${described(expected)}: alter it by hand.`;
  return `Restore it with its rows from a backup. It must be:\n${tableText(name, all)}`;
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
  if (kind === 'column' && !found) return `alter table ${table} add column ${expected?.definition};`;
  if (kind === 'column' && !expected) return `alter table ${table} drop column ${name};`;
  return `Stop the daemons, make the table ${table} anew, copy its rows and rename it (sqlite.org/lang_altertable.html, "12 steps"). It must be:\n${tableText(table ?? '', all)}`;
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
      return `alter table ${table} drop column ${name};`;
    case 'constraint':
      return `alter table ${table} drop constraint ${name};`;
    case 'index':
      return dialect === 'postgres' ? `drop index concurrently ${name};` : `drop index ${name};`;
    case 'trigger':
    case 'policy':
      return dialect === 'postgres' ? `drop ${kind} ${name} on ${table};` : `drop ${kind} ${name};`;
    case 'view':
      return `drop ${found?.definition.startsWith('create materialized') ? 'materialized view' : 'view'} ${name};`;
    default:
      return `drop ${kind} ${name};`;
  }
}

function change(pair: Pair, expected: SchemaObject, found: SchemaObject, dialect: DialectName): string {
  const { kind, table, name } = pair;
  if (found.state === 'invalid') return `reindex index concurrently ${name};`;
  if (found.state === 'disabled') return `alter table ${table} enable trigger ${name};`;
  if (kind === 'column') {
    return changeColumn(table, name, partsOf(expected.definition), partsOf(found.definition));
  }
  if (kind === 'function') return `${expected.definition};`;
  return `${drop(pair, dialect)} ${add(expected, dialect)}`;
}

interface ColumnParts {
  type: string;
  fallback: string | undefined;
  required: boolean;
}

/** Name, type and what belongs to it, default, not null: as the dump writes them. */
const COLUMN = /^(?:"[^"]+"|\S+) (?<type>.+?)(?: default (?<fallback>.+?))?(?<required> not null)?$/;

function partsOf(definition: string): ColumnParts {
  const { type = '', fallback, required } = COLUMN.exec(definition)?.groups ?? {};
  return { type, fallback, required: required !== undefined };
}

function changeColumn(table: string | null, name: string, expected: ColumnParts, found: ColumnParts): string {
  const changes: string[] = [];
  if (expected.type !== found.type) changes.push(`type ${expected.type}`);
  if (expected.fallback !== found.fallback) {
    changes.push(expected.fallback === undefined ? 'drop default' : `set default ${expected.fallback}`);
  }
  if (expected.required !== found.required) {
    changes.push(expected.required ? 'set not null' : 'drop not null');
  }
  return `alter table ${table} ${changes.map((change) => `alter column ${name} ${change}`).join(', ')};`;
}
