/** From a statement to what it does. What no rule asks for is `other`. */
import type { Node, ObjectType } from 'libpg-query';
import type { Act, Column, DropTarget, Statement } from './acts.ts';
import type { Dialect, NodeKind, NodeOf, Parse } from './parser.ts';
import { readAlterTable } from './read-alter.ts';
import { columnOf, readColumn, readConstraint, strings } from './read-columns.ts';
import type { SqlText } from './statements.ts';

type Readers = { readonly [K in NodeKind]?: (node: NodeOf<K>, text: string) => Act[] };

const READERS: Readers = {
  CreateStmt: ({ relation, tableElts = [], if_not_exists }) => [
    {
      do: 'create table',
      table: relation?.relname ?? '',
      columns: tableElts.flatMap((node): Column[] =>
        'ColumnDef' in node ? [readColumn(node.ColumnDef)] : [],
      ),
      constraints: tableElts.flatMap((node) => ('Constraint' in node ? readConstraint(node.Constraint) : [])),
      guarded: Boolean(if_not_exists),
    },
  ],
  AlterTableStmt: readAlterTable,
  IndexStmt: readIndex,
  DropStmt: readDrop,
  DropdbStmt: ({ dbname = '', missing_ok }) => [
    {
      do: 'drop',
      what: 'database',
      names: [dbname],
      table: null,
      concurrently: false,
      cascade: false,
      guarded: Boolean(missing_ok),
    },
  ],
  RenameStmt: readRename,
  ReindexStmt: ({ relation, name, params }) => [
    {
      do: 'reindex',
      concurrently: optionNames(params).includes('concurrently'),
      name: relation?.relname ?? name ?? '',
    },
  ],
  CreateTrigStmt: (node, text) => [
    {
      do: 'create trigger',
      table: node.relation?.relname ?? '',
      name: node.trigname ?? '',
      runs: strings(node.funcname).at(-1) ?? '',
      guarded: Boolean(node.replace),
      conditional: Boolean(node.whenClause),
      loopSafe: isLoopSafe(text),
      writes: false,
    },
  ],
  CreateFunctionStmt: ({ funcname, parameters = [], options = [], replace }) => [
    {
      do: 'create function',
      name: strings(funcname).at(-1) ?? '',
      signature: JSON.stringify(parameters.map(parameterType)),
      body: options.flatMap(functionBody).join('\n'),
      replaces: Boolean(replace),
    },
  ],
  ViewStmt: ({ view, replace }) => [
    { do: 'create view', name: view?.relname ?? '', replaces: Boolean(replace) },
  ],
  CreateEnumStmt: ({ typeName }) => [
    { do: 'create enum', name: strings(typeName).at(-1) ?? '', guarded: false },
  ],
  CreateSchemaStmt: ({ schemaname = '', if_not_exists }) => [
    { do: 'create schema', name: schemaname, guarded: Boolean(if_not_exists) },
  ],
  AlterEnumStmt: ({ oldVal, newVal = '', newValNeighbor, skipIfNewValExists, typeName }) =>
    oldVal
      ? [
          {
            do: 'rename',
            what: 'enum value',
            table: strings(typeName).at(-1) ?? '',
            from: oldVal,
            to: newVal,
          },
        ]
      : [
          {
            do: 'add enum value',
            value: newVal,
            placed: Boolean(newValNeighbor),
            guarded: Boolean(skipIfNewValExists),
          },
        ],
  CreateDomainStmt: ({ domainname, constraints = [] }) =>
    constraints.length > 0 ? [{ do: 'check domain', name: strings(domainname).at(-1) ?? '' }] : [],
  AlterDomainStmt: ({ subtype, typeName, def }) =>
    (subtype === 'C' || subtype === 'O') && !(def && 'Constraint' in def && def.Constraint.skip_validation)
      ? [{ do: 'check domain', name: strings(typeName).at(-1) ?? '' }]
      : [],
  UpdateStmt: ({ relation, whereClause, targetList }, text) => [
    {
      do: 'update',
      table: relation?.relname ?? '',
      where: whereClause ? afterWhere(text) : null,
      assigned: targets(targetList),
    },
  ],
  DeleteStmt: ({ relation, whereClause }, text) => [
    {
      do: 'delete',
      table: relation?.relname ?? '',
      where: whereClause ? afterWhere(text) : null,
      assigned: [],
    },
  ],
  InsertStmt: ({ relation, cols, selectStmt, onConflictClause }, text) => [
    {
      do: 'insert',
      table: relation?.relname ?? '',
      assigned: targets(cols),
      from: tablesOf(selectStmt),
      conflictHandled: Boolean(onConflictClause),
      where: afterWhere(text),
    },
  ],
  TruncateStmt: ({ relations = [] }) => [{ do: 'truncate', tables: relations.flatMap(relationName) }],
  VacuumStmt: ({ options, rels = [] }) =>
    optionNames(options).includes('full') ? [lockWhole('vacuum full', rels.flatMap(relationName)[0])] : [],
  ClusterStmt: ({ relation }) => [lockWhole('cluster', relation?.relname)],
  LockStmt: ({ relations = [] }) => [lockWhole('lock table', relations.flatMap(relationName)[0])],
  RefreshMatViewStmt: ({ concurrent, relation }) =>
    concurrent ? [] : [lockWhole('refresh materialized view', relation?.relname)],
  TransactionStmt: ({ kind = '' }) => [
    { do: 'transaction', command: kind.replace('TRANS_STMT_', '').toLowerCase().replaceAll('_', ' ') },
  ],
  VariableSetStmt: ({ name = '' }) => [{ do: 'set', name }],
};

