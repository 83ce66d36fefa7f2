/**
 * What happens to entries, for those who follow it. A `seq` is given before its commit, so that a lower one may become visible
 * after a higher one; a position is given afterwards, by one at a time, so that who has seen one has seen all before it.
 */
import type { Entry, TimelineEvent } from '@receptionist/core';
import { type ExpressionBuilder, sql } from 'kysely';
import { ENTRY_COLUMNS, tagsOf, toEntry } from './fallbacks.ts';
import type { Db, Tables } from './schema.ts';
import type { EntryEvent } from './store.ts';

/** A statement on Postgres has 2 s. */
const MOST_AT_ONCE = 2_000;

export async function eventPosition(db: Db): Promise<{ position: number; unnumbered: boolean }> {
  const { position, unnumbered } = await db
    .selectFrom('entry_event_state')
    .select((eb) => [
      'position',
      eb
        .exists(
          eb
            .selectFrom('fallback_timeline')
            .select('seq')
            .where(isUnnumbered)
            .whereRef('seq', '>', 'entry_event_state.after_seq'),
        )
        .as('unnumbered'),
    ])
    .executeTakeFirstOrThrow();
  return { position, unnumbered: Boolean(unnumbered) };
}

export async function numberEvents(db: Db): Promise<void> {
  const { after_seq, position } = await db
    .selectFrom('entry_event_state')
    .selectAll()
    .forUpdate()
    .executeTakeFirstOrThrow();
  const { numUpdatedRows } = await db
    .with('next', (cte) =>
      cte
        .selectFrom('fallback_timeline')
        .select(['seq', sql<number>`row_number() over (order by seq)`.as('nth')])
        .where(isUnnumbered)
        .where('seq', '>', after_seq)
        .orderBy('seq')
        .limit(MOST_AT_ONCE),
    )
    .updateTable('fallback_timeline')
    .from('next')
    .set((eb) => ({ position: eb('next.nth', '+', position) }))
    .whereRef('fallback_timeline.seq', '=', 'next.seq')
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return;
  await db
    .updateTable('entry_event_state')
    .set({ position: position + Number(numUpdatedRows) })
    .execute();
}

/** Word for word as in the index. */
function isUnnumbered(eb: ExpressionBuilder<Tables, 'fallback_timeline'>) {
  return eb('fallback_timeline.position', 'is', null);
}

export async function eventsAfter(db: Db, position: number, limit: number): Promise<EntryEvent[]> {
  const rows = await db
    .selectFrom('fallback_timeline')
    .select((eb) => [
      eb.ref('position').$notNull().as('position'),
      'entry_id',
      'at',
      'actor',
      'action',
      'detail',
    ])
    .where('position', '>', position)
    .orderBy('position')
    .limit(limit)
    .execute();
  const entries = await entriesById(db, [...new Set(rows.map(({ entry_id }) => entry_id))]);
  return rows.flatMap(({ position, entry_id, ...event }) => {
    const entry = entries.get(entry_id);
    return entry ? [{ position, event: event satisfies TimelineEvent, entry }] : [];
  });
}

async function entriesById(db: Db, entry_ids: string[]): Promise<Map<string, Entry>> {
  if (entry_ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('human_fallback')
    .select(ENTRY_COLUMNS)
    .where('entry_id', 'in', entry_ids)
    .execute();
  const tags = await tagsOf(db, entry_ids);
  return new Map(rows.map((row) => [row.entry_id, toEntry(row, tags)]));
}
