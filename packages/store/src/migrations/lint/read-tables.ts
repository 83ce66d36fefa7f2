/** Tables and indexes as they are made. */
import type { Node } from 'libpg-query';
import type { Act, Column } from './acts.ts';
import type { NodeOf } from './parser.ts';
import type { Readers } from './read-acts.ts';
import { readColumn, readConstraint } from './read-columns.ts';
import { columnOf, notNullColumns, tablesOf } from './tree.ts';

export const TABLE_READERS: Readers = {
  CreateStmt: (node) => [
    {
      do: 'create table',
      table: node.relation?.relname ?? '',
      columns: (node.tableElts ?? []).flatMap((each) =>
        'ColumnDef' in each ? [readColumn(each.ColumnDef)] : [],
      ),
      constraints: (node.tableElts ?? []).flatMap((each) =>
        'Constraint' in each ? readConstraint(each.Constraint) : [],
      ),
      guarded: Boolean(node.if_not_exists),
      temporary: isTemporary(node.relation),
      like: likes(node.tableElts),
      parents: tablesOf(node.inhRelations),
      isPartition: Boolean(node.partbound),
    },
  ],
  CreateTableAsStmt: ({ into, query, objtype, if_not_exists }) =>
    objtype === 'OBJECT_TABLE' ? [createdAs(into, query, Boolean(if_not_exists))] : [],
  IndexStmt: readIndex,
};

function likes(elements: readonly Node[] | undefined): string[] {
  return (elements ?? []).flatMap((each) =>
    'TableLikeClause' in each ? tablesOf(each.TableLikeClause.relation) : [],
  );
}

/** Its columns are known by their names; behind a star they are those of the tables that it reads. */
function createdAs(into: NodeOf<'IntoClause'> | undefined, query: Node | undefined, guarded: boolean): Act {
  const targets = query && 'SelectStmt' in query ? (query.SelectStmt.targetList ?? []) : [];
  const columns = targets.flatMap((node): Column[] => {
    if (!('ResTarget' in node)) return [];
    const name = node.ResTarget.name ?? columnOf(node.ResTarget.val);
    return name === null ? [] : [plainColumn(name)];
  });
  return {
    do: 'create table',
    table: into?.rel?.relname ?? '',
    columns,
    constraints: [],
    guarded,
    temporary: isTemporary(into?.rel),
    like: JSON.stringify(targets).includes('"A_Star"') ? tablesOf(query) : [],
    parents: [],
    isPartition: false,
  };
}

function plainColumn(name: string): Column {
  return { name, type: '', limits: [], notNull: false, defaultTo: 'nothing', filled: null, constraints: [] };
}

function isTemporary(relation: NodeOf<'RangeVar'> | undefined): boolean {
  return relation?.relpersistence === 't';
}

function readIndex(node: NodeOf<'IndexStmt'>): Act[] {
  const { indexParams = [], relation, idxname, whereClause } = node;
  return [
    {
      do: 'create index',
      table: relation?.relname ?? '',
      name: idxname ?? null,
      columns: indexParams.flatMap((param) => ('IndexElem' in param ? [param.IndexElem.name ?? null] : [])),
      unique: Boolean(node.unique),
      concurrently: Boolean(node.concurrent),
      guarded: Boolean(node.if_not_exists),
      whereNotNull: notNullColumns(whereClause),
      partial: !asksOnlyNotNull(whereClause),
    },
  ];
}

function asksOnlyNotNull(where: Node | undefined): boolean {
  if (!where) return true;
  if ('BoolExpr' in where && where.BoolExpr.boolop === 'AND_EXPR') {
    return (where.BoolExpr.args ?? []).every(asksOnlyNotNull);
  }
  return notNullColumns(where).length > 0;
}
