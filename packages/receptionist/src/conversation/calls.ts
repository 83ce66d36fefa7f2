/** A turn of a call, and its end: everything that follows is one transaction. */
import {
  type FlagEvaluation,
  type Instant,
  leave,
  outcomeOnLeaving,
  overLimit,
  type Step,
  type Tenant,
  takeTurn,
} from '@receptionist/core';
import type { LiveConversation, Verbs } from '@receptionist/store';
import type { IncomingTurn, Reply } from '../webhooks/telephony.ts';
import {
  begin,
  contextOf,
  type Escalated,
  escalate,
  isForeign,
  type Proposed,
  proposalFor,
  recordTurn,
  utteranceOf,
} from './turns.ts';

export type CallTurn = IncomingTurn & { tenant: Tenant };

export interface AnsweredCall {
  reply: Reply;
  began: boolean;
  /** Of a text that waits in the outbox now. */
  text_id: string | null;
  escalated: Escalated | null;
}

const GOODBYE: Reply = { say: ['This call has ended. Goodbye.'], next: { action: 'hang_up' } };

export interface AnsweringCall {
  turn: CallTurn;
  proposed: Proposed | null;
  /** With these a call begins, and keeps them to its end. */
  flags: FlagEvaluation[];
  canText: (tenant: Tenant) => boolean;
  /** Ms since the caller was heard. */
  waited: () => number;
  now: Instant;
}

export async function answerCall(
  tx: Verbs,
  { turn, proposed, flags, canText, waited, now }: AnsweringCall,
): Promise<AnsweredCall> {
  const { tenant, heard, request_token, details } = turn;
  const known = await tx.findCall(turn.call_id);
  if (known && known.tenant_id !== tenant.tenant_id) return onlySay(GOODBYE);
  const kept = await keptReply(tx, turn);
  if (kept) return onlySay(kept);
  if (known?.ended_at) return onlySay(GOODBYE);

  const call = known ?? (await beginCall(tx, turn, flags, now));
  const textable = canText(tenant) && (await takesTexts(tx, call));
  const context = contextOf(call, { tenant, now, textable });
  const step = takeTurn(call.state, heard, context, proposalFor(known, proposed));
  const reply = replyTo(step, call, tenant);
  const taken = {
    conversation: call,
    step,
    heard: utteranceOf(heard, now),
    said: reply.say.join(' '),
    // Whoever is asked to hang up waits for nobody.
    live: step.next === 'listen',
    reply,
    request_token,
    details,
    took_ms: Math.round(waited()),
    now,
  };
  const escalated = await recordTurn(tx, taken, step.outcome);
  const text_id = await queueText(tx, { call, step, sender: turn.called, now });
  return { reply, began: known === null, text_id, escalated };
}

function onlySay(reply: Reply): AnsweredCall {
  return { reply, began: false, text_id: null, escalated: null };
}

export async function keptReply(
  verbs: Pick<Verbs, 'answeredTurn'>,
  { call_id, turn, request_token }: CallTurn,
): Promise<Reply | null> {
  const answered = await verbs.answeredTurn({ provider_id: call_id, turn, request_token });
  return (answered?.reply ?? null) as Reply | null;
}

async function beginCall(
  tx: Verbs,
  turn: CallTurn,
  flags: FlagEvaluation[],
  at: Instant,
): Promise<LiveConversation> {
  const { call_id, tenant, caller, simulated } = turn;
  const limit = await reachedLimit(tx, turn, at);
  const call = await begin(
    tx,
    { tenant, channel: 'voice', provider_id: call_id, caller, simulated, flags },
    at,
  );
  return limit === null ? call : { ...call, state: overLimit(limit) };
}

/** The plan's calls at once, where as many go on; null: there is a place. Simulated calls take none from real ones. */
async function reachedLimit(
  tx: Verbs,
  { tenant: { tenant_id }, simulated }: CallTurn,
  now: Instant,
): Promise<number | null> {
  const pinned = await tx.planOf(tenant_id);
  if (pinned === null) return null;
  const { concurrent_calls } = await tx.planTerms(pinned.plan, pinned.version);
  if (concurrent_calls === null) return null;
  await tx.holdCallSlot(tenant_id);
  const live = await tx.liveCalls(tenant_id, now, { simulated });
  return live >= concurrent_calls ? concurrent_calls : null;
}

async function takesTexts(tx: Verbs, { tenant_id, caller }: LiveConversation): Promise<boolean> {
  return caller !== null && !(await tx.hasOptedOut({ tenant_id, channel: 'sms', sender: caller }));
}

function replyTo({ say, next }: Step, { next_turn }: LiveConversation, { services }: Tenant): Reply {
  if (next === 'hang_up') return { say, next: { action: 'hang_up' } };
  const hints = services.flatMap(({ name, also }) => [name, ...also]);
  return { say, next: { action: 'listen', turn: next_turn + 1, hints } };
}

/** A simulated caller has no phone that a real text could reach. */
async function queueText(
  tx: Verbs,
  { call, step, sender, now }: { call: LiveConversation; step: Step; sender: string; now: Instant },
): Promise<string | null> {
  const { tenant_id, conversation_id, caller, simulated } = call;
  if (step.text === null || caller === null || simulated) return null;
  const text = { tenant_id, conversation_id, recipient: caller, sender, body: step.text };
  return (await tx.queueText(text, now)).text_id;
}

/** Calls that we do not know are nobody's. */
export async function endCall(
  tx: Verbs,
  { call_id, account_id }: { call_id: string; account_id: string | null },
  now: Instant,
): Promise<Escalated | null> {
  const call = await tx.findCall(call_id);
  const tenant = call && (await tx.getTenant(call.tenant_id));
  if (!call || !tenant || isForeign(tenant, account_id)) return null;
  const escalation = call.ended_at ? null : leave(call.state, contextOf(call, { tenant, now }));
  const escalated = escalation && (await escalate(tx, { conversation: call, escalation, live: false, now }));
  // Also where the conversation is over: now nobody is on the line any more.
  await tx.endConversation(call_id, outcomeOnLeaving(call.state), now);
  return escalated;
}
