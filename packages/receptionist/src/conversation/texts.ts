/** A text, answered in writing: everything that follows from it is one transaction. */
import {
  endOfThread,
  type FlagEvaluation,
  type Heard,
  type Instant,
  keywordOf,
  leave,
  outcomeOnLeaving,
  silentSince,
  splitIntoTexts,
  type Tenant,
  takeTurn,
} from '@receptionist/core';
import type { Correspondent, LiveConversation, ReadVerbs, TextThread, Verbs } from '@receptionist/store';
import type { IncomingText } from '../webhooks/messaging.ts';
import {
  begin,
  contextOf,
  type Escalated,
  escalate,
  type Proposed,
  proposalFor,
  recordTurn,
  utteranceOf,
} from './turns.ts';

export type TenantText = IncomingText & { tenant: Tenant };

/** Kept as JSON, to be given again word for word. */
export interface TextReply {
  texts: string[];
  conversation_id: string | null;
}

export interface AnsweredText {
  reply: TextReply;
  escalated: Escalated[];
}

export async function answerText(
  tx: Verbs,
  {
    text,
    proposed,
    flags,
    now,
  }: { text: TenantText; proposed: Proposed | null; flags: FlagEvaluation[]; now: Instant },
): Promise<AnsweredText> {
  const { tenant, message_id, request_token, details } = text;
  const kept = await keptTexts(tx, text);
  if (kept) return { reply: kept, escalated: [] };

  const correspondent = correspondentOf(text);
  const optedOut = await tx.hasOptedOut(correspondent);
  const heard = hear(text, optedOut);
  const { known, escalated } = await thread(tx, correspondent, tenant, now);
  const conversation = known ?? (await beginThread(tx, text, flags, now));
  const context = contextOf(conversation, { tenant, now });
  const step = takeTurn(conversation.state, heard, context, proposalFor(known, proposed));
  await obey(tx, heard, correspondent, now);
  const { conversation_id, next_turn: turn } = conversation;
  // Nothing is sent to who wants nothing; a person is told of them all the same.
  const reply = { texts: optedOut ? [] : splitIntoTexts(step.say), conversation_id };
  const needed = await recordTurn(
    tx,
    {
      conversation,
      step,
      heard: utteranceOf(heard, now),
      said: reply.texts.join(' '),
      live: false,
      reply,
      request_token,
      details,
      now,
    },
    // Only silence ends it.
    null,
  );
  await tx.recordIncomingText({
    tenant_id: tenant.tenant_id,
    message_id,
    request_token,
    conversation_id,
    turn,
    at: now,
  });
  return { reply, escalated: [...escalated, ...(needed ? [needed] : [])] };
}

/** One that is too old to be kept is not answered again. */
export async function keptTexts(
  verbs: Pick<ReadVerbs, 'answeredText'>,
  { tenant: { tenant_id }, message_id, request_token }: TenantText,
): Promise<TextReply | null> {
  const answered = await verbs.answeredText({ tenant_id, message_id, request_token });
  return answered && ((answered.reply ?? { texts: [], conversation_id: null }) as TextReply);
}

export function correspondentOf({ tenant: { tenant_id }, channel, sender }: TenantText): Correspondent {
  return { tenant_id, channel, sender };
}

/** Where the provider does not say what it took for a keyword, it has answered STOP and START all the same. */
export function hear({ text, media, keyword: told }: IncomingText, optedOut: boolean): Heard {
  const keyword = told ?? keywordOf(text, { optedOut });
  if (keyword) return { kind: 'keyword', keyword, text, answered: told !== null };
  return text === '' && media.length === 0 ? { kind: 'silence' } : { kind: 'text', text, media };
}

async function obey(tx: Verbs, heard: Heard, correspondent: Correspondent, now: Instant): Promise<void> {
  if (heard.kind !== 'keyword') return;
  if (heard.keyword === 'stop') await tx.optOut(correspondent, now);
  if (heard.keyword === 'start') await tx.optIn(correspondent);
}

/** The one that goes on; one that was silent for too long is ended first. */
async function thread(
  tx: Verbs,
  correspondent: Correspondent,
  tenant: Tenant,
  now: Instant,
): Promise<{ known: TextThread | null; escalated: Escalated[] }> {
  const found = await tx.findThread(correspondent);
  if (!found || !isOver(found, now)) return { known: found, escalated: [] };
  const escalated = await endThread(tx, found, tenant, now);
  return { known: null, escalated: escalated ? [escalated] : [] };
}

export function isOver({ last_at }: TextThread, now: Instant): boolean {
  return last_at <= silentSince(now);
}

async function beginThread(
  tx: Verbs,
  text: TenantText,
  flags: FlagEvaluation[],
  now: Instant,
): Promise<LiveConversation> {
  const { tenant, channel, message_id: provider_id, caller, simulated } = text;
  const conversation = await begin(tx, { tenant, channel, provider_id, caller, simulated, flags }, now);
  await tx.beginThread(correspondentOf(text), conversation.conversation_id, now);
  return conversation;
}

/** End one that was silent for too long. Null: there is none. */
export async function endSilentThread(
  tx: Verbs,
  now: Instant,
): Promise<{ escalated: Escalated | null } | null> {
  const found = await tx.claimIdleThread(silentSince(now));
  const tenant = found && (await tx.getTenant(found.tenant_id));
  return found && tenant && { escalated: await endThread(tx, found, tenant, now) };
}

/** What the caller had begun to say is passed on. */
async function endThread(
  tx: Verbs,
  found: TextThread,
  tenant: Tenant,
  now: Instant,
): Promise<Escalated | null> {
  const escalation = leave(found.state, contextOf(found, { tenant, now }));
  const escalated = escalation && (await escalate(tx, { conversation: found, escalation, live: false, now }));
  await tx.endThread(found, outcomeOnLeaving(found.state), endOfThread(found.last_at));
  return escalated;
}
