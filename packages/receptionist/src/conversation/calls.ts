/** A turn of a call, and its end: everything that follows is one transaction. */
import {
  evaluateFlag,
  type FlagEvaluation,
  type HandOff,
  type Heard,
  type Instant,
  isOn,
  isOpen,
  leave,
  outcomeOnLeaving,
  overLimit,
  type Step,
  type Tenant,
  takeTurn,
} from '@receptionist/core';
import type { LiveConversation, Verbs } from '@receptionist/store';
import { roomOf } from '../hand-off/room.ts';
import type { CallStatus, IncomingTurn, RecordingReport, Reply } from '../webhooks/telephony.ts';
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

/** `before` null: it begins. */
export interface ChangedHandOff {
  before: HandOff | null;
  after: HandOff;
}

export interface AnsweredCall {
  reply: Reply;
  began: boolean;
  /** Of a text that waits in the outbox now. */
  text_id: string | null;
  /** The caller waits for a person now, or is back. */
  hand_off: ChangedHandOff | null;
  escalated: Escalated | null;
}

const GOODBYE: Reply = { say: ['This call has ended. Goodbye.'], next: { action: 'hang_up' } };

export interface AnsweringCall {
  turn: CallTurn;
  proposed: Proposed | null;
  /** With these a call begins, and keeps them to its end. */
  flags: FlagEvaluation[];
  canText: (tenant: Tenant) => boolean;
  canCall: (tenant: Tenant) => boolean;
  /** Ms since the caller was heard. */
  waited: () => number;
  now: Instant;
}

export async function answerCall(
  tx: Verbs,
  { turn, proposed, flags, canText, canCall, waited, now }: AnsweringCall,
): Promise<AnsweredCall> {
  const { tenant, request_token, details } = turn;
  const known = await tx.findCall(turn.call_id);
  if (known && known.tenant_id !== tenant.tenant_id) return onlySay(GOODBYE);
  const kept = await keptReply(tx, turn);
  if (kept) return onlySay(kept);
  // What was recorded counts, although whoever hung up while speaking is gone before we hear of it.
  if (known?.ended_at && turn.heard.kind !== 'recorded') return onlySay(GOODBYE);

  const call = known ?? (await beginCall(tx, turn, flags, now));
  const textable = canText(tenant) && (await takesTexts(tx, call));
  const transferable = await isTransferable(tx, call, { tenant, flags, canCall, now });
  const { heard, returned } = await heardIn(tx, turn, now);
  const context = contextOf(call, { tenant, now, textable, transferable });
  const step = takeTurn(call.state, heard, context, proposalFor(known, proposed));
  const reply = replyTo(step, call, tenant);
  const taken = {
    conversation: call,
    step,
    heard: utteranceOf(heard, now),
    said: reply.say.join(' '),
    // Whoever is asked to hang up waits for nobody.
    live: step.next !== 'hang_up',
    reply,
    request_token,
    details,
    took_ms: Math.round(waited()),
    now,
  };
  const escalated = await recordTurn(tx, taken, step.outcome);
  const text_id = await queueText(tx, { call, step, sender: turn.called, now });
  const begun = await beginHandOff(tx, { call, step, escalated, tenant, number: turn.called, now });
  return { reply, began: known === null, text_id, hand_off: begun ?? returned, escalated };
}

