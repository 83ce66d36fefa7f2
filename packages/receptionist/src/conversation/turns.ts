/** What a turn of a call and a text have in common: it begins a conversation, it is recorded, it may need a person. */
import {
  type Channel,
  type EntryContext,
  type Escalation,
  type FlagEvaluation,
  type Heard,
  type Instant,
  kindOf,
  type Medium,
  type PhoneNumber,
  type Proposal,
  type Reason,
  recordingInWords,
  type Severity,
  type Step,
  severityOf,
  type Tenant,
  type TurnContext,
  type Utterance,
} from '@receptionist/core';
import type { AnsweredTurn, LiveConversation, Verbs } from '@receptionist/store';

/** An event was accepted, of which somebody will be told once the transaction is done. */
export interface Escalated {
  tenant_id: string;
  event_id: string;
  reason: Reason;
  severity: Severity;
}

/** What a model would do, and in which turn: in another one it means nothing. */
export interface Proposed {
  /** Null where the conversation had not begun. */
  conversation_id: string | null;
  turn: number;
  proposal: Proposal;
}

export function proposalFor(known: LiveConversation | null, proposed: Proposed | null): Proposal | null {
  const isMeant =
    proposed?.conversation_id === (known?.conversation_id ?? null) &&
    proposed.turn === (known?.next_turn ?? 1);
  return isMeant ? proposed.proposal : null;
}

export function begin(
  tx: Verbs,
  begun: {
    tenant: Tenant;
    channel: Channel;
    provider_id: string;
    caller: PhoneNumber | null;
    simulated: boolean;
    flags: FlagEvaluation[];
  },
  at: Instant,
): Promise<LiveConversation> {
  const { tenant, ...conversation } = begun;
  return tx.beginConversation({ tenant_id: tenant.tenant_id, ...conversation, at });
}

export function contextOf(
  {
    flags,
    channel,
    caller,
    transcript,
  }: Pick<LiveConversation, 'flags' | 'channel' | 'caller' | 'transcript'>,
  {
    tenant,
    now,
    textable = false,
    transferable = false,
  }: { tenant: Tenant; now: Instant; textable?: boolean; transferable?: boolean },
): TurnContext {
  return { tenant, flags, channel, caller, textable, transferable, transcript, now };
}

/** What stands in the transcript, or null where nothing was said. */
export function utteranceOf(heard: Heard, at: Instant): Utterance | null {
  switch (heard.kind) {
    case 'speech': {
      const confidence = heard.confidence === null ? {} : { confidence: heard.confidence };
      return { speaker: 'caller', text: heard.text, at, ...confidence };
    }
    case 'keys':
      return { speaker: 'caller', text: `[pressed ${heard.digits}]`, at };
    case 'text':
      return { speaker: 'caller', text: [heard.text, ...heard.media.map(mention)].join(' ').trim(), at };
    case 'keyword':
      return { speaker: 'caller', text: heard.text, at };
    case 'recorded':
      return { speaker: 'caller', text: recordingInWords(heard.duration_s), at };
    case 'arrived':
    case 'silence':
    case 'handed_back':
      return null;
  }
}

/** Where the person who takes over finds it; we never fetch it. */
function mention(medium: Medium): string {
  return `[${kindOf(medium)} ${medium.content_type} ${medium.url}]`;
}

export interface TakenTurn {
  conversation: LiveConversation;
  step: Step;
  heard: Utterance | null;
  said: string;
  /** Whether the caller is there and waits. */
  live: boolean;
  reply: unknown;
  request_token: string | null;
  details: Record<string, string>;
  /** Left out where nobody waits for the answer. */
  took_ms?: number;
  now: Instant;
}

/** Always as the turn that is expected next: a provider that counts otherwise must not make a caller repeat themselves. */
export async function recordTurn(
  tx: Verbs,
  taken: TakenTurn,
  outcome: AnsweredTurn['outcome'],
): Promise<Escalated | null> {
  const { conversation, step, heard, said, now } = taken;
  await tx.recordTurn({
    conversation_id: conversation.conversation_id,
    turn: conversation.next_turn,
    request_token: taken.request_token,
    heard: heard && { text: heard.text, confidence: heard.confidence ?? null },
    said,
    intent: step.understanding?.intent ?? null,
    decision: step.decision,
    state: step.state,
    reply: taken.reply,
    at: now,
    outcome,
    took_ms: taken.took_ms ?? null,
  });
  if (!step.escalate) return null;
  const { live, details } = taken;
  const answer: Utterance[] = said === '' ? [] : [{ speaker: 'receptionist', text: said, at: now }];
  return escalate(tx, {
    conversation,
    escalation: step.escalate,
    live,
    slots: { ...step.understanding?.slots },
    said: [...(heard ? [heard] : []), ...answer],
    details,
    now,
  });
}

export interface Escalating {
  conversation: LiveConversation;
  escalation: Escalation;
  live: boolean;
  slots?: EntryContext['slots'];
  /** In this turn. */
  said?: Utterance[];
  details?: Record<string, string>;
  now: Instant;
}

export async function escalate(
  tx: Verbs,
  { conversation, escalation, live, slots = {}, said = [], details = {}, now }: Escalating,
): Promise<Escalated> {
  const { tenant_id, conversation_id, channel, caller, simulated } = conversation;
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
      call_sid: channel === 'voice' ? conversation.provider_id : null,
      slots,
      transcript: [...conversation.transcript, ...said],
      simulated,
      // A later event of the conversation joins the entry's context, and knows less.
      ...(Object.keys(details).length > 0 ? { provider: details } : {}),
    },
  });
  return { tenant_id, event_id, reason, severity };
}

/** A tenant that names its account is reached through no other. */
export function isForeign({ twilio_account_sid }: Tenant, account_id: string | null): boolean {
  return twilio_account_sid !== null && twilio_account_sid !== account_id;
}
