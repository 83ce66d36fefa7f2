/** What a rule is given, and how it answers. */
import type { MigrationFile } from '../files.ts';
import type { Act, CreateIndex, Statement } from './acts.ts';
import type { RuleName } from './catalogue.ts';
import type { Dialect } from './parser.ts';
import type { KnownConstraint, KnownSchema, KnownTable } from './schema-so-far.ts';

export interface LintedFile extends MigrationFile {
  /** Below the folder of migrations: `postgres/0001_first_call.sql`. */
  readonly file: string;
  readonly text: string;
  readonly dialect: Dialect;
  /** The folder; tenants' schemas have one of their own. */
  readonly folder: string;
  readonly statements: readonly Statement[];
}

/** An act in its place. */
export interface Scene<A extends Act = Act> {
  readonly act: A;
  readonly line: number;
  readonly file: LintedFile;
  readonly statement: Statement;
  /** The acts of the file before this one. */
  readonly before: readonly Act[];
  /** As it is before this act. */
  readonly schema: KnownSchema;
  /** Major version of the oldest Postgres that it must run on. */
  readonly server: number;
}

/** What was found, as the beginning of a sentence; null: nothing. */
export type ActRule = (scene: Scene) => string | null;

export interface Found {
  readonly rule: RuleName;
  readonly line: number;
  readonly found: string;
}

/** A table that others use already: one that the same file makes is nobody's yet. */
export function isInUse({ schema, file }: Scene, table: string): boolean {
  return schema.tables.get(table)?.createdIn !== file.id;
}

/** `do $$ … $$` */
export function isBlock({ text }: Statement): boolean {
  return /^do\b/i.test(text);
}

export function tableOf({ schema }: Scene, name: string): KnownTable | undefined {
  return schema.tables.get(name);
}

export function constraintOf(
  scene: Scene,
  { table, name }: { table: string; name: string },
): KnownConstraint | undefined {
  return tableOf(scene, table)?.constraints.get(name);
}

/** What an act is about, for a sentence. */
export function subjectOf(act: Act): string {
  if ('names' in act) return act.names.join(', ');
  if ('column' in act && 'table' in act) {
    return `${act.table}.${typeof act.column === 'string' ? act.column : act.column.name}`;
  }
  if ('name' in act && act.name !== null) return act.name;
  return tableIn(act) || 'what it names';
}

export function tableIn(act: Act): string {
  return ('table' in act && act.table) || '';
}

export function indexInWords({ name, table }: CreateIndex): string {
  return name === null ? `An index on ${table}` : `The index ${name} on ${table}`;
}

const PLURALS = { table: 'tables', index: 'indexes' } as const;

/** `The table a is`, `The tables a, b are` */
export function thingsInWords(thing: keyof typeof PLURALS, names: readonly string[]): string {
  return names.length === 1 ? `The ${thing} ${names[0]} is` : `The ${PLURALS[thing]} ${names.join(', ')} are`;
}
