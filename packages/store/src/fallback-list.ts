import type { Entry, Instant, Status } from '@receptionist/core';
import { type Expression, type ExpressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely';
import { ENTRY_COLUMNS, type EntryRow, tagsOf, toEntry } from './fallbacks.ts';
import { cursors, pageOf } from './pages.ts';
import type { Db, Tables } from './schema.ts';
import type { EntryFilter, Page, PageRequest } from './store.ts';

/** Word for word as in the indexes: a database uses an index on an expression or a condition only for the same one. */
interface Order {
  unresolved: RawBuilder<boolean>;
  due_at: RawBuilder<Instant>;
}
const BY_COLUMN: Order = { unresolved: sql`due_at is not null`, due_at: sql`due_at` };
/** Until every entry has the column. Goes, with `orderOf`, once no database is older than `0013_due_at_read`. */
const BY_EXPRESSION: Order = {
  unresolved: sql`status <> 'resolved'`,
  due_at: sql`case status when 'open' then ack_due_at else engage_due_at end`,
};
const RESOLVED = sql<boolean>`status = 'resolved'`;

/** Asked each time: a daemon must not need a restart to go over, nor to go back. */
async function orderOf(db: Db): Promise<Order> {
  const switched = await db
    .selectFrom('schema_migrations')
    .select('id')
    .where('id', '=', '0013_due_at_read')
    .executeTakeFirst();
  return switched ? BY_COLUMN : BY_EXPRESSION;
}

/** The list's parts, one after the other: with a deadline that is still to be met, with none, and done. */
const PARTS = ['waiting', 'engaged', 'resolved'] as const;
type Part = (typeof PARTS)[number];
const STATUSES_OF: Readonly<Record<Part, readonly Status[]>> = {
  waiting: ['open', 'acknowledged'],
  engaged: ['engaged'],
  resolved: ['resolved'],
};
const UNRESOLVED = [...STATUSES_OF.waiting, ...STATUSES_OF.engaged];

interface Listed {
  part: Part;
  sorted_by: Instant;
  row: EntryRow;
}
type Key = readonly [part: string, sorted_by: Instant, entry_id: string];

const cursor = cursors('fallback', ['text', 'instant', 'text']);

export async function listEntries(db: Db, filter: EntryFilter, page: PageRequest): Promise<Page<Entry>> {
  const after = cursor.read(page.cursor);
  const wanted = page.limit + 1;
  const asked = filter.status.length > 0 ? filter.status : UNRESOLVED;
  const listed: Listed[] = [];
  for (const part of PARTS.slice(partOf(after))) {
    const status = STATUSES_OF[part].filter((each) => asked.includes(each));
    if (status.length === 0 || listed.length === wanted) continue;
    const entriesIn = part === 'resolved' ? resolvedEntries : unresolvedEntries;
    const from = after?.[0] === part ? after : null;
    const rows = await entriesIn(db, { ...filter, status }, from, wanted - listed.length);
    listed.push(...rows.map(({ sorted_by, ...row }) => ({ part, sorted_by, row })));
  }
  const tags = await tagsOf(
    db,
    listed.map(({ row }) => row.entry_id),
  );
  return pageOf(
    listed,
    page.limit,
    ({ row }) => toEntry(row, tags),
    ({ part, sorted_by, row }) => cursor.write([part, sorted_by, row.entry_id]),
  );
}

/** By its index; a cursor of a version that knew other parts begins anew. */
function partOf(after: Key | null): number {
  return Math.max(0, PARTS.indexOf(after?.[0] as Part));
}

export async function countEntries(db: Db, { status, ...filter }: EntryFilter): Promise<number> {
  const { unresolved } = await orderOf(db);
  const { count } = await db
    .selectFrom('human_fallback')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(status.length === 0 ? unresolved : (eb) => eb('status', 'in', status))
    .where(matching({ status, ...filter }))
    .executeTakeFirstOrThrow();
  return count;
}

type SortedRow = EntryRow & { sorted_by: Instant };

/** Most urgent first. */
async function unresolvedEntries(
  db: Db,
  filter: EntryFilter,
  after: Key | null,
  limit: number,
): Promise<SortedRow[]> {
  const { unresolved, due_at } = await orderOf(db);
  let query = db
    .selectFrom('human_fallback')
    .select(ENTRY_COLUMNS)
    .select(due_at.as('sorted_by'))
    .where(unresolved)
    .where('status', 'in', filter.status)
    .where(matching(filter))
    .orderBy(due_at)
    .orderBy('entry_id')
    .limit(limit);
  if (after) query = query.where(sql<boolean>`(${due_at}, entry_id) > (${after[1]}, ${after[2]})`);
  return query.execute();
}

/** Newest first. */
async function resolvedEntries(
  db: Db,
  filter: EntryFilter,
  after: Key | null,
  limit: number,
): Promise<SortedRow[]> {
  let query = db
    .selectFrom('human_fallback')
    .select(ENTRY_COLUMNS)
    .select((eb) => eb.ref('resolved_at').$notNull().as('sorted_by'))
    .where(RESOLVED)
    .where(matching(filter))
    .orderBy('resolved_at', 'desc')
    .orderBy('entry_id', 'desc')
    .limit(limit);
  if (after) query = query.where(sql<boolean>`(resolved_at, entry_id) < (${after[1]}, ${after[2]})`);
  return query.execute();
}

type Entries = ExpressionBuilder<Tables, 'human_fallback'>;

function matching(filter: EntryFilter): (eb: Entries) => Expression<SqlBool> {
  return (eb) => {
    const conditions: Expression<SqlBool>[] = [];
    for (const column of ['tenant_id', 'severity', 'reason', 'assignee'] as const) {
      const value = filter[column];
      if (value !== undefined) conditions.push(eb(column, '=', value));
    }
    if (filter.since !== undefined) conditions.push(eb('created_at', '>=', filter.since));
    if (filter.tag !== undefined) conditions.push(eb('entry_id', 'in', entriesTagged(eb, filter.tag)));
    if (filter.q !== undefined) conditions.push(mentions(eb, filter.q));
    return eb.and(conditions);
  };
}

function entriesTagged(eb: Entries, tag: string) {
  return eb.selectFrom('fallback_tags').select('fallback_tags.entry_id').where('tag', '=', tag);
}

function mentions(eb: Entries, text: string): Expression<SqlBool> {
  const own = (['entry_id', 'caller', 'reason_detail', 'resolution_notes'] as const).map((column) =>
    contains(eb.ref(column), text),
  );
  const tagged = eb
    .selectFrom('fallback_tags')
    .select('fallback_tags.entry_id')
    .where((tags) => contains(tags.ref('tag'), text));
  const noted = eb
    .selectFrom('fallback_timeline')
    .select('fallback_timeline.entry_id')
    .where('action', '=', 'noted')
    .where((timeline) => contains(timeline.ref('detail'), text));
  return eb.or([...own, eb('entry_id', 'in', tagged), eb('entry_id', 'in', noted)]);
}

/** Whether the column holds the text, whatever its case; `%` and `_` mean themselves. */
function contains(column: Expression<string | null>, text: string): Expression<SqlBool> {
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return sql<SqlBool>`lower(${column}) like ${pattern} escape ${sql.lit('\\')}`;
}
