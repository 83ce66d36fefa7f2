/** What makes a request to the admin API safe to repeat, and a stolen one useless. */
import { type Instant, Problem } from '@receptionist/core';
import { toJson } from './columns.ts';
import type { Db } from './schema.ts';
import type { KeptAnswer } from './store.ts';

export async function useTokenOnce(db: Db, jti: string, expires_at: Instant): Promise<void> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('used_tokens')
    .values({ jti, expires_at })
    .onConflict((conflict) => conflict.column('jti').doNothing())
    .executeTakeFirst();
  if (!numInsertedOrUpdatedRows) throw new Problem('unauthorized', 'The token was used before.');
}

/** An answer that has expired is deleted, so that its key can be used for another request. */
export async function findAnswer(
  db: Db,
  actor: string,
  idempotency_key: string,
  now: Instant,
): Promise<KeptAnswer | null> {
  const row = await db
    .selectFrom('kept_answers')
    .selectAll()
    .where('actor', '=', actor)
    .where('idempotency_key', '=', idempotency_key)
    .executeTakeFirst();
  if (!row) return null;
  if (row.expires_at <= now) {
    await forgetAnswer(db, actor, idempotency_key);
    return null;
  }
  return { request_hash: row.request_hash, status: row.status, body: JSON.parse(row.body) };
}

async function forgetAnswer(db: Db, actor: string, idempotency_key: string): Promise<void> {
  await db
    .deleteFrom('kept_answers')
    .where('actor', '=', actor)
    .where('idempotency_key', '=', idempotency_key)
    .execute();
}

export async function keepAnswer(
  db: Db,
  actor: string,
  idempotency_key: string,
  answer: KeptAnswer & { expires_at: Instant },
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('kept_answers')
    .values({ actor, idempotency_key, ...answer, body: toJson(answer.body) })
    .onConflict((conflict) => conflict.columns(['actor', 'idempotency_key']).doNothing())
    .executeTakeFirst();
  if (!numInsertedOrUpdatedRows) {
    throw new Problem(
      'idempotency_conflict',
      'Another request with this Idempotency-Key was answered at the same time.',
    );
  }
}

export async function forgetExpiredRequests(db: Db, now: Instant): Promise<void> {
  await db.deleteFrom('used_tokens').where('expires_at', '<=', now).execute();
  await db.deleteFrom('kept_answers').where('expires_at', '<=', now).execute();
}
