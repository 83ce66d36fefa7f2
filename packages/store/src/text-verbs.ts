/** Texts, in both directions: the questions and changes of the store. */
import type { Instant, Outcome, PhoneNumber, TextChannel, TextStatus } from '@receptionist/core';
import type { LiveConversation } from './conversation-verbs.ts';

/** Whom a tenant writes with. */
export interface Correspondent {
  tenant_id: string;
  channel: TextChannel;
  /** As the provider names them. */
  sender: string;
}

/** A conversation in writing that goes on. */
export type TextThread = LiveConversation & { last_at: Instant };

/** A text of ours. */
export interface OutgoingText {
  text_id: string;
  tenant_id: string;
  conversation_id: string;
  recipient: PhoneNumber;
  /** The tenant's number that it comes from. */
  sender: PhoneNumber;
  /** Null for the answer to a webhook. */
  body: string | null;
}

/** A text to be sent. `fence` must come back with the record of what happened. */
export type ClaimedText = OutgoingText & { body: string; attempts: number; fence: number };

/** What became of a claimed text; where that is not known, nothing is recorded, and its lease runs out. */
export type SendResult =
  | { status: 'sent'; provider_id: string }
  | { status: 'skipped' | 'failed'; why: string }
  | { status: 'waiting'; why: string; next_attempt_at: Instant };

export interface TextReadVerbs {
  hasOptedOut(correspondent: Correspondent): Promise<boolean>;
  /** The conversation in writing that goes on, or null. */
  findThread(correspondent: Correspondent): Promise<TextThread | null>;
  /** The reply of a text that was answered already, by its id or the provider's token; null where it is forgotten. */
  answeredText(key: {
    tenant_id: string;
    message_id: string;
    request_token: string | null;
  }): Promise<{ reply: unknown } | null>;
}

export interface TextVerbs {
  /** @throws Problem `already_exists` when one goes on already */
  beginThread(correspondent: Correspondent, conversation_id: string, at: Instant): Promise<void>;
  /** The turn answered this text, and its thread goes on. @throws Problem `already_exists` when it was answered meanwhile */
  recordIncomingText(text: {
    tenant_id: string;
    message_id: string;
    request_token: string | null;
    conversation_id: string;
    turn: number;
    at: Instant;
  }): Promise<void>;
  /** One that was silent since `before`, held for this worker until the transaction ends. */
  claimIdleThread(before: Instant): Promise<TextThread | null>;
  endThread(thread: LiveConversation, outcome: Outcome, at: Instant): Promise<void>;
  optOut(correspondent: Correspondent, at: Instant): Promise<void>;
  optIn(correspondent: Correspondent): Promise<void>;
  queueText(
    text: Omit<OutgoingText, 'text_id'> & { body: string },
    at: Instant,
  ): Promise<{ text_id: string }>;
  /** Take what is due, oldest first. Counts the attempt. */
  claimTexts(claim: { now: Instant; limit: number; lease_ms: number }): Promise<ClaimedText[]>;
  /** False, and nothing written, when the provider told of it already, or the lease ran out. */
  recordSending(text: ClaimedText, result: SendResult): Promise<boolean>;
  /** Those whose lease ran out, given up for good: nobody knows whether they were sent. */
  giveUpTexts(now: Instant): Promise<OutgoingText[]>;
  /** By our id or the provider's; held until the transaction ends. */
  findOutgoingText(ids: { text_id: string | null; provider_id: string }): Promise<OutgoingText | null>;
  /** The provider made a text of the answer to a webhook. */
  recordReplyText(
    text: Omit<OutgoingText, 'text_id' | 'body'> & { provider_id: string },
    at: Instant,
  ): Promise<OutgoingText>;
  /** True when it is known now, and was not before, that it does not arrive. An earlier status overwrites no later one. */
  recordTextStatus(
    text_id: string,
    report: { provider_id: string; status: TextStatus; why: string | null },
  ): Promise<boolean>;
}
