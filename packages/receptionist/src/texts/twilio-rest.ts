/** Sends texts through Twilio's REST API: one request each. Attempts, back-off and the lease live in the text's row. */
import type { PhoneNumber } from '@receptionist/core';

/** Well below the lease of a text that is being sent. */
const TIMEOUT_MS = 5_000;

export interface TwilioAccount {
  sid: string;
  token: string;
}

export interface TextToSend {
  account: TwilioAccount;
  sender: PhoneNumber;
  recipient: PhoneNumber;
  body: string;
  /** Where Twilio tells what becomes of it. */
  reportUrl: string;
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

/** `apiUrl` without a slash at the end. */
export function createTwilioSender({ apiUrl }: { apiUrl: string }): SendText {
  return async (text) => {
    try {
      return await readAnswer(await post(apiUrl, text));
    } catch (error) {
      return explainFailure(error);
    }
  };
}

function post(
  apiUrl: string,
  { account, sender, recipient, body, reportUrl }: TextToSend,
): Promise<Response> {
  const credentials = Buffer.from(`${account.sid}:${account.token}`).toString('base64');
  return fetch(`${apiUrl}/2010-04-01/Accounts/${account.sid}/Messages.json`, {
    method: 'POST',
    headers: { Authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ To: recipient, From: sender, Body: body, StatusCallback: reportUrl }),
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
    return { outcome: 'postponed', why, retryAfterSeconds: secondsIn(answer.headers.get('retry-after')) };
  if (status >= 500) return { outcome: 'unclear', why };
  return { outcome: 'refused', why, code: typeof code === 'number' ? code : null };
}

/** A proxy in between answers with a page. */
async function readBody(answer: Response): Promise<{ sid?: unknown; code?: unknown }> {
  const body: unknown = await answer.json().catch(() => null);
  return typeof body === 'object' && body !== null ? body : {};
}

function secondsIn(header: string | null): number | null {
  return /^\d{1,5}$/.test(header ?? '') ? Number(header) : null;
}

/** Failures before the request could leave. */
const NEVER_LEFT = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

function explainFailure(error: unknown): Sent {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  const code = cause?.code ?? name ?? 'no answer';
  const why = `Twilio could not be reached (${code})`;
  return NEVER_LEFT.includes(code)
    ? { outcome: 'postponed', why, retryAfterSeconds: null }
    : { outcome: 'unclear', why };
}
