/** What a statement does to the schema or its rows, in words that the rules, the locks and the picture of the schema share. */

export interface Column {
  readonly name: string;
  /** Without its schema: `text`, `int8`, `varchar`. */
  readonly type: string;
  /** Of `varchar(20)` 20, of `numeric(10, 2)` 10 and 2. */
  readonly limits: readonly number[];
  readonly notNull: boolean;
  readonly defaultTo: 'nothing' | 'constant' | 'volatile';
  readonly filled: 'identity' | 'generated' | 'virtual' | null;
  readonly constraints: readonly Constraint[];
}

export interface Constraint {
  readonly type: 'check' | 'not null' | 'unique' | 'primary key' | 'foreign key' | 'exclusion';
  readonly name: string | null;
  /** Of a check: those that it asks about. */
  readonly columns: readonly string[];
  /** Those that it keeps from being null, once it is validated. */
  readonly notNull: readonly string[];
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
  | 'sequence'
  | 'trigger'
  | 'rule'
  | 'other';

export type Act =
  | CreateTable
  | { do: 'add column'; table: string; column: Column; guarded: boolean }
  | { do: 'drop column'; table: string; column: string; cascade: boolean; guarded: boolean }
  | { do: 'change type'; table: string; column: string; to: ChangedType }
  | { do: 'set not null' | 'drop not null' | 'set default' | 'drop default'; table: string; column: string }
  | { do: 'add constraint'; table: string; constraint: Constraint }
  | { do: 'validate constraint'; table: string; name: string }
  | { do: 'drop constraint'; table: string; name: string; cascade: boolean; guarded: boolean }
  | { do: 'rename'; what: Renamed; table: string | null; from: string; to: string }
  | { do: 'attach partition'; table: string; partition: string }
  | { do: 'detach partition'; table: string; partition: string; concurrently: boolean }
  | { do: 'alter table'; table: string; lock: LockMode }
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
  | { do: 'update' | 'delete'; table: string; where: string | null; assigned: Assigned }
  | {
      do: 'insert';
      table: string;
      assigned: Assigned;
      from: string[];
      conflictHandled: boolean;
      where: string | null;
    }
  | { do: 'truncate'; tables: string[] }
  | { do: 'lock whole'; command: string; tables: readonly string[]; lock: LockMode }
  /** Postgres refuses it in a transaction. */
  | { do: 'stand alone'; command: string }
  | { do: 'transaction'; command: string }
  | { do: 'set'; name: string }
  | { do: 'other'; guarded: boolean };

/** As Postgres names them, weakest first; SQLite's only one is `WRITE`. */
export type LockMode =
  | 'ACCESS SHARE'
  | 'ROW SHARE'
  | 'ROW EXCLUSIVE'
  | 'SHARE UPDATE EXCLUSIVE'
  | 'SHARE'
  | 'SHARE ROW EXCLUSIVE'
  | 'EXCLUSIVE'
  | 'ACCESS EXCLUSIVE'
  | 'WRITE';

export type Renamed = DropTarget | 'column' | 'constraint' | 'enum value';

/** The lists of columns in which each may stand once. */
type Assigned = readonly (readonly string[])[];

export interface ChangedType extends Pick<Column, 'type' | 'limits'> {
  /** By an expression, or in another order: not only seen as another type. */
  readonly computed: boolean;
}

export interface CreateTable {
  readonly do: 'create table';
  readonly table: string;
  readonly columns: readonly Column[];
  readonly constraints: readonly Constraint[];
  readonly guarded: boolean;
  readonly temporary: boolean;
  /** Tables whose columns it has too. */
  readonly like: readonly string[];
  /** What it inherits from, or is a partition of: it has their columns. */
  readonly parents: readonly string[];
  readonly isPartition: boolean;
}

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
  /** Its predicate asks for more than that. */
  readonly partial: boolean;
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
  /** Where each act stands: the parts of an `alter table` have lines of their own. */
  readonly lines: readonly number[];
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
