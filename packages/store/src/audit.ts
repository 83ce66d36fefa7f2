import { toJson } from './columns.ts';
import { cursors, pageOf } from './pages.ts';
import type { Db } from './schema.ts';
import type { AuditFilter, AuditRow, Page, PageRequest } from './store.ts';

const cursor = cursors('audit', ['number']);

export async function recordAudit(db: Db, row: AuditRow): Promise<void> {
  const { at, actor, action, target, request_id, address } = row;
  const [before, after] = [toJson(row.before), toJson(row.after)];
  await db
    .insertInto('audit_log')
    .values({ at, actor, action, target, request_id, address, before, after })
    .execute();
}

/** Newest first. */
export async function listAudit(db: Db, filter: AuditFilter, page: PageRequest): Promise<Page<AuditRow>> {
  const before = cursor.read(page.cursor);
  let query = db
    .selectFrom('audit_log')
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(page.limit + 1);
  if (before) query = query.where('seq', '<', before[0]);
  if (filter.since !== undefined) query = query.where('at', '>=', filter.since);
  for (const column of ['actor', 'action', 'target'] as const) {
    const value = filter[column];
    if (value !== undefined) query = query.where(column, '=', value);
  }
  return pageOf(await query.execute(), page.limit, toAuditRow, (row) => cursor.write([row.seq]));
}

function toAuditRow({ seq: _, ...row }: AuditRow & { seq: number; before: string; after: string }): AuditRow {
  return { ...row, before: JSON.parse(row.before), after: JSON.parse(row.after) };
}
