/** Texts from and to a phone. Whoever implements it speaks the provider's protocol; conversations know only what is here. */
import type { Keyword, Medium, PhoneNumber, TextChannel, TextStatus } from '@receptionist/core';
import type { Fields, SignedRequest } from './telephony.ts';

export interface IncomingText {
  message_id: string;
  /** The provider's account that the text belongs to, or null. */
  account_id: string | null;
  channel: TextChannel;
  /** As the provider names them: a number, a short code, a name. */
  sender: string;
  /** Null where the sender is no phone number. */
  caller: PhoneNumber | null;
  called: PhoneNumber;
  /** The same for a request and its repetitions, or null. */
  request_token: string | null;
  /** Masked and cleaned. */
  text: string;
  media: readonly Medium[];
  /** The provider took the text for this, and has answered it. */
  keyword: Keyword | null;
  /** Sent by our own simulator. */
  simulated: boolean;
  /** What else the provider said that helps the person who takes over. */
  details: Record<string, string>;
}

/** What the provider tells of a text of ours. */
export interface TextReport {
  provider_id: string;
  account_id: string | null;
  status: TextStatus;
  error_code: number | null;
  /** Ours, where it was sent from the outbox. */
  text_id: string | null;
  /** The conversation, where it was the answer to a webhook. */
  conversation_id: string | null;
  sender: PhoneNumber;
  recipient: PhoneNumber;
}

export interface Messaging {
  /** Null where it is no text. */
  readText(request: SignedRequest, fields: Fields): IncomingText | null;
  /** Null where it is no report that we know how to read. */
  readReport(request: SignedRequest, fields: Fields): TextReport | null;
  /** The document that makes the provider send. `conversation_id` null: nobody wants to know what becomes of them. */
  render(texts: readonly string[], conversation_id: string | null): string;
  /** Where the provider tells what became of a text from the outbox. */
  reportUrl(text_id: string): string;
}
