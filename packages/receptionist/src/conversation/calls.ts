/** A turn of a call, and its end: everything that follows is one transaction. */
import { type Instant, leave, outcomeOnLeaving, type Step, type Tenant, takeTurn } from '@receptionist/core';
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

export async function answerCall(
  tx: Verbs,
  {
    turn,
    proposed,
    canText,
    now,
  }: { turn: CallTurn; proposed: Proposed | null; canText: (tenant: Tenant) => boolean; now: Instant },
): Promise<AnsweredCall> {
  const { tenant, heard, request_token, details } = turn;
  const known = await tx.findCall(turn.call_id);
  if (known && known.tenant_id !== tenant.tenant_id) return onlySay(GOODBYE);
  const kept = await keptReply(tx, turn);
  if (kept) return onlySay(kept);
  if (known?.ended_at) return onlySay(GOODBYE);

  const call = known ?? (await beginCall(tx, turn, now));
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

function beginCall(
  tx: Verbs,
  { call_id, tenant, caller, simulated }: CallTurn,
  at: Instant,
): Promise<LiveConversation> {
  return begin(tx, { tenant, channel: 'voice', provider_id: call_id, caller, simulated }, at);
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
