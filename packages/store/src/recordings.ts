import type { Db } from './schema.ts';
import type { Recording, Verbs } from './store.ts';
import { ofTenant } from './tenant-schemas.ts';

/** It is told when it begins to be made and when it is ready, in either order, and each of them maybe twice. */
export async function recordRecording(
  db: Db,
  recording: Parameters<Verbs['recordRecording']>[0],
): Promise<void> {
  await ofTenant(db, recording.tenant_id)
    .insertInto('recordings')
    .values(recording)
    .onConflict((conflict) =>
      conflict
        .column('recording_id')
        .doUpdateSet(({ ref, fn }) => ({
          url: ref('excluded.url'),
          duration_s: fn.coalesce('excluded.duration_s', 'recordings.duration_s'),
          status: ref('excluded.status'),
        }))
        .where('recordings.status', '=', 'in_progress'),
    )
    .execute();
}

/** Oldest first. */
export function recordingsOf(db: Db, tenant_id: string, conversation_id: string): Promise<Recording[]> {
  return ofTenant(db, tenant_id)
    .selectFrom('recordings')
    .select(['recording_id', 'url', 'duration_s', 'status', 'at'])
    .where('conversation_id', '=', conversation_id)
    .orderBy('at')
    .orderBy('recording_id')
    .execute();
}
