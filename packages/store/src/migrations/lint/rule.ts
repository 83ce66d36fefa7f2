/** What a rule is given, and how it answers. */
import type { MigrationFile } from '../files.ts';
import type { Act, Statement } from './acts.ts';
import type { RuleName } from './catalogue.ts';
import type { Dialect } from './parser.ts';
import type { KnownSchema, KnownTable } from './schema-so-far.ts';

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

export function tableOf({ schema }: Scene, name: string): KnownTable | undefined {
  return schema.tables.get(name);
}
