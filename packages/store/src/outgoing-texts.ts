/** The outbox of texts, and what became of them. */
import { type Instant, isLaterStatus, isUndelivered, type TextStatus } from '@receptionist/core';
import { newId } from './ids.ts';
import type { Db } from './schema.ts';
import type { ClaimedText, OutgoingText, SendResult } from './store.ts';
import { hasTenantSchemas, ofTenant } from './tenant-schemas.ts';

const COLUMNS = ['text_id', 'tenant_id', 'conversation_id', 'recipient', 'sender', 'body'] as const;

export async function queueText(
  db: Db,
  text: Omit<OutgoingText, 'text_id'> & { body: string },
  at: Instant,
): Promise<{ text_id: string }> {
  const text_id = newId('tx', at);
  const { tenant_id, conversation_id, body } = text;
  await db
    .insertInto('outgoing_texts')
    .values({
      text_id,
      ...text,
      body: hasTenantSchemas(db) ? null : body,
      status: 'waiting',
      attempts: 0,
      next_attempt_at: at,
      fence: 0,
      created_at: at,
    })
    .execute();
  if (hasTenantSchemas(db)) {
    await ofTenant(db, tenant_id)
      .insertInto('text_bodies')
      .values({ text_id, tenant_id, conversation_id, body })
      .execute();
  }
  return { text_id };
}

/** With the bodies that stand in the tenants' own schemas. */
async function withBodies<T extends OutgoingText>(db: Db, texts: T[]): Promise<T[]> {
  if (!hasTenantSchemas(db)) return texts;
  const bodies = new Map<string, string>();
  for (const [tenant_id, own] of Map.groupBy(texts, (text) => text.tenant_id)) {
    const ids = own.map(({ text_id }) => text_id);
    for (const { text_id, body } of await bodiesOf(db, tenant_id, ids)) bodies.set(text_id, body);
  }
  return texts.map((text) => ({ ...text, body: bodies.get(text.text_id) ?? null }));
}

function bodiesOf(db: Db, tenant_id: string, text_ids: string[]) {
  return ofTenant(db, tenant_id)
    .selectFrom('text_bodies')
    .select(['text_id', 'body'])
    .where('text_id', 'in', text_ids)
    .execute();
}

export async function claimTexts(
  db: Db,
  { now, limit, lease_ms }: { now: Instant; limit: number; lease_ms: number },
): Promise<ClaimedText[]> {
  const due = await db
    .selectFrom('outgoing_texts')
    .select([...COLUMNS, 'attempts', 'fence'])
    .where('next_attempt_at', '<=', now)
    .orderBy('text_id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  const lease_until = new Date(Date.parse(now) + lease_ms).toISOString();
  const claimed = due.map((text) => ({ ...text, attempts: text.attempts + 1, fence: text.fence + 1 }));
  for (const { text_id, attempts, fence } of claimed) {
    await db
      .updateTable('outgoing_texts')
      .set({ status: 'sending', next_attempt_at: null, lease_until, attempts, fence })
      .where('text_id', '=', text_id)
      .execute();
  }
  return (await withBodies(db, claimed)).filter(hasBody);
}

/** What waits has one. */
function hasBody<T extends OutgoingText>(text: T): text is T & { body: string } {
  return text.body !== null;
}

export async function recordSending(db: Db, text: ClaimedText, result: SendResult): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('outgoing_texts')
    .set({ next_attempt_at: null, lease_until: null, ...result })
    .where('text_id', '=', text.text_id)
    .where('status', '=', 'sending')
    .where('fence', '=', text.fence)
    .executeTakeFirst();
  return Boolean(numUpdatedRows);
}

export async function giveUpTexts(db: Db, now: Instant): Promise<OutgoingText[]> {
  const lost = await db
    .updateTable('outgoing_texts')
    .set({ status: 'failed', lease_until: null, why: 'it is not known whether it was sent' })
    .where('lease_until', '<=', now)
    .returning(COLUMNS)
    .execute();
  return withBodies(db, lost);
}

export async function findOutgoingText(
  db: Db,
  { text_id, provider_id }: { text_id: string | null; provider_id: string },
): Promise<OutgoingText | null> {
  const row = await db
    .selectFrom('outgoing_texts')
    .select(COLUMNS)
    .where((eb) => eb.or([eb('text_id', '=', text_id), eb('provider_id', '=', provider_id)]))
    .forUpdate()
    .executeTakeFirst();
  if (!row) return null;
  const [text] = await withBodies(db, [row]);
  return text ?? null;
}

/** Two reports of it may come at once: both find the one row. */
export async function recordReplyText(
  db: Db,
  { provider_id, ...text }: Omit<OutgoingText, 'text_id' | 'body'> & { provider_id: string },
  at: Instant,
): Promise<OutgoingText> {
  await db
    .insertInto('outgoing_texts')
    .values({
      text_id: newId('tx', at),
      ...text,
      status: 'sent',
      attempts: 1,
      fence: 0,
      created_at: at,
      provider_id,
    })
    .onConflict((conflict) => conflict.column('provider_id').doNothing())
    .execute();
  return (await findOutgoingText(db, { text_id: null, provider_id })) as OutgoingText;
}

export async function recordTextStatus(
  db: Db,
  text_id: string,
  { provider_id, status, why }: { provider_id: string; status: TextStatus; why: string | null },
): Promise<boolean> {
  const before = await db
    .selectFrom('outgoing_texts')
    .select(['status', 'provider_status'])
    .where('text_id', '=', text_id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (!isLaterStatus(status, before.provider_status)) return false;
  await db
    .updateTable('outgoing_texts')
    .set({
      // Who tells of a text has it, whatever became of our request.
      status: isUndelivered(status) ? 'failed' : 'sent',
      next_attempt_at: null,
      lease_until: null,
      provider_id,
      provider_status: status,
      why,
    })
    .where('text_id', '=', text_id)
    .execute();
  return isUndelivered(status) && before.status !== 'failed';
}
