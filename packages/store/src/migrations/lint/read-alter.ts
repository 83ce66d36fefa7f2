/** The parts of an `alter table`, one act each. */
import type { AlterTableType, Node } from 'libpg-query';
import type { Act, ChangedType, LockMode } from './acts.ts';
import type { NodeOf } from './parser.ts';
import { readColumn, readConstraint, readType } from './read-columns.ts';
import { columnOf } from './tree.ts';

type Command = NodeOf<'AlterTableCmd'>;

const COMMANDS: Partial<Record<AlterTableType, (table: string, command: Command) => Act[]>> = {
  AT_AddColumn: (table, { def, missing_ok }) =>
    def && 'ColumnDef' in def
      ? [{ do: 'add column', table, column: readColumn(def.ColumnDef), guarded: Boolean(missing_ok) }]
      : [],
  AT_DropColumn: (table, { name = '', behavior, missing_ok }) => [
    {
      do: 'drop column',
      table,
      column: name,
      cascade: behavior === 'DROP_CASCADE',
      guarded: Boolean(missing_ok),
    },
  ],
  AT_AlterColumnType: (table, { name = '', def }) =>
    def && 'ColumnDef' in def
      ? [{ do: 'change type', table, column: name, to: readNewType(name, def.ColumnDef) }]
      : [],
  AT_SetNotNull: (table, { name = '' }) => [{ do: 'set not null', table, column: name }],
  AT_DropNotNull: (table, { name = '' }) => [{ do: 'drop not null', table, column: name }],
  AT_ColumnDefault: (table, { name = '', def }) => [
    { do: def ? 'set default' : 'drop default', table, column: name },
  ],
  AT_AddConstraint: (table, { def }) =>
    def && 'Constraint' in def
      ? readConstraint(def.Constraint).map((constraint) => ({ do: 'add constraint', table, constraint }))
      : [],
  AT_ValidateConstraint: (table, { name = '' }) => [{ do: 'validate constraint', table, name }],
  AT_DropConstraint: (table, { name = '', behavior, missing_ok }) => [
    {
      do: 'drop constraint',
      table,
      name,
      cascade: behavior === 'DROP_CASCADE',
      guarded: Boolean(missing_ok),
    },
  ],
  AT_DropIdentity: (table, { name = '' }) => [{ do: 'drop default', table, column: name }],
  AT_DropExpression: (table, { name = '' }) => [{ do: 'drop default', table, column: name }],
  AT_SetLogged: (table) => [rewritten('set logged', table)],
  AT_SetUnLogged: (table) => [rewritten('set unlogged', table)],
  AT_SetTableSpace: (table) => [rewritten('set tablespace', table)],
  AT_SetAccessMethod: (table) => [rewritten('set access method', table)],
  AT_AttachPartition: (table, { def }) => [{ do: 'attach partition', table, partition: partitionIn(def) }],
  AT_DetachPartition: (table, { def }) => [
    {
      do: 'detach partition',
      table,
      partition: partitionIn(def),
      concurrently: Boolean(def && 'PartitionCmd' in def && def.PartitionCmd.concurrent),
    },
  ],
};

/** By Postgres' AlterTableGetLockLevel; what is not named here keeps everybody out. */
const GENTLER: Partial<Record<AlterTableType, LockMode>> = {
  AT_SetStatistics: 'SHARE UPDATE EXCLUSIVE',
  AT_SetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_SetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ClusterOn: 'SHARE UPDATE EXCLUSIVE',
  AT_DropCluster: 'SHARE UPDATE EXCLUSIVE',
  AT_EnableTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableTrigAll: 'SHARE ROW EXCLUSIVE',
  AT_EnableTrigUser: 'SHARE ROW EXCLUSIVE',
  AT_EnableAlwaysTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableReplicaTrig: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrig: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrigAll: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrigUser: 'SHARE ROW EXCLUSIVE',
};

function partitionIn(def: Node | undefined): string {
  return (def && 'PartitionCmd' in def && def.PartitionCmd.name?.relname) || '';
}

function rewritten(command: string, table: string): Act {
  return { do: 'lock whole', command, tables: [table], lock: 'ACCESS EXCLUSIVE' };
}

/** The acts of each part. */
export function readAlterTable({ relation, cmds = [] }: NodeOf<'AlterTableStmt'>): Act[][] {
  const table = relation?.relname ?? '';
  return cmds.map((node): Act[] => {
    if (!('AlterTableCmd' in node)) return [];
    const { subtype } = node.AlterTableCmd;
    const read = subtype && COMMANDS[subtype];
    const lock = (subtype && GENTLER[subtype]) ?? 'ACCESS EXCLUSIVE';
    return read ? read(table, node.AlterTableCmd) : [{ do: 'alter table', table, lock }];
  });
}

/** The value itself, and a cast of it, are what Postgres would take by itself. */
function readNewType(name: string, { typeName, raw_default, collClause }: NodeOf<'ColumnDef'>): ChangedType {
  const value = raw_default && 'TypeCast' in raw_default ? raw_default.TypeCast.arg : raw_default;
  const isSame = value === undefined || columnOf(value) === name;
  return { ...readType(typeName), computed: !isSame || collClause !== undefined };
}
