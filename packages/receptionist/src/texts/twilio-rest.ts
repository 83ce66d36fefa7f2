/**
 * Sends texts, places calls and changes them through Twilio's REST API: one request each. Attempts, back-off and the lease live in the row
 * of what is sent.
 */
import type { PhoneNumber } from '@receptionist/core';
import { readFetchFailure, retryAfterOf } from '../fetch-failures.ts';

/** Well below the lease of what is being sent. */
const TIMEOUT_MS = 5_000;
/** Long enough to get a phone out of a pocket, short enough that the next one is rung soon. */
const RING_SECONDS = 25;
/** Whoever has not pressed a key by then talks to somebody else. */
const LONGEST_CALL_SECONDS = 180;

export interface TwilioAccount {
  sid: string;
  token: string;
}

export interface TextToSend {
  account: TwilioAccount;
  sender: PhoneNumber;
  recipient: PhoneNumber;
  body: string;
  /** Where Twilio tells what becomes of it; null: nobody wants to know. */
  reportUrl: string | null;
}

export interface CallToPlace {
  account: TwilioAccount;
  /** The number that is shown. */
  sender: PhoneNumber;
  recipient: PhoneNumber;
  /** What Twilio asks once somebody answers. */
  answerUrl: string;
  /** Where Twilio tells that the call has ended, however it did. */
  statusUrl: string;
  /** Left out: as long as an alert may ring. */
  ringSeconds?: number;
  /** Null: whoever answers may talk as long as they like. Left out: as long as an alert takes. */
  longestSeconds?: number | null;
}

export interface CallToChange {
  account: TwilioAccount;
  call_id: string;
  /** `hang_up`, or the document that is played from now on. */
  to: 'hang_up' | { url: string };
}

export type Sent =
  | { outcome: 'sent'; provider_id: string }
  /** It was not sent, and never will be. */
  | { outcome: 'refused'; why: string; code: number | null }
  /** It was not sent, and may be tried again. */
  | { outcome: 'postponed'; why: string; retryAfterSeconds: number | null }
  /** Nobody knows whether it was sent: it must not be tried again. */
  | { outcome: 'unclear'; why: string };

export type SendText = (text: TextToSend) => Promise<Sent>;
export type PlaceCall = (call: CallToPlace) => Promise<Sent>;
/** `sent`: Twilio does it now. */
export type ChangeCall = (call: CallToChange) => Promise<Sent>;

/** `unknown`: Twilio cannot tell now. */
export type CallState = 'up' | 'over' | 'unknown';
export type LookUpCall = (call: { account: TwilioAccount; call_id: string }) => Promise<CallState>;

/** `apiUrl` without a slash at the end. */
export function createTwilioSender({ apiUrl }: { apiUrl: string }): SendText {
  return ({ account, sender, recipient, body, reportUrl }) =>
    order(apiUrl, account, 'Messages', {
      To: recipient,
      From: sender,
      Body: body,
      ...(reportUrl === null ? {} : { StatusCallback: reportUrl }),
    });
}

/** `apiUrl` without a slash at the end. */
export function createTwilioCaller({ apiUrl }: { apiUrl: string }): PlaceCall {
  return ({
    account,
    sender,
    recipient,
    answerUrl,
    statusUrl,
    ringSeconds = RING_SECONDS,
    longestSeconds = LONGEST_CALL_SECONDS,
  }) =>
    order(apiUrl, account, 'Calls', {
      To: recipient,
      From: sender,
      Url: answerUrl,
      StatusCallback: statusUrl,
      StatusCallbackEvent: 'completed',
      Timeout: String(ringSeconds),
      ...(longestSeconds === null ? {} : { TimeLimit: String(longestSeconds) }),
    });
}

/** `apiUrl` without a slash at the end. */
export function createTwilioCallChanger({ apiUrl }: { apiUrl: string }): ChangeCall {
  return ({ account, call_id, to }) =>
    order(
      apiUrl,
      account,
      `Calls/${call_id}`,
      // What rings ends with it, too.
      to === 'hang_up' ? { Status: 'completed' } : { Url: to.url, Method: 'POST' },
    );
}

/** https://www.twilio.com/docs/voice/api/call-resource#call-status-values */
const UP = ['queued', 'initiated', 'ringing', 'in-progress'];

/** `apiUrl` without a slash at the end. */
export function createTwilioCallReader({ apiUrl }: { apiUrl: string }): LookUpCall {
  return async ({ account, call_id }) => {
    try {
      const answer = await ask(apiUrl, account, `Calls/${call_id}`);
      if (answer.status === 404) return 'over';
      const { status } = await readBody(answer);
      if (!answer.ok || typeof status !== 'string') return 'unknown';
      return UP.includes(status) ? 'up' : 'over';
    } catch {
      return 'unknown';
    }
  };
}

/** Twilio does not know the call, or it is over: https://www.twilio.com/docs/api/errors */
const OVER_CODES = [20404, 21220];

export function isOver(sent: Sent): boolean {
  return sent.outcome === 'refused' && sent.code !== null && OVER_CODES.includes(sent.code);
}

async function order(
  apiUrl: string,
  account: TwilioAccount,
  resource: string,
  fields: Record<string, string>,
): Promise<Sent> {
  try {
    const body = new URLSearchParams(fields);
    return await readAnswer(await ask(apiUrl, account, resource, { method: 'POST', body }));
  } catch (error) {
    return explainFailure(error);
  }
}

function ask(
  apiUrl: string,
  { sid, token }: TwilioAccount,
  resource: string,
  request: RequestInit = {},
): Promise<Response> {
  const credentials = Buffer.from(`${sid}:${token}`).toString('base64');
  return fetch(`${apiUrl}/2010-04-01/Accounts/${sid}/${resource}.json`, {
    ...request,
    headers: { Authorization: `Basic ${credentials}` },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

async function readAnswer(answer: Response): Promise<Sent> {
  const { status } = answer;
  const { sid, code } = await readBody(answer);
  if (answer.ok)
    return typeof sid === 'string'
      ? { outcome: 'sent', provider_id: sid }
      : { outcome: 'unclear', why: `Twilio answered ${status} without an id` };
  if (status === 401)
    return {
      outcome: 'refused',
      why: "Twilio did not accept the account's token: check TWILIO_AUTH_TOKEN, or TWILIO_ACCOUNTS",
      code: null,
    };
  const why = `Twilio answered ${status}${typeof code === 'number' ? ` (${code})` : ''}`;
  if (status === 429 || status === 503)
    return { outcome: 'postponed', why, retryAfterSeconds: retryAfterOf(answer) };
  if (status >= 500) return { outcome: 'unclear', why };
  return { outcome: 'refused', why, code: typeof code === 'number' ? code : null };
}

/** A proxy in between answers with a page. */
async function readBody(answer: Response): Promise<{ sid?: unknown; code?: unknown; status?: unknown }> {
  const body: unknown = await answer.json().catch(() => null);
  return typeof body === 'object' && body !== null ? body : {};
}

function explainFailure(error: unknown): Sent {
  const { code, mayHaveArrived } = readFetchFailure(error);
  const why = `Twilio could not be reached (${code})`;
  return mayHaveArrived
    ? { outcome: 'unclear', why }
    : { outcome: 'postponed', why, retryAfterSeconds: null };
}
