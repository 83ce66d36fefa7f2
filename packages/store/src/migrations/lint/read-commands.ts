/** What tends the tables, the session or the server, and changes neither shape nor rows. */
import type { Node } from 'libpg-query';
import type { Act, LockMode } from './acts.ts';
import type { Readers } from './read-acts.ts';
import { hasOption, lastName, nodesOf, strings, tablesOf } from './tree.ts';

/** As LOCK TABLE numbers them, from 1. */
const LOCK_MODES: readonly LockMode[] = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
];

export const COMMAND_READERS: Readers = {
  ReindexStmt: ({ relation, name, params }) => [
    {
      do: 'reindex',
      concurrently: hasOption(params, 'concurrently'),
      name: relation?.relname ?? name ?? 'the database',
    },
  ],
  VacuumStmt: ({ options, rels, is_vacuumcmd }) => {
    if (!is_vacuumcmd) return lockWhole(tablesOf(rels), 'analyze', 'SHARE UPDATE EXCLUSIVE');
    return hasOption(options, 'full')
      ? lockWhole(tablesOf(rels), 'vacuum full', 'ACCESS EXCLUSIVE')
      : lockWhole(tablesOf(rels), 'vacuum', 'SHARE UPDATE EXCLUSIVE');
  },
  ClusterStmt: ({ relation }) => lockWhole(tablesOf(relation), 'cluster', 'ACCESS EXCLUSIVE'),
  LockStmt: ({ relations, mode = LOCK_MODES.length }) =>
    lockWhole(tablesOf(relations), 'lock table', LOCK_MODES[mode - 1] ?? 'ACCESS EXCLUSIVE'),
  RefreshMatViewStmt: ({ concurrent, relation }) =>
    lockWhole(tablesOf(relation), 'refresh materialized view', concurrent ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE'),
  TransactionStmt: ({ kind = '' }) => [
    { do: 'transaction', command: kind.replace('TRANS_STMT_', '').toLowerCase().replaceAll('_', ' ') },
  ],
  VariableSetStmt: ({ name, kind }) => [{ do: 'set', name: name ?? (kind === 'VAR_RESET_ALL' ? 'all' : '') }],
  DiscardStmt: ({ target }) => (target === 'DISCARD_ALL' ? [{ do: 'set', name: 'all' }] : []),
  SelectStmt: (node) =>
    nodesOf(node, 'FuncCall').flatMap(({ funcname, args = [] }) =>
      lastName(funcname) === 'set_config' ? [{ do: 'set', name: textOf(args[0]) }] : [],
    ),
  CreatedbStmt: () => [{ do: 'stand alone', command: 'create database' }],
  CreateTableSpaceStmt: () => [{ do: 'stand alone', command: 'create tablespace' }],
  AlterSystemStmt: () => [{ do: 'stand alone', command: 'alter system' }],
};

/** All tables where none is named. */
function lockWhole(tables: readonly string[], command: string, lock: LockMode): Act[] {
  return [{ do: 'lock whole', command, tables, lock }];
}

function textOf(node: Node | undefined): string {
  return node && 'A_Const' in node ? (node.A_Const.sval?.sval ?? '') : strings(node ? [node] : []).join('');
}
