/** How many calls a tenant has at the moment, for the limit of its plan. */
import type { Instant } from '@receptionist/core';
import { sql } from 'kysely';
import type { Db } from './schema.ts';
import { ofTenant } from './tenant-schemas.ts';

/** Twilio ends a call by itself after 4 hours: one that seems to last longer has ended without our being told. */
const LONGEST_CALL_MS = 4 * 60 * 60 * 1000;
/** Nobody is silent for so long: the call has ended, and its end was never told. */
const LONGEST_SILENCE_MS = 60 * 60 * 1000;

export async function liveCalls(
  db: Db,
  tenant_id: string,
  now: Instant,
  { simulated } = { simulated: false },
): Promise<number> {
  const since = (ms: number) => new Date(Date.parse(now) - ms).toISOString();
  const { calls } = await ofTenant(db, tenant_id)
    .selectFrom('conversations')
    .select(({ fn }) => fn.countAll<number>().as('calls'))
    .where('tenant_id', '=', tenant_id)
    .where('started_at', '>', since(LONGEST_CALL_MS))
    .where(({ eb, exists, or, selectFrom }) =>
      or([
        eb('started_at', '>', since(LONGEST_SILENCE_MS)),
        exists(
          selectFrom('turns')
            .select('turn')
            .whereRef('turns.conversation_id', '=', 'conversations.conversation_id')
            .where('at', '>', since(LONGEST_SILENCE_MS)),
        ),
      ]),
    )
    .where('channel', '=', 'voice')
    .where('ended_at', 'is', null)
    .where('simulated', '=', simulated)
    .where(sql`state ->> 'call_limit'`, 'is', null)
    .executeTakeFirstOrThrow();
  return calls;
}

export async function holdCallSlot(db: Db, tenant_id: string): Promise<void> {
  await db
    .selectFrom('tenants')
    .select('tenant_id')
    .where('tenant_id', '=', tenant_id)
    .forNoKeyUpdate()
    .execute();
}