function onlySay(reply: Reply): AnsweredCall {
  return { reply, began: false, text_id: null, hand_off: null, escalated: null };
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

/** A caller who comes back from the room says whether they had spoken with a person, and the hand-off hears that they are back. */
async function heardIn(
  tx: Verbs,
  { heard, call_id }: CallTurn,
  now: Instant,
): Promise<{ heard: Heard; returned: ChangedHandOff | null }> {
  const before = heard.kind === 'handed_back' ? await tx.handOffOfCall(call_id) : null;
  const after = before && (await tx.tellHandOff(before.hand_off_id, { news: 'caller_returned' }, now));
  if (before === null || after === null) return { heard, returned: null };
  const bridged = before.legs.some(({ outcome }) => outcome === 'accepted');
  return { heard: { kind: 'handed_back', bridged }, returned: { before, after } };
}

/** Asked again where it is done: what is written down now counts, whatever was true when the call began. */
async function isTransferable(
  tx: Verbs,
  { tenant_id, simulated, flags: pinned }: LiveConversation,
  { tenant, flags, canCall, now }: Pick<AnsweringCall, 'flags' | 'canCall' | 'now'> & { tenant: Tenant },
): Promise<boolean> {
  const isAllowed = [pinned, flags].every((evaluated) => isOn(evaluated, 'allow_live_transfer'));
  const isStaffed = tenant.hand_off.phones.length > 0 && isOpen(tenant, now);
  if (!isAllowed || !isStaffed || simulated || !canCall(tenant)) return false;
  const written = await tx.flagSnapshot(tenant_id);
  return written !== null && evaluateFlag('allow_live_transfer', written, now).enabled;
}

async function beginHandOff(
  tx: Verbs,
  {
    call,
    step,
    escalated,
    tenant,
    number,
    now,
  }: {
    call: LiveConversation;
    step: Step;
    escalated: Escalated | null;
    tenant: Tenant;
    number: string;
    now: Instant;
  },
): Promise<ChangedHandOff | null> {
  if (step.next !== 'hand_off' || escalated === null) return null;
  const { tenant_id, conversation_id, provider_id: call_id } = call;
  const { phones, ring_seconds } = tenant.hand_off;
  const caller = step.state.callback_number ?? call.caller;
  const { event_id } = escalated;
  const begun = { tenant_id, conversation_id, event_id, call_id, caller, number, phones, ring_seconds };
  return { before: null, after: await tx.beginHandOff(begun, now) };
}

function replyTo({ say, next }: Step, call: LiveConversation, { services }: Tenant): Reply {
  const turn = call.next_turn + 1;
  switch (next) {
    case 'hang_up':
      return { say, next: { action: 'hang_up' } };
    case 'hand_off':
      return { say, next: { action: 'hand_off', room: roomOf(call), turn } };
    case 'record':
      return { say, next: { action: 'record', turn } };
    case 'listen': {
      const hints = services.flatMap(({ name, also }) => [name, ...also]);
      return { say, next: { action: 'listen', turn, hints } };
    }
  }
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

export async function endCall(
  tx: Verbs,
  ended: Pick<CallStatus, 'call_id' | 'account_id'>,
  now: Instant,
): Promise<Pick<AnsweredCall, 'escalated' | 'hand_off'>> {
  const found = await ownCall(tx, ended);
  if (found === null) return { escalated: null, hand_off: null };
  const { call, tenant } = found;
  const escalation = call.ended_at ? null : leave(call.state, contextOf(call, { tenant, now }));
  const escalated = escalation && (await escalate(tx, { conversation: call, escalation, live: false, now }));
  const before = await tx.handOffOfCall(ended.call_id);
  // Also where the conversation is over: now nobody is on the line any more.
  await tx.endConversation(ended.call_id, outcomeOnLeaving(call.state), now);
  const after = before && (await tx.getHandOff(before.hand_off_id));
  return { escalated, hand_off: after && { before, after } };
}

export async function keepRecording(
  tx: Verbs,
  { call_id, account_id, ...recording }: RecordingReport,
  at: Instant,
): Promise<void> {
  const found = await ownCall(tx, { call_id, account_id });
  if (found === null) return;
  const { tenant_id, conversation_id } = found.call;
  await tx.recordRecording({ ...recording, tenant_id, conversation_id, at });
}

/** Null for calls that we do not know, or that came through an account that is not the tenant's. */
async function ownCall(
  tx: Verbs,
  { call_id, account_id }: Pick<CallStatus, 'call_id' | 'account_id'>,
): Promise<{ call: LiveConversation; tenant: Tenant } | null> {
  const call = await tx.findCall(call_id);
  const tenant = call && (await tx.getTenant(call.tenant_id));
  return call && tenant && !isForeign(tenant, account_id) ? { call, tenant } : null;
}