/** @throws Error with the parser's words for what is not SQL */
export function readStatement({ text, line }: SqlText, dialect: Dialect, parse: Parse): Statement {
  if (dialect === 'sqlite') {
    const byWords = readSqliteOnly(text);
    if (byWords) return { line, text, acts: [byWords], qualified: [] };
  }
  const node = parse(text, dialect);
  const [[kind, value] = ['', {}]] = Object.entries(node);
  // The table's type ties each kind to its node; an entry of a union has lost that tie.
  const read = READERS[kind as NodeKind] as ((node: unknown, text: string) => Act[]) | undefined;
  const acts = read?.(value, text) ?? [];
  return {
    line,
    text,
    acts: acts.length > 0 ? acts : [{ do: 'other', guarded: true }],
    qualified: schemasOf(node),
  };
}

/** What Postgres' grammar does not have. */
function readSqliteOnly(text: string): Act | null {
  const trigger =
    /^create\s+(?:temp(?:orary)?\s+)?trigger\s+(if\s+not\s+exists\s+)?(\w+)[\s\S]*?\bon\s+(\w+)([\s\S]*?)\bbegin\b([\s\S]*)$/i.exec(
      text,
    );
  if (trigger) {
    const [, guarded, name = '', table = '', condition = '', body = ''] = trigger;
    const conditional = /\bwhen\b/i.test(condition);
    const writes = /\b(update|insert|delete|replace)\b/i.test(body);
    return {
      do: 'create trigger',
      table,
      name,
      runs: '',
      guarded: Boolean(guarded),
      conditional,
      loopSafe: conditional,
      writes,
    };
  }
  const dropTrigger = /^drop\s+trigger\s+(if\s+exists\s+)?(\w+)/i.exec(text);
  if (dropTrigger) {
    const [, guarded, name = ''] = dropTrigger;
    const drop = { do: 'drop', what: 'trigger', names: [name], table: null } as const;
    return { ...drop, concurrently: false, cascade: false, guarded: Boolean(guarded) };
  }
  if (/^pragma\b/i.test(text)) return { do: 'set', name: /^pragma\s+(\w+)/i.exec(text)?.[1] ?? '' };
  if (/^vacuum\b/i.test(text)) return lockWhole('vacuum', undefined);
  return null;
}

