import {
  type ConversationState,
  type Instant,
  type Outcome,
  Problem,
  type Utterance,
} from '@receptionist/core';
import type { Selectable } from 'kysely';
import { toJson } from './columns.ts';
import { markCallerLeft } from './fallbacks.ts';
import { tellCallerLeft } from './hand-offs.ts';
import { newId } from './ids.ts';
import { cursors, pageOf } from './pages.ts';
import type { ConversationsTable, Db, Tables } from './schema.ts';
import type {
  AnsweredTurn,
  Conversation,
  ConversationWithTurns,
  LiveConversation,
  Page,
  PageRequest,
  Verbs,
} from './store.ts';
import { hasTenantSchemas, ofTenant, tenantsWithSchema } from './tenant-schemas.ts';

type ConversationRow = Selectable<ConversationsTable>;
type TurnRow = Selectable<Tables['turns']>;
type Turn = ConversationWithTurns['turns'][number];

const DAY_MS = 86_400_000;
const cursor = cursors('conversations', ['instant', 'text']);

export async function findCall(db: Db, provider_id: string): Promise<LiveConversation | null> {
  const row = await callRow(db, provider_id).executeTakeFirst();
  return row ? toLiveConversation(row, await turnsOf(db, row)) : null;
}

export async function holdCall(db: Db, provider_id: string): Promise<LiveConversation | null> {
  const row = await callRow(db, provider_id).forNoKeyUpdate().executeTakeFirst();
  return row ? toLiveConversation(row, await turnsOf(db, row)) : null;
}

function callRow(db: Db, provider_id: string) {
  return db.selectFrom('conversations').selectAll().where('provider_id', '=', provider_id);
}

export async function findConversation(db: Db, conversation_id: string): Promise<LiveConversation | null> {
  const row = await db
    .selectFrom('conversations')
    .selectAll()
    .where('conversation_id', '=', conversation_id)
    .executeTakeFirst();
  return row ? toLiveConversation(row, await turnsOf(db, row)) : null;
}

export async function answeredTurn(
  db: Db,
  key: { provider_id: string; turn: number; request_token: string | null },
): Promise<{ reply: unknown } | null> {
  const call = await db
    .selectFrom('conversations')
    .select(['tenant_id', 'conversation_id'])
    .where('provider_id', '=', key.provider_id)
    .executeTakeFirst();
  if (!call) return null;
  const row = await ofTenant(db, call.tenant_id)
    .selectFrom('turns')
    .select('reply')
    .where('conversation_id', '=', call.conversation_id)
    .where((eb) => eb.or([eb('turn', '=', key.turn), eb('request_token', '=', key.request_token)]))
    .executeTakeFirst();
  return row ? { reply: row.reply === null ? null : JSON.parse(row.reply) } : null;
}

/** Newest first. */
export async function listConversations(
  db: Db,
  tenant_id: string,
  page: PageRequest,
): Promise<Page<Conversation>> {
  const before = cursor.read(page.cursor);
  let query = db
    .selectFrom('conversations')
    .selectAll()
    .where('tenant_id', '=', tenant_id)
    .orderBy('started_at', 'desc')
    .orderBy('conversation_id', 'desc')
    .limit(page.limit + 1);
  if (before) {
    query = query.where((eb) => eb(eb.refTuple('started_at', 'conversation_id'), '<', eb.tuple(...before)));
  }
  const cursorOf = (row: ConversationRow) => cursor.write([row.started_at, row.conversation_id]);
  return pageOf(await query.execute(), page.limit, toConversation, cursorOf);
}

export async function getConversation(
  db: Db,
  tenant_id: string,
  conversation_id: string,
): Promise<ConversationWithTurns | null> {
  const row = await db
    .selectFrom('conversations')
    .selectAll()
    .where('tenant_id', '=', tenant_id)
    .where('conversation_id', '=', conversation_id)
    .executeTakeFirst();
  if (!row) return null;
  const turns = await turnsOf(db, row);
  return { ...toConversation(row), turns: turns.flatMap(toTurns) };
}

