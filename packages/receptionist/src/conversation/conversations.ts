/** A turn of a call, from what was heard to what is said: everything that follows from it is one transaction. */
import {
  type EntryContext,
  type Escalation,
  evaluateFlags,
  type Heard,
  type Instant,
  leave,
  outcomeOnLeaving,
  Problem,
  type Reason,
  type Severity,
  type Step,
  severityOf,
  type Tenant,
  type TurnContext,
  takeTurn,
  type Utterance,
} from '@receptionist/core';
import type { LiveConversation, Store, Verbs } from '@receptionist/store';
import type { Wake } from '../escalation/wake.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { IncomingTurn, Reply } from '../webhooks/telephony.ts';

export type CallTurn = IncomingTurn & { tenant: Tenant };

export interface Conversations {
  /** A request that comes again gets the reply it got, and makes no second turn. */
  takeCallTurn(turn: CallTurn): Promise<Reply>;
  /** The caller has gone. What they had begun to say is passed on. Calls that we do not know are nobody's. */
  endCall(call: { call_id: string; account_id: string | null }): Promise<void>;
}

const GOODBYE: Reply = { say: ['This call has ended. Goodbye.'], next: { action: 'hang_up' } };

export function createConversations({
  store,
  log,
  metrics,
  wake,
}: {
  store: Store;
  log: Log;
  metrics: Metrics;
  wake: Wake;
}): Conversations {
  return {
    async takeCallTurn(turn) {
      const now = await store.now();
      const answer = () => store.transact((tx) => answerTurn(tx, turn, now));
      const { reply, began, escalated } = await answer().catch((error) => {
        // The same request came twice at once, and the other one was recorded first: now its reply is there.
        if (error instanceof Problem && error.code === 'already_exists') return answer();
        throw error;
      });
      if (began) metrics.calls.inc();
      if (escalated) announce(turn.tenant, escalated);
      return reply;
    },

    async endCall(call) {
      const now = await store.now();
      const left = await store.transact((tx) => endCall(tx, call, now));
      if (left) announce(left.tenant, left.escalated);
    },
  };

  /** Only after the commit: from here on the event is safe, whatever happens to us. */
  function announce({ tenant_id }: Tenant, { event_id, reason, severity }: Escalated): void {
    metrics.escalationsAccepted.inc({ reason, severity });
    log.info({ event_id, tenant_id, reason, severity }, 'escalation accepted');
    wake.ring();
  }
}

interface Escalated {
  event_id: string;
  reason: Reason;
  severity: Severity;
}

interface AnsweredCallTurn {
  reply: Reply;
  began: boolean;
  escalated: Escalated | null;
}

async function answerTurn(tx: Verbs, turn: CallTurn, now: Instant): Promise<AnsweredCallTurn> {
  const known = await tx.findCall(turn.call_id);
  if (known && known.tenant_id !== turn.tenant.tenant_id) return onlySay(GOODBYE);
  const kept = await keptReply(tx, turn);
  if (kept) return onlySay(kept);
  if (known?.ended_at) return onlySay(GOODBYE);

  const call = known ?? (await beginCall(tx, turn, now));
  const context = contextOf(call, turn.tenant, now);
  const step = takeTurn(call.state, turn.heard, context);
  const reply = replyTo(step, call, turn.tenant);
  const heard = utteranceOf(turn.heard, now);
  await recordTurn(tx, { call, turn, step, reply, heard, now });
  const escalated = step.escalate
    ? await escalate(tx, {
        call,
        escalation: step.escalate,
        // Whoever is asked to hang up waits for nobody.
        live: step.next === 'listen',
        slots: { ...step.understanding?.slots },
        said: [...(heard ? [heard] : []), { speaker: 'receptionist', text: reply.say.join(' '), at: now }],
        details: turn.details,
        now,
      })
    : null;
  return { reply, began: known === null, escalated };
}

function onlySay(reply: Reply): AnsweredCallTurn {
  return { reply, began: false, escalated: null };
}

async function keptReply(tx: Verbs, { call_id, turn, request_token }: CallTurn): Promise<Reply | null> {
  const answered = await tx.answeredTurn({ provider_id: call_id, turn, request_token });
  return (answered?.reply ?? null) as Reply | null;
}