/** A trigger that asks whether something changed, or how deep it is called, does not answer itself for ever. */
export function isLoopSafe(sql: string): boolean {
  return /pg_trigger_depth\s*\(|\bis\s+(not\s+)?distinct\s+from\b/i.test(sql);
}

function readIndex(node: NodeOf<'IndexStmt'>): Act[] {
  const { indexParams = [], relation, idxname } = node;
  return [
    {
      do: 'create index',
      table: relation?.relname ?? '',
      name: idxname ?? null,
      columns: indexParams.flatMap((param) => ('IndexElem' in param ? [param.IndexElem.name ?? null] : [])),
      unique: Boolean(node.unique),
      concurrently: Boolean(node.concurrent),
      guarded: Boolean(node.if_not_exists),
      whereNotNull: notNullColumns(node.whereClause),
    },
  ];
}

function notNullColumns(where: Node | undefined): string[] {
  if (where && 'BoolExpr' in where && where.BoolExpr.boolop === 'AND_EXPR') {
    return (where.BoolExpr.args ?? []).flatMap(notNullColumns);
  }
  if (!where || !('NullTest' in where) || where.NullTest.nulltesttype !== 'IS_NOT_NULL') return [];
  const column = columnOf(where.NullTest.arg);
  return column === null ? [] : [column];
}

const DROPPED: Partial<Record<ObjectType, DropTarget>> = {
  OBJECT_INDEX: 'index',
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'view',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'function',
  OBJECT_SCHEMA: 'schema',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'type',
  OBJECT_TRIGGER: 'trigger',
};

function readDrop({ objects = [], removeType, behavior, missing_ok, concurrent }: NodeOf<'DropStmt'>): Act[] {
  return [
    {
      do: 'drop',
      what: (removeType && DROPPED[removeType]) ?? 'other',
      names: objects.map(droppedName),
      table: removeType === 'OBJECT_TRIGGER' ? (strings(objects).at(-2) ?? null) : null,
      concurrently: Boolean(concurrent),
      cascade: behavior === 'DROP_CASCADE',
      guarded: Boolean(missing_ok),
    },
  ];
}

function droppedName(node: Node): string {
  if ('ObjectWithArgs' in node) return strings(node.ObjectWithArgs.objname).at(-1) ?? '';
  if ('TypeName' in node) return strings(node.TypeName.names).at(-1) ?? '';
  return strings([node]).at(-1) ?? '';
}

const RENAMED: Partial<Record<ObjectType, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_COLUMN: 'column',
  OBJECT_SCHEMA: 'schema',
  OBJECT_TABCONSTRAINT: 'constraint',
};

function readRename({ renameType, relation, subname = '', newname = '' }: NodeOf<'RenameStmt'>): Act[] {
  const what = renameType && RENAMED[renameType];
  if (!what) return [];
  const table = relation?.relname ?? null;
  return [{ do: 'rename', what, table, from: what === 'table' ? (table ?? '') : subname, to: newname }];
}

function parameterType(node: Node): unknown {
  return 'FunctionParameter' in node ? strings(node.FunctionParameter.argType?.names) : null;
}

function functionBody(node: Node): string[] {
  if (!('DefElem' in node) || node.DefElem.defname !== 'as' || !node.DefElem.arg) return [];
  return strings([node.DefElem.arg]);
}

function lockWhole(command: string, table: string | undefined): Act {
  return { do: 'lock whole', command, table: table ?? null };
}

function optionNames(options: readonly Node[] | undefined): string[] {
  return (options ?? []).flatMap((node) => ('DefElem' in node ? [node.DefElem.defname ?? ''] : []));
}

function targets(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => ('ResTarget' in node ? [node.ResTarget.name ?? ''] : []));
}

function relationName(node: Node): string[] {
  if ('VacuumRelation' in node) return [node.VacuumRelation.relation?.relname ?? ''];
  return 'RangeVar' in node ? [node.RangeVar.relname ?? ''] : [];
}

function afterWhere(text: string): string | null {
  return /\bwhere\b([\s\S]*)$/i.exec(text)?.[1] ?? null;
}

/** The tables that are read or written anywhere inside. */
function tablesOf(node: unknown): string[] {
  return rangeVars(node).map(({ relname = '' }) => relname);
}

function schemasOf(node: unknown): string[] {
  return rangeVars(node).flatMap(({ schemaname, relname }) =>
    schemaname ? [`${schemaname}.${relname}`] : [],
  );
}

type RangeVar = NodeOf<'RangeVar'>;

/** By their shape, because a statement's own table stands there without the name of its kind. */
function rangeVars(node: unknown): RangeVar[] {
  if (Array.isArray(node)) return node.flatMap(rangeVars);
  if (typeof node !== 'object' || node === null) return [];
  if ('relname' in node) return [node as RangeVar];
  return Object.values(node).flatMap(rangeVars);
}
