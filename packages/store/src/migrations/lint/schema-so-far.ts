/** The schema as the files before have left it, as far as the rules ask for it. */
import type { Act, Column, Constraint, CreateIndex, CreateTable, Drop } from './acts.ts';
import type { LintedFile } from './rule.ts';

export type KnownConstraint = Constraint & { readonly addedIn: string };

export interface KnownTable {
  readonly name: string;
  readonly createdIn: string;
  /** The table of which it is a partition; none or one. */
  readonly partitionOf: Set<string>;
  readonly columns: Map<string, Column & { readonly addedIn: string }>;
  /** Sets of columns that are unique together: keys, constraints and indexes without a predicate or with one. */
  readonly uniques: (readonly string[])[];
  readonly primaryKey: { columns: readonly string[] };
  readonly indexes: Map<string, CreateIndex>;
  /** By name, which is Postgres' own where none is given. */
  readonly constraints: Map<string, KnownConstraint>;
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

/** By a constraint that is validated, so that SET NOT NULL reads no row. */
export function isProvenNotNull(table: KnownTable | undefined, column: string): boolean {
  return table?.constraints.values().some((each) => each.validated && each.notNull.includes(column)) ?? false;
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
  else if (act.do === 'attach partition') schema.tables.get(act.partition)?.partitionOf.add(act.table);
  else if (act.do === 'detach partition') schema.tables.get(act.partition)?.partitionOf.delete(act.table);
  else if (act.do === 'create view') schema.views.add(act.name);
  else if ('table' in act && act.table !== null) {
    const table = schema.tables.get(act.table);
    if (table) changeTable(table, act, id);
  }
}

function createTable(schema: KnownSchema, act: CreateTable, id: string): void {
  if (schema.tables.has(act.table)) return;
  const table: KnownTable = {
    name: act.table,
    createdIn: id,
    partitionOf: new Set(act.isPartition ? act.parents : []),
    columns: new Map(),
    uniques: [],
    primaryKey: { columns: [] },
    indexes: new Map(),
    constraints: new Map(),
  };
  schema.tables.set(act.table, table);
  for (const source of [...act.like, ...act.parents]) {
    for (const column of schema.tables.get(source)?.columns.values() ?? []) addColumn(table, column, id);
  }
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
    case 'drop not null':
      for (const [name, { type, columns }] of table.constraints) {
        if (type === 'not null' && columns.includes(act.column)) table.constraints.delete(name);
      }
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
  const { type, name, columns } = constraint;
  table.constraints.set(name ?? defaultName(table, constraint), { ...constraint, addedIn: id });
  if (type === 'primary key') table.primaryKey.columns = columns;
  if (type === 'primary key' || type === 'unique') table.uniques.push(columns);
}

function validate(table: KnownTable, name: string): void {
  const constraint = table.constraints.get(name);
  if (constraint) table.constraints.set(name, { ...constraint, validated: true });
}

const SUFFIX = {
  check: 'check',
  'not null': 'not_null',
  unique: 'key',
  'primary key': 'pkey',
  'foreign key': 'fkey',
  exclusion: 'excl',
} as const satisfies Record<Constraint['type'], string>;

/** As Postgres names one: a check by its column where it asks about one, a primary key by its table alone. */
function defaultName({ name }: KnownTable, { type, columns }: Constraint): string {
  const isByTable = type === 'primary key' || (type === 'check' && columns.length !== 1);
  return [name, ...(isByTable ? [] : columns), SUFFIX[type]].join('_');
}
