import type { Instant, TimelineEvent } from '@receptionist/core';
import type { Db } from './schema.ts';

/** Who did it where no person did. */
export const OURSELVES = 'receptionistd';

export type WhatHappened = Pick<TimelineEvent, 'action' | 'detail'>;

export async function writeTimeline(
  db: Db,
  entry: { entry_id: string; tenant_id: string },
  actor: string,
  at: Instant,
  happened: readonly WhatHappened[],
): Promise<void> {
  if (happened.length === 0) return;
  const { entry_id, tenant_id } = entry;
  await db
    .insertInto('fallback_timeline')
    .values(happened.map(({ action, detail }) => ({ entry_id, tenant_id, at, actor, action, detail })))
    .execute();
}

export function timelineOf(db: Db, entry_id: string): Promise<TimelineEvent[]> {
  return db
    .selectFrom('fallback_timeline')
    .select(['at', 'actor', 'action', 'detail'])
    .where('entry_id', '=', entry_id)
    .orderBy('seq')
    .execute();
}

/** What came after `seq`; all of it for null. */
export function timelineAfter(
  db: Db,
  entry_id: string,
  seq: number | null,
): Promise<(TimelineEvent & { seq: number })[]> {
  return db
    .selectFrom('fallback_timeline')
    .select(['seq', 'at', 'actor', 'action', 'detail'])
    .where('entry_id', '=', entry_id)
    .where('seq', '>', seq ?? 0)
    .orderBy('seq')
    .execute();
}
