/** What changes rows. */
import type { Node } from 'libpg-query';
import type { Readers } from './read-acts.ts';
import { tablesOf } from './tree.ts';

export const ROW_READERS: Readers = {
  UpdateStmt: ({ relation, whereClause, targetList }, text) => [
    {
      do: 'update',
      table: relation?.relname ?? '',
      where: whereClause ? afterWhere(text) : null,
      assigned: [targets(targetList)],
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
  MergeStmt: ({ relation, mergeWhenClauses = [] }, text) => [
    {
      do: 'update',
      table: relation?.relname ?? '',
      where: /\bon\b([\s\S]*?)\bthen\b/i.exec(text)?.[1] ?? null,
      assigned: mergeWhenClauses.flatMap((node) =>
        'MergeWhenClause' in node ? [targets(node.MergeWhenClause.targetList)] : [],
      ),
    },
  ],
  InsertStmt: ({ relation, cols, selectStmt, onConflictClause }, text) => [
    {
      do: 'insert',
      table: relation?.relname ?? '',
      assigned: [targets(cols), targets(onConflictClause?.targetList)],
      from: tablesOf(selectStmt),
      conflictHandled: Boolean(onConflictClause),
      where: afterWhere(text),
    },
  ],
  TruncateStmt: ({ relations }) => [{ do: 'truncate', tables: tablesOf(relations) }],
};

function targets(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => ('ResTarget' in node ? [node.ResTarget.name ?? ''] : []));
}

function afterWhere(text: string): string | null {
  return /\bwhere\b([\s\S]*)$/i.exec(text)?.[1] ?? null;
}
