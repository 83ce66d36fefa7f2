/** What a statement does to the schema or its rows, in words that the rules, the locks and the picture of the schema share. */

export interface Column {
  readonly name: string;
  /** Without its schema: `text`, `int8`, `varchar`. */
  readonly type: string;
  /** Of `varchar(20)`: 20. */
  readonly length: number | null;
  readonly notNull: boolean;
  readonly defaultTo: 'nothing' | 'constant' | 'volatile';
  readonly filled: 'identity' | 'generated' | 'virtual' | null;
  readonly constraints: readonly Constraint[];
}

export interface Constraint {
  readonly type: 'check' | 'not null' | 'unique' | 'primary key' | 'foreign key' | 'exclusion';
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly validated: boolean;
  readonly usingIndex: boolean;
  /** Of a foreign key: where it points. */
  readonly target: string | null;
  /** The first major version of Postgres that knows it, where that matters. */
  readonly since: number | null;
}

export type DropTarget =
  | 'index'
  | 'table'
  | 'view'
  | 'function'
  | 'schema'
  | 'database'
  | 'type'
  | 'trigger'
  | 'other';

export type Act =
  | { do: 'create table'; table: string; columns: Column[]; constraints: Constraint[]; guarded: boolean }
  | { do: 'add column'; table: string; column: Column; guarded: boolean }
  | { do: 'drop column'; table: string; column: string; cascade: boolean; guarded: boolean }
  | { do: 'change type'; table: string; column: string; to: Pick<Column, 'type' | 'length'> }
  | { do: 'set not null' | 'drop not null' | 'set default' | 'drop default'; table: string; column: string }
  | { do: 'add constraint'; table: string; constraint: Constraint }
  | { do: 'validate constraint'; table: string; name: string }
  | { do: 'drop constraint'; table: string; name: string; cascade: boolean; guarded: boolean }
  | { do: 'rename'; what: string; table: string | null; from: string; to: string }
  | { do: 'detach partition'; table: string; concurrently: boolean }
  | { do: 'alter table'; table: string }
  | CreateIndex
  | Drop
  | { do: 'reindex'; concurrently: boolean; name: string }
  | {
      do: 'create trigger';
      table: string;
      name: string;
      runs: string;
      guarded: boolean;
      /** Whether it asks before it does anything. */
      conditional: boolean;
      loopSafe: boolean;
      writes: boolean;
    }
  | { do: 'create function'; name: string; signature: string; body: string; replaces: boolean }
  | { do: 'create view'; name: string; replaces: boolean }
  | { do: 'create enum' | 'create schema'; name: string; guarded: boolean }
  | { do: 'add enum value'; value: string; placed: boolean; guarded: boolean }
  | { do: 'check domain'; name: string }
  | { do: 'update' | 'delete'; table: string; where: string | null; assigned: string[] }
  | {
      do: 'insert';
      table: string;
      assigned: string[];
      from: string[];
      conflictHandled: boolean;
      where: string | null;
    }
  | { do: 'truncate'; tables: string[] }
  | { do: 'lock whole'; command: string; table: string | null }
  | { do: 'transaction'; command: string }
  | { do: 'set'; name: string }
  | { do: 'other'; guarded: boolean };

export interface CreateIndex {
  readonly do: 'create index';
  readonly table: string;
  readonly name: string | null;
  /** Null for an expression. */
  readonly columns: readonly (string | null)[];
  readonly unique: boolean;
  readonly concurrently: boolean;
  readonly guarded: boolean;
  /** Columns that its predicate asks not to be null. */
  readonly whereNotNull: readonly string[];
}

export interface Drop {
  readonly do: 'drop';
  readonly what: DropTarget;
  readonly names: readonly string[];
  /** Of a trigger: its table. */
  readonly table: string | null;
  readonly concurrently: boolean;
  readonly cascade: boolean;
  readonly guarded: boolean;
}

export interface Statement {
  readonly line: number;
  readonly text: string;
  readonly acts: readonly Act[];
  /** The tables that it names together with their schema. */
  readonly qualified: readonly string[];
}

/** The columns that it makes. */
export function columnsOf(act: Act): readonly Column[] {
  if (act.do === 'create table') return act.columns;
  return act.do === 'add column' ? [act.column] : [];
}

/** The constraints that it makes, beside columns and by themselves. */
export function constraintsOf(act: Act): readonly Constraint[] {
  const inline = columnsOf(act).flatMap(({ constraints }) => constraints);
  if (act.do === 'create table') return [...inline, ...act.constraints];
  return act.do === 'add constraint' ? [act.constraint] : inline;
}
