import type { Instant, TimelineEvent } from '@receptionist/core';
import type { Db } from './schema.ts';

/** Who did it where no person did. */
export const OURSELVES = 'receptionistd';

type WhatHappened = Pick<TimelineEvent, 'action' | 'detail'>;

export async function writeTimeline(
  db: Db,
  entry: { entry_id: string; tenant_id: string },
  actor: string,
  at: Instant,
  happened: readonly WhatHappened[],
): Promise<void> {
  const { entry_id, tenant_id } = entry;
  for (const { action, detail } of happened) {
    await db
      .insertInto('fallback_timeline')
      .values({ entry_id, tenant_id, at, actor, action, detail })
      .execute();
  }
}

export function timelineOf(db: Db, entry_id: string): Promise<TimelineEvent[]> {
  return db
    .selectFrom('fallback_timeline')
    .select(['at', 'actor', 'action', 'detail'])
    .where('entry_id', '=', entry_id)
    .orderBy('seq')
    .execute();
}
