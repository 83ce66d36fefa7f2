/** Conversations in writing: which one goes on with whom, which texts were answered, and who wants none. */
import { type Instant, type Outcome, Problem } from '@receptionist/core';
import { endConversation, findConversation } from './conversations.ts';
import type { Db } from './schema.ts';
import type { Correspondent, LiveConversation, TextThread, Verbs } from './store.ts';
import { ofTenant } from './tenant-schemas.ts';

export async function hasOptedOut(db: Db, { tenant_id, channel, sender }: Correspondent): Promise<boolean> {
  const row = await db
    .selectFrom('text_opt_outs')
    .select('at')
    .where('tenant_id', '=', tenant_id)
    .where('channel', '=', channel)
    .where('recipient', '=', sender)
    .executeTakeFirst();
  return row !== undefined;
}

export async function optOut(
  db: Db,
  { tenant_id, channel, sender }: Correspondent,
  at: Instant,
): Promise<void> {
  await db
    .insertInto('text_opt_outs')
    .values({ tenant_id, channel, recipient: sender, at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function optIn(db: Db, { tenant_id, channel, sender }: Correspondent): Promise<void> {
  await db
    .deleteFrom('text_opt_outs')
    .where('tenant_id', '=', tenant_id)
    .where('channel', '=', channel)
    .where('recipient', '=', sender)
    .execute();
}

export async function findThread(db: Db, correspondent: Correspondent): Promise<TextThread | null> {
  return toThread(db, await threadRow(db, correspondent).executeTakeFirst());
}

export async function holdThread(db: Db, correspondent: Correspondent): Promise<TextThread | null> {
  return toThread(db, await threadRow(db, correspondent).forUpdate().executeTakeFirst());
}

function threadRow(db: Db, { tenant_id, channel, sender }: Correspondent) {
  return threads(db)
    .where('tenant_id', '=', tenant_id)
    .where('channel', '=', channel)
    .where('sender', '=', sender);
}

export async function claimIdleThread(db: Db, before: Instant): Promise<TextThread | null> {
  const row = await threads(db)
    .where('last_at', '<=', before)
    .orderBy('last_at')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return toThread(db, row);
}

function threads(db: Db) {
  return db.selectFrom('text_threads').select(['conversation_id', 'last_at']);
}

async function toThread(
  db: Db,
  row: { conversation_id: string; last_at: Instant } | undefined,
): Promise<TextThread | null> {
  if (!row) return null;
  const conversation = await findConversation(db, row.conversation_id);
  return conversation && { ...conversation, last_at: row.last_at };
}

export async function beginThread(
  db: Db,
  { tenant_id, channel, sender }: Correspondent,
  conversation_id: string,
  at: Instant,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('text_threads')
    .values({ tenant_id, channel, sender, conversation_id, last_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (!numInsertedOrUpdatedRows)
    throw new Problem('already_exists', `A conversation on ${channel} goes on already with this sender.`);
}

export async function endThread(
  db: Db,
  { conversation_id, provider_id }: LiveConversation,
  outcome: Outcome,
  at: Instant,
): Promise<void> {
  await db.deleteFrom('text_threads').where('conversation_id', '=', conversation_id).execute();
  await endConversation(db, provider_id, outcome, at);
}

export async function recordIncomingText(
  db: Db,
  { at, ...answered }: Parameters<Verbs['recordIncomingText']>[0],
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await ofTenant(db, answered.tenant_id)
    .insertInto('incoming_texts')
    .values(answered)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (!numInsertedOrUpdatedRows)
    throw new Problem('already_exists', `The text ${answered.message_id} was answered already.`);
  await db
    .updateTable('text_threads')
    .set({ last_at: at })
    .where('conversation_id', '=', answered.conversation_id)
    .execute();
}

export async function answeredText(
  db: Db,
  key: { tenant_id: string; message_id: string; request_token: string | null },
): Promise<{ reply: unknown } | null> {
  const row = await ofTenant(db, key.tenant_id)
    .selectFrom('incoming_texts')
    .innerJoin('turns', (join) =>
      join
        .onRef('turns.conversation_id', '=', 'incoming_texts.conversation_id')
        .onRef('turns.turn', '=', 'incoming_texts.turn'),
    )
    .select('turns.reply')
    .where('incoming_texts.tenant_id', '=', key.tenant_id)
    .where((eb) =>
      eb.or([
        eb('incoming_texts.message_id', '=', key.message_id),
        eb('incoming_texts.request_token', '=', key.request_token),
      ]),
    )
    .executeTakeFirst();
  return row ? { reply: row.reply === null ? null : JSON.parse(row.reply) } : null;
}
