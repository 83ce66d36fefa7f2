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

/** Stands in the place of an answer until there is one, so that a second request with the key has something to wait for. */
const NO_ANSWER_YET = { request_hash: '', status: 0, body: 'null' };

/** Takes the place of the answer where there is none, or one that has expired. */
export async function findAnswer(
  db: Db,
  actor: string,
  idempotency_key: string,
  now: Instant,
): Promise<KeptAnswer | null> {
  const vacant = { ...NO_ANSWER_YET, expires_at: now };
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('kept_answers')
    .values({ actor, idempotency_key, ...vacant })
    .onConflict((conflict) =>
      conflict
        .columns(['actor', 'idempotency_key'])
        .doUpdateSet(vacant)
        .where((eb) =>
          eb.or([
            eb('kept_answers.expires_at', '<=', now),
            eb('kept_answers.request_hash', '=', NO_ANSWER_YET.request_hash),
          ]),
        ),
    )
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows) return null;
  const { request_hash, status, body } = await db
    .selectFrom('kept_answers')
    .selectAll()
    .where('actor', '=', actor)
    .where('idempotency_key', '=', idempotency_key)
    .executeTakeFirstOrThrow();
  return { request_hash, status, body: JSON.parse(body) };
}

export async function keepAnswer(
  db: Db,
  actor: string,
  idempotency_key: string,
  answer: KeptAnswer & { expires_at: Instant },
): Promise<void> {
  await db
    .updateTable('kept_answers')
    .set({ ...answer, body: toJson(answer.body) })
    .where('actor', '=', actor)
    .where('idempotency_key', '=', idempotency_key)
    .execute();
}

export async function forgetExpiredRequests(db: Db, now: Instant): Promise<void> {
  await db.deleteFrom('used_tokens').where('expires_at', '<=', now).execute();
  await db.deleteFrom('kept_answers').where('expires_at', '<=', now).execute();
}