async function beginCall(
  tx: Verbs,
  { call_id, tenant, caller, simulated }: CallTurn,
  at: Instant,
): Promise<LiveConversation> {
  const { tenant_id, plan } = tenant;
  const flags = evaluateFlags(await tx.planTerms(plan), await tx.flagSettings(tenant_id));
  return tx.beginConversation({
    tenant_id,
    channel: 'voice',
    provider_id: call_id,
    caller,
    simulated,
    flags,
    at,
  });
}

function contextOf(
  { flags, channel, caller, transcript }: LiveConversation,
  tenant: Tenant,
  now: Instant,
): TurnContext {
  return { tenant, flags, channel, caller, transcript, now };
}

function replyTo({ say, next }: Step, { next_turn }: LiveConversation, { services }: Tenant): Reply {
  if (next === 'hang_up') return { say, next: { action: 'hang_up' } };
  const hints = services.flatMap(({ name, also }) => [name, ...also]);
  return { say, next: { action: 'listen', turn: next_turn + 1, hints } };
}

function utteranceOf(heard: Heard, at: Instant): Utterance | null {
  switch (heard.kind) {
    case 'speech': {
      const confidence = heard.confidence === null ? {} : { confidence: heard.confidence };
      return { speaker: 'caller', text: heard.text, at, ...confidence };
    }
    case 'keys':
      return { speaker: 'caller', text: `[pressed ${heard.digits}]`, at };
    case 'arrived':
    case 'silence':
      return null;
  }
}

/** Always as the turn that is expected next: a provider that counts otherwise must not make a caller repeat themselves. */
async function recordTurn(
  tx: Verbs,
  taken: {
    call: LiveConversation;
    turn: CallTurn;
    step: Step;
    reply: Reply;
    heard: Utterance | null;
    now: Instant;
  },
): Promise<void> {
  const { call, turn, step, reply, heard, now } = taken;
  await tx.recordTurn({
    conversation_id: call.conversation_id,
    turn: call.next_turn,
    request_token: turn.request_token,
    heard: heard && { text: heard.text, confidence: heard.confidence ?? null },
    said: reply.say.join(' '),
    intent: step.understanding?.intent ?? null,
    decision: step.decision,
    state: step.state,
    reply,
    at: now,
    outcome: step.outcome,
  });
}

interface Escalating {
  call: LiveConversation;
  escalation: Escalation;
  /** Whether the caller is still there and waits. */
  live: boolean;
  slots: EntryContext['slots'];
  /** In this turn. */
  said: Utterance[];
  details: Record<string, string>;
  now: Instant;
}

async function escalate(
  tx: Verbs,
  { call, escalation, live, slots, said, details, now }: Escalating,
): Promise<Escalated> {
  const { tenant_id, conversation_id, channel, caller, simulated } = call;
  const { reason, reason_detail, summary } = escalation;
  const severity = severityOf(reason, live);
  const { event_id } = await tx.emitEscalate({
    tenant_id,
    conversation_id,
    channel,
    caller,
    reason,
    reason_detail,
    severity,
    live,
    at: now,
    context: {
      summary,
      live,
      call_sid: call.provider_id,
      slots,
      transcript: [...call.transcript, ...said],
      simulated,
      // A later event of the call joins the entry's context, and knows less.
      ...(Object.keys(details).length > 0 ? { provider: details } : {}),
    },
  });
  return { event_id, reason, severity };
}

async function endCall(
  tx: Verbs,
  { call_id, account_id }: { call_id: string; account_id: string | null },
  now: Instant,
): Promise<{ tenant: Tenant; escalated: Escalated } | null> {
  const call = await tx.findCall(call_id);
  const tenant = call && (await tx.getTenant(call.tenant_id));
  if (!call || !tenant || isForeign(tenant, account_id)) return null;
  const escalation = call.ended_at ? null : leave(call.state, contextOf(call, tenant, now));
  const escalated = escalation
    ? await escalate(tx, { call, escalation, live: false, slots: {}, said: [], details: {}, now })
    : null;
  // Also where the conversation is over: now nobody is on the line any more.
  await tx.endConversation(call_id, outcomeOnLeaving(call.state), now);
  return escalated && { tenant, escalated };
}

/** A tenant that names its account is reached through no other. */
export function isForeign({ twilio_account_sid }: Tenant, account_id: string | null): boolean {
  return twilio_account_sid !== null && twilio_account_sid !== account_id;
}
