/** What is dropped, renamed, or is code: views, functions, triggers, types. */
import type { Node, ObjectType } from 'libpg-query';
import type { Act, Drop, DropTarget, LockMode } from './acts.ts';
import type { NodeOf } from './parser.ts';
import type { Readers } from './read-acts.ts';
import { lastName, type RangeVar, rangeVars, strings } from './tree.ts';

const OBJECTS: Partial<Record<ObjectType, DropTarget>> = {
  OBJECT_INDEX: 'index',
  OBJECT_TABLE: 'table',
  OBJECT_FOREIGN_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'view',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'function',
  OBJECT_ROUTINE: 'function',
  OBJECT_AGGREGATE: 'function',
  OBJECT_SCHEMA: 'schema',
  OBJECT_DATABASE: 'database',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'type',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_RULE: 'rule',
  OBJECT_POLICY: 'rule',
};

export const OBJECT_READERS: Readers = {
  DropStmt: readDrop,
  DropdbStmt: ({ dbname = '', missing_ok }) => [
    dropped('database', [dbname], { guarded: Boolean(missing_ok) }),
  ],
  DropOwnedStmt: ({ roles = [], behavior }) => {
    const owners = roles.flatMap((node) =>
      'RoleSpec' in node ? [node.RoleSpec.rolename ?? 'this role'] : [],
    );
    const names = owners.map((owner) => `all that ${owner} owns`);
    return [dropped('schema', names, { cascade: behavior === 'DROP_CASCADE' })];
  },
  RenameStmt: readRename,
  AlterObjectSchemaStmt: ({ objectType, relation, object, newschema = '' }) => {
    const from = relation?.relname ?? (object ? nameOf(object) : '');
    const what = (objectType && OBJECTS[objectType]) ?? 'other';
    return [{ do: 'rename', what, table: relation?.relname ?? null, from, to: `${newschema}.${from}` }];
  },
  CreateTrigStmt: (node, text) => [
    {
      do: 'create trigger',
      table: node.relation?.relname ?? '',
      name: node.trigname ?? '',
      runs: lastName(node.funcname),
      guarded: Boolean(node.replace),
      conditional: Boolean(node.whenClause),
      loopSafe: isLoopSafe(text),
      writes: false,
    },
  ],
  CreatePolicyStmt: ({ table }) => changed(table, 'ACCESS EXCLUSIVE'),
  AlterPolicyStmt: ({ table }) => changed(table, 'ACCESS EXCLUSIVE'),
  RuleStmt: ({ relation }) => changed(relation, 'ACCESS EXCLUSIVE'),
  CreateStatsStmt: ({ relations }) =>
    rangeVars(relations).flatMap((each) => changed(each, 'SHARE UPDATE EXCLUSIVE')),
  CommentStmt: ({ objtype, object }) => {
    const name = object ? strings([object]) : [];
    const relname = objtype === 'OBJECT_COLUMN' ? name.at(-2) : name.at(-1);
    const isOnTable = objtype === 'OBJECT_COLUMN' || (objtype && OBJECTS[objtype] === 'table');
    return isOnTable ? changed({ relname: relname ?? '' }, 'SHARE UPDATE EXCLUSIVE') : [];
  },
  CreateFunctionStmt: ({ funcname, parameters = [], returnType, options = [], replace }) => [
    {
      do: 'create function',
      name: lastName(funcname),
      signature: JSON.stringify([parameters.map(parameterOf), strings(returnType?.names)]),
      body: options.flatMap(functionBody).join('\n'),
      replaces: Boolean(replace),
    },
  ],
  ViewStmt: ({ view, replace }) => [
    { do: 'create view', name: view?.relname ?? '', replaces: Boolean(replace) },
  ],
  CreateEnumStmt: ({ typeName }) => [{ do: 'create enum', name: lastName(typeName), guarded: false }],
  CreateSchemaStmt: ({ schemaname = '', if_not_exists }) => [
    { do: 'create schema', name: schemaname, guarded: Boolean(if_not_exists) },
  ],
  AlterEnumStmt: ({ oldVal, newVal = '', newValNeighbor, skipIfNewValExists, typeName }) =>
    oldVal
      ? [{ do: 'rename', what: 'enum value', table: lastName(typeName), from: oldVal, to: newVal }]
      : [
          {
            do: 'add enum value',
            value: newVal,
            placed: Boolean(newValNeighbor),
            guarded: Boolean(skipIfNewValExists),
          },
        ],
  CreateDomainStmt: ({ domainname, constraints = [] }) =>
    constraints.length > 0 ? [{ do: 'check domain', name: lastName(domainname) }] : [],
  AlterDomainStmt: ({ subtype, typeName, def }) =>
    (subtype === 'C' || subtype === 'O') && !(def && 'Constraint' in def && def.Constraint.skip_validation)
      ? [{ do: 'check domain', name: lastName(typeName) }]
      : [],
};

/** One that keeps nobody out and takes nothing along, unless told so. */
export function dropped(what: DropTarget, names: readonly string[], how: Partial<Drop>): Drop {
  return {
    do: 'drop',
    what,
    names,
    table: null,
    concurrently: false,
    cascade: false,
    guarded: false,
    ...how,
  };
}

/** A trigger that asks whether something changed, or how deep it is called, does not answer itself for ever. */
export function isLoopSafe(sql: string): boolean {
  return /pg_trigger_depth\s*\(|\bis\s+(not\s+)?distinct\s+from\b/i.test(sql);
}

function readDrop({ objects = [], removeType, behavior, missing_ok, concurrent }: NodeOf<'DropStmt'>): Act[] {
  const what = (removeType && OBJECTS[removeType]) ?? 'other';
  return [
    dropped(what, objects.map(nameOf), {
      table: what === 'trigger' || what === 'rule' ? (strings(objects).at(-2) ?? null) : null,
      concurrently: Boolean(concurrent),
      cascade: behavior === 'DROP_CASCADE',
      guarded: Boolean(missing_ok),
    }),
  ];
}

function nameOf(node: Node): string {
  if ('ObjectWithArgs' in node) return lastName(node.ObjectWithArgs.objname);
  if ('TypeName' in node) return lastName(node.TypeName.names);
  return lastName([node]);
}

const PARTS: Partial<Record<ObjectType, Extract<Act, { do: 'rename' }>['what']>> = {
  OBJECT_COLUMN: 'column',
  OBJECT_ATTRIBUTE: 'column',
  OBJECT_TABCONSTRAINT: 'constraint',
};

function readRename({ renameType, relation, object, subname, newname = '' }: NodeOf<'RenameStmt'>): Act[] {
  const what = renameType && (PARTS[renameType] ?? OBJECTS[renameType]);
  if (!what) return [];
  const table = relation?.relname ?? null;
  const from = subname ?? (object ? nameOf(object) : (table ?? ''));
  return [{ do: 'rename', what, table, from, to: newname }];
}

function changed(table: RangeVar | undefined, lock: LockMode): Act[] {
  return [{ do: 'alter table', table: table?.relname ?? '', lock }];
}

function parameterOf(node: Node): unknown {
  if (!('FunctionParameter' in node)) return null;
  const { name, argType } = node.FunctionParameter;
  return [name, strings(argType?.names)];
}

function functionBody(node: Node): string[] {
  if (!('DefElem' in node) || node.DefElem.defname !== 'as' || !node.DefElem.arg) return [];
  return strings([node.DefElem.arg]);
}
