/** Calls that we place to alert somebody. Whoever implements it speaks the provider's protocol. */
import type { Voice } from '@receptionist/core';
import type { Fields, SignedRequest } from './telephony.ts';

/** Which call it is, and how far it has come. The provider carries it, so that nothing has to be remembered. */
export interface AlertCall {
  delivery_id: string;
  /** How many more callers it tells of. */
  others: number;
  /** How often the alert was said. */
  said: number;
}

/** What the person did when asked. */
export type AlertAnswer = 'nothing' | 'acknowledge' | 'pass_on' | 'unknown';

export interface AlertCallTurn extends AlertCall {
  /** The provider's account that the call belongs to, or null. */
  account_id: string | null;
  answer: AlertAnswer;
}

export interface EndedAlertCall {
  delivery_id: string;
  account_id: string | null;
  /** In words. */
  how: string;
}

export interface AlertCallReply {
  say: string[];
  voice: Voice;
  /** Null: the call ends. */
  next: AlertCall | null;
}

export interface AlertLine {
  /** Null where it is no alert call. */
  readTurn(request: SignedRequest, fields: Fields): AlertCallTurn | null;
  /** Null where it is no alert call, or it goes on. */
  readEnd(request: SignedRequest, fields: Fields): EndedAlertCall | null;
  /** The document that makes the provider speak and wait for a key. */
  render(reply: AlertCallReply): string;
  /** What the provider asks once somebody answers. */
  answerUrl(call: AlertCall): string;
  /** Where the provider tells that the call has ended. */
  statusUrl(delivery_id: string): string;
}