export async function beginConversation(
  db: Db,
  begun: Parameters<Verbs['beginConversation']>[0],
): Promise<LiveConversation> {
  const { at, flags, ...given } = begun;
  const row = await db
    .insertInto('conversations')
    .values({ conversation_id: newId('cv', at), ...given, started_at: at, flags: toJson(flags) })
    .onConflict((conflict) => conflict.column('provider_id').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new Problem('already_exists', `The conversation ${begun.provider_id} has begun already.`);
  return toLiveConversation(row, []);
}

export async function recordTurn(db: Db, turn: AnsweredTurn): Promise<void> {
  const { conversation_id, at, outcome } = turn;
  const conversation = await db
    .selectFrom('conversations')
    .select(['tenant_id', 'provider_id'])
    .where('conversation_id', '=', conversation_id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!conversation) throw new Problem('not_found', `There is no conversation ${conversation_id}.`);
  const { tenant_id, provider_id } = conversation;
  const state = stateColumns(db, turn.state);
  const { numInsertedOrUpdatedRows } = await ofTenant(db, tenant_id)
    .insertInto('turns')
    .values({ tenant_id, ...toTurnColumns(turn), ...state.turn })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (!numInsertedOrUpdatedRows) {
    throw new Problem('already_exists', `Turn ${turn.turn} of ${conversation_id} was answered already.`);
  }
  await db
    .updateTable('conversations')
    .set(state.conversation)
    .where('conversation_id', '=', conversation_id)
    .execute();
  if (outcome) await setEnded(db, provider_id, outcome, at);
}

/** It has the caller's words in it. Where those are in the tenant's schema, what live calls are counted by is all that is shared. */
function stateColumns(db: Db, state: ConversationState) {
  if (!hasTenantSchemas(db)) return { turn: {}, conversation: { state: toJson(state) } };
  const { call_limit } = state;
  return { turn: { state: toJson(state) }, conversation: { state: toJson({ call_limit }) } };
}

function toTurnColumns(answered: AnsweredTurn) {
  const { conversation_id, turn, request_token, heard, said, intent, decision, reply, at, took_ms } =
    answered;
  return {
    ...{ conversation_id, turn, request_token, said, intent, decision, at },
    heard_text: heard?.text ?? null,
    heard_confidence: heard?.confidence ?? null,
    reply: toJson(reply),
    took_ms: took_ms == null ? null : Math.round(took_ms),
  };
}

export async function endConversation(
  db: Db,
  provider_id: string,
  outcome: Outcome,
  at: Instant,
): Promise<void> {
  const conversation_id = await setEnded(db, provider_id, outcome, at);
  // First of both: whoever has news of a hand-off locks it before its entry.
  await tellCallerLeft(db, provider_id, at);
  if (conversation_id) await markCallerLeft(db, conversation_id, at);
}

/** What ended it first stays. */
async function setEnded(
  db: Db,
  provider_id: string,
  outcome: Outcome,
  at: Instant,
): Promise<string | undefined> {
  const row = await db
    .updateTable('conversations')
    .set((eb) => ({
      ended_at: eb.fn.coalesce('ended_at', eb.val(at)),
      outcome: eb.fn.coalesce('outcome', eb.val(outcome)),
    }))
    .where('provider_id', '=', provider_id)
    .returning('conversation_id')
    .executeTakeFirst();
  return row?.conversation_id;
}

/** Replies are kept for repeated requests, which come within seconds. */
export async function forgetOldReplies(db: Db, now: Instant): Promise<void> {
  if (!hasTenantSchemas(db)) return forgetReplies(db, now);
  for (const tenant_id of await tenantsWithSchema(db)) await forgetReplies(ofTenant(db, tenant_id), now);
}

async function forgetReplies(db: Db, now: Instant): Promise<void> {
  const dayAgo = new Date(Date.parse(now) - DAY_MS).toISOString();
  await db
    .updateTable('turns')
    .set({ reply: null })
    .where('reply', 'is not', null)
    .where('at', '<', dayAgo)
    .execute();
}

function turnsOf(
  db: Db,
  { tenant_id, conversation_id }: Pick<ConversationRow, 'tenant_id' | 'conversation_id'>,
): Promise<TurnRow[]> {
  return ofTenant(db, tenant_id)
    .selectFrom('turns')
    .selectAll()
    .where('conversation_id', '=', conversation_id)
    .orderBy('turn')
    .execute();
}

function toConversation(row: ConversationRow): Conversation {
  const { provider_id: _, state: __, ...shown } = row;
  return { ...shown, simulated: Boolean(row.simulated), flags: JSON.parse(row.flags) };
}

function toLiveConversation(row: ConversationRow, turns: TurnRow[]): LiveConversation {
  const last = turns.at(-1);
  const state = last?.state ?? row.state;
  return {
    ...toConversation(row),
    provider_id: row.provider_id,
    next_turn: (last?.turn ?? 0) + 1,
    state: state === null ? null : JSON.parse(state),
    transcript: turns.flatMap(toUtterances),
  };
}

/** To a text that says stop, nothing is said. */
function toUtterances(row: TurnRow): Utterance[] {
  const said: Utterance[] = row.said === '' ? [] : [{ speaker: 'receptionist', text: row.said, at: row.at }];
  if (row.heard_text === null) return said;
  const confidence = row.heard_confidence === null ? {} : { confidence: row.heard_confidence };
  return [{ speaker: 'caller', text: row.heard_text, at: row.at, ...confidence }, ...said];
}

/** The caller's words carry what they were taken for, the receptionist's what was decided. */
function toTurns(row: TurnRow): Turn[] {
  return toUtterances(row).map((utterance) => {
    const isCaller = utterance.speaker === 'caller';
    return { ...utterance, intent: isCaller ? row.intent : null, decision: isCaller ? null : row.decision };
  });
}
