/** Conversations and their turns: the questions and changes of the store. */
import type {
  Channel,
  ConversationState,
  FlagEvaluation,
  Instant,
  Outcome,
  PhoneNumber,
  Utterance,
} from '@receptionist/core';
import type { Page, PageRequest } from './pages.ts';

export interface Conversation {
  conversation_id: string;
  tenant_id: string;
  channel: Channel;
  caller: PhoneNumber | null;
  started_at: Instant;
  ended_at: Instant | null;
  outcome: Outcome | null;
  simulated: boolean;
  /** As they were evaluated when the conversation began. */
  flags: FlagEvaluation[];
}

export interface ConversationWithTurns extends Conversation {
  turns: (Utterance & { intent: string | null; decision: string | null })[];
}

/** A conversation as the next turn needs it. */
export interface LiveConversation extends Conversation {
  /** The provider's id of the call, or of the first text. */
  provider_id: string;
  /** The number of the turn that is expected next; the first is 1. */
  next_turn: number;
  state: ConversationState | null;
  transcript: Utterance[];
}

/** One answered turn: what was heard and said, the state after it, and the reply, kept to be given again. */
export interface AnsweredTurn {
  conversation_id: string;
  turn: number;
  /** The provider's token for a request and its retries, or null. */
  request_token: string | null;
  heard: { text: string; confidence: number | null } | null;
  said: string;
  intent: string | null;
  decision: string;
  state: ConversationState;
  /** JSON; given again word for word to a repeated request. */
  reply: unknown;
  at: Instant;
  /** Set when the conversation is over. */
  outcome: Outcome | null;
  /** From the request to its answer; null or left out: nobody measured it. */
  took_ms?: number | null;
}

export interface ConversationReadVerbs {
  findCall(provider_id: string): Promise<LiveConversation | null>;
  findConversation(conversation_id: string): Promise<LiveConversation | null>;
  /** The reply of a turn that was answered already, by the provider's token or by call and turn; null where it is forgotten. */
  answeredTurn(key: {
    provider_id: string;
    turn: number;
    request_token: string | null;
  }): Promise<{ reply: unknown } | null>;
  listConversations(tenant_id: string, page: PageRequest): Promise<Page<Conversation>>;
  getConversation(tenant_id: string, conversation_id: string): Promise<ConversationWithTurns | null>;
}

export interface ConversationVerbs {
  beginConversation(begun: {
    tenant_id: string;
    channel: Channel;
    provider_id: string;
    caller: PhoneNumber | null;
    simulated: boolean;
    flags: FlagEvaluation[];
    at: Instant;
  }): Promise<LiveConversation>;
  /** @throws Problem `already_exists` when the turn was answered meanwhile (the caller of this gives the kept reply) */
  recordTurn(turn: AnsweredTurn): Promise<void>;
  /** The caller has gone. Ends the conversation (an outcome that is set stays), takes `live` from its entry, and tells its hand-off. */
  endConversation(provider_id: string, outcome: Outcome, at: Instant): Promise<void>;
}
