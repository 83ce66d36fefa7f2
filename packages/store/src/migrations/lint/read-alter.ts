/** The parts of an `alter table`, one act each. */
import type { AlterTableType } from 'libpg-query';
import type { Act } from './acts.ts';
import type { NodeOf } from './parser.ts';
import { readColumn, readConstraint, readType } from './read-columns.ts';

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
      ? [{ do: 'change type', table, column: name, to: readType(def.ColumnDef.typeName) }]
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
  AT_DetachPartition: (table, { def }) => [
    {
      do: 'detach partition',
      table,
      concurrently: Boolean(def && 'PartitionCmd' in def && def.PartitionCmd.concurrent),
    },
  ],
};

export function readAlterTable({ relation, cmds = [] }: NodeOf<'AlterTableStmt'>): Act[] {
  const table = relation?.relname ?? '';
  return cmds.flatMap((node): Act[] => {
    if (!('AlterTableCmd' in node)) return [];
    const { subtype } = node.AlterTableCmd;
    const read = subtype && COMMANDS[subtype];
    return read ? read(table, node.AlterTableCmd) : [{ do: 'alter table', table }];
  });
}
