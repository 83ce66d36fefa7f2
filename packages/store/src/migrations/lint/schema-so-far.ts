/** The schema as the files before have left it, as far as the rules ask for it. */
import type { Act, Column, Constraint, Drop } from './acts.ts';
import type { LintedFile } from './rule.ts';

export interface KnownTable {
  readonly name: string;
  readonly createdIn: string;
  readonly columns: Map<string, Column & { readonly addedIn: string }>;
  /** Sets of columns that are unique together: keys, constraints and indexes without a predicate or with one. */
  readonly uniques: (readonly string[])[];
  readonly primaryKey: { columns: readonly string[] };
  readonly indexes: Map<string, { readonly columns: readonly (string | null)[]; readonly unique: boolean }>;
  /** By name; those without one are not asked for. */
  readonly constraints: Map<string, Constraint & { readonly addedIn: string }>;
  /** Columns that a validated constraint keeps from being null. */
  readonly provenNotNull: Set<string>;
}

export interface KnownSchema {
  readonly tables: Map<string, KnownTable>;
  readonly functions: Map<string, { readonly signature: string; readonly body: string }>;
  readonly views: Set<string>;
}

export function emptySchema(): KnownSchema {
  return { tables: new Map(), functions: new Map(), views: new Set() };
}

export function isTenantOwned(table: KnownTable | undefined): boolean {
  return table?.columns.has('tenant_id') ?? false;
}

export function tableOfIndex(schema: KnownSchema, index: string): KnownTable | undefined {
  return schema.tables.values().find((table) => table.indexes.has(index));
}

export function schemaAfter(files: readonly LintedFile[]): KnownSchema {
  const schema = emptySchema();
  for (const { id, statements } of files) {
    for (const { acts } of statements) for (const act of acts) apply(schema, act, id);
  }
  return schema;
}

/** Changes `schema` as the act would, in the file `id`. */
export function apply(schema: KnownSchema, act: Act, id: string): void {
  if (act.do === 'create table') createTable(schema, act, id);
  else if (act.do === 'rename' && act.what === 'table') renameTable(schema, act);
  else if (act.do === 'drop') drop(schema, act);
  else if (act.do === 'create function') schema.functions.set(act.name, act);
  else if (act.do === 'create view') schema.views.add(act.name);
  else if ('table' in act && act.table !== null) {
    const table = schema.tables.get(act.table);
    if (table) changeTable(table, act, id);
  }
}

function createTable(schema: KnownSchema, act: Extract<Act, { do: 'create table' }>, id: string): void {
  if (schema.tables.has(act.table)) return;
  const table: KnownTable = {
    name: act.table,
    createdIn: id,
    columns: new Map(),
    uniques: [],
    primaryKey: { columns: [] },
    indexes: new Map(),
    constraints: new Map(),
    provenNotNull: new Set(),
  };
  schema.tables.set(act.table, table);
  for (const column of act.columns) addColumn(table, column, id);
  for (const constraint of act.constraints) addConstraint(table, constraint, id);
}

function renameTable(schema: KnownSchema, { from, to }: { from: string; to: string }): void {
  const table = schema.tables.get(from);
  if (!table) return;
  schema.tables.delete(from);
  schema.tables.set(to, { ...table, name: to });
}

function drop(schema: KnownSchema, { what, names }: Drop): void {
  for (const name of names) {
    if (what === 'table') schema.tables.delete(name);
    if (what === 'index') tableOfIndex(schema, name)?.indexes.delete(name);
    if (what === 'view') schema.views.delete(name);
    if (what === 'function') schema.functions.delete(name);
  }
}

function changeTable(table: KnownTable, act: Act, id: string): void {
  switch (act.do) {
    case 'add column':
      addColumn(table, act.column, id);
      break;
    case 'drop column':
      table.columns.delete(act.column);
      break;
    case 'add constraint':
      addConstraint(table, act.constraint, id);
      break;
    case 'validate constraint':
      validate(table, act.name);
      break;
    case 'drop constraint':
      table.constraints.delete(act.name);
      break;
    case 'create index':
      table.indexes.set(act.name ?? `${table.name}_${act.columns.join('_')}_idx`, act);
      if (act.unique) table.uniques.push(act.columns.filter((column) => column !== null));
      break;
  }
}

function addColumn(table: KnownTable, column: Column, id: string): void {
  table.columns.set(column.name, { ...column, addedIn: id });
  for (const constraint of column.constraints) addConstraint(table, constraint, id);
}

function addConstraint(table: KnownTable, constraint: Constraint, id: string): void {
  const { type, name, columns, validated } = constraint;
  if (name !== null) table.constraints.set(name, { ...constraint, addedIn: id });
  if (type === 'primary key') table.primaryKey.columns = columns;
  if (type === 'primary key' || type === 'unique') table.uniques.push(columns);
  if (type === 'not null' && validated) prove(table, columns);
}

function validate(table: KnownTable, name: string): void {
  const constraint = table.constraints.get(name);
  if (!constraint) return;
  table.constraints.set(name, { ...constraint, validated: true });
  if (constraint.type === 'not null') prove(table, constraint.columns);
}

function prove(table: KnownTable, columns: readonly string[]): void {
  for (const column of columns) table.provenNotNull.add(column);
}
