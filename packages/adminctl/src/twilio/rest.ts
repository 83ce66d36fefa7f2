/** The little of Twilio's REST API that setting up and reconciling need. https://www.twilio.com/docs/usage/api */
import { whyNoAnswer } from '@receptionist/admin-api';
import type { Instant, PhoneNumber } from '@receptionist/core';
import { CommandError } from '../failure.ts';
import type { Settings } from '../settings.ts';

const DEFAULT_URL = 'https://api.twilio.com';
const LARGEST_PAGE = '1000';

/** What of a number can be set, as it is shown; it is sent in PascalCase. */
export const NUMBER_SETTINGS = {
  voice_url: 'VoiceUrl',
  voice_method: 'VoiceMethod',
  voice_fallback_url: 'VoiceFallbackUrl',
  voice_fallback_method: 'VoiceFallbackMethod',
  status_callback: 'StatusCallback',
  status_callback_method: 'StatusCallbackMethod',
  sms_url: 'SmsUrl',
  sms_method: 'SmsMethod',
  sms_fallback_url: 'SmsFallbackUrl',
  sms_fallback_method: 'SmsFallbackMethod',
} as const;

export type NumberSetting = keyof typeof NUMBER_SETTINGS;
export type NumberSettings = Record<NumberSetting, string>;

export interface TwilioNumber extends NumberSettings {
  sid: string;
  phone_number: string;
  /** Any of the three takes the number's own addresses out of use. */
  voice_application_sid: string | null;
  trunk_sid: string | null;
  sms_application_sid: string | null;
}

export interface TwilioCall {
  sid: string;
  from: string;
  to: string;
  status: string;
  direction: string;
  /** RFC 2822. */
  start_time: string;
  /** Seconds, as text; null while it lasts. */
  duration: string | null;
}

/** Every method throws CommandError: what Twilio said, what it means, what to do. */
export interface TwilioRest {
  account(): Promise<{ friendly_name: string; status: string }>;
  /** Null where the account has no such number. */
  number(number: PhoneNumber): Promise<TwilioNumber | null>;
  configure(sid: string, settings: Partial<NumberSettings>): Promise<TwilioNumber>;
  /** Newest first. */
  callsTo(number: PhoneNumber, since: Instant): Promise<TwilioCall[]>;
}

interface Credentials {
  apiUrl: string;
  accountSid: string;
  authToken: string;
}

/** `subaccount`: the one that the numbers belong to, which its parent's credentials open. @throws CommandError `no_key` */
export function twilioRest(
  settings: Settings,
  { timeoutMs, subaccount = null }: { timeoutMs: number; subaccount?: string | null },
): TwilioRest {
  const { get, secret } = settings;
  const accountSid = get('TWILIO_ACCOUNT_SID');
  const authToken = secret('TWILIO_AUTH_TOKEN');
  if (!accountSid || !authToken) {
    const missing = [accountSid ? [] : 'TWILIO_ACCOUNT_SID', authToken ? [] : 'TWILIO_AUTH_TOKEN'].flat();
    throw new CommandError(
      'no_key',
      `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set: Twilio cannot be asked.`,
      "Copy them from the first page of Twilio's console into the environment or ~/.adminctl.env.",
    );
  }
  const apiUrl = (get('TWILIO_API_URL') ?? DEFAULT_URL).replace(/\/+$/, '');
  return createTwilioRest(
    { apiUrl, accountSid, authToken },
    { account: subaccount ?? accountSid, timeoutMs },
  );
}

function createTwilioRest(
  credentials: Credentials,
  { account, timeoutMs }: { account: string; timeoutMs: number },
): TwilioRest {
  const base = `/2010-04-01/Accounts/${account}`;
  const ask = <T>(path: string, form?: Record<string, string>) =>
    request<T>(credentials, path, { form, timeoutMs });
  return {
    account: () => ask(`${base}.json`),

    async number(number) {
      const query = new URLSearchParams({ PhoneNumber: number });
      const { incoming_phone_numbers } = await ask<{ incoming_phone_numbers: TwilioNumber[] }>(
        `${base}/IncomingPhoneNumbers.json?${query}`,
      );
      // The filter takes a part of a number for the whole.
      return incoming_phone_numbers.find(({ phone_number }) => phone_number === number) ?? null;
    },

    configure: (sid, settings) =>
      ask(
        `${base}/IncomingPhoneNumbers/${sid}.json`,
        Object.fromEntries(
          Object.entries(settings).map(([name, value]) => [NUMBER_SETTINGS[name as NumberSetting], value]),
        ),
      ),

    async callsTo(number, since) {
      // "StartTime>=…" on the wire, to the second.
      const start = since.replace(/\.\d+Z$/, 'Z');
      const query = new URLSearchParams({ To: number, 'StartTime>': start, PageSize: LARGEST_PAGE });
      const calls: TwilioCall[] = [];
      let next: string | null = `${base}/Calls.json?${query}`;
      while (next) {
        const page: { calls: TwilioCall[]; next_page_uri: string | null } = await ask(next);
        calls.push(...page.calls);
        next = page.next_page_uri;
      }
      return calls;
    },
  };
}

async function request<T>(
  { apiUrl, accountSid, authToken }: Credentials,
  path: string,
  { form, timeoutMs }: { form: Record<string, string> | undefined; timeoutMs: number },
): Promise<T> {
  const response = await fetch(apiUrl + path, {
    headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
    ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error) => {
    throw unreachable(apiUrl, error);
  });
  const answer = (await response.json().catch(() => null)) as T | Refusal | null;
  if (response.ok && answer) return answer as T;
  throw explain(response.status, answer as Refusal | null, accountSid);
}

interface Refusal {
  code: number;
  message: string;
}

function unreachable(apiUrl: string, error: unknown): CommandError {
  return new CommandError(
    'unreachable',
    `Cannot reach Twilio at ${apiUrl} (${whyNoAnswer(error)}).`,
    'Is this machine online, and is TWILIO_API_URL right? https://status.twilio.com',
  );
}

function explain(status: number, refusal: Refusal | null, accountSid: string): CommandError {
  const said = refusal?.code ? `Twilio ${refusal.code}: ${refusal.message}` : `Twilio answered ${status}.`;
  switch (refusal?.code ?? status) {
    case 20003:
    case 401:
      return new CommandError(
        'unauthorized',
        `${said}. TWILIO_AUTH_TOKEN does not belong to ${accountSid}.`,
        "Copy both again from the first page of Twilio's console; the token must be the primary one, of the live credentials.",
      );
    case 20404:
    case 404:
      return new CommandError(
        'not_found',
        `${said}. Account ${accountSid} has nothing there.`,
        'Is TWILIO_ACCOUNT_SID the account that holds the number, and TWILIO_API_URL right?',
      );
    case 20429:
    case 429:
      return new CommandError('rate_limited', said, 'Wait a minute and try again.');
    case 21402:
      return new CommandError(
        'failed',
        said,
        'Is PUBLIC_URL (and --fallback-url) an address that the internet knows?',
      );
    default:
      return new CommandError(
        'failed',
        said,
        refusal?.code ? `https://www.twilio.com/docs/api/errors/${refusal.code}` : null,
      );
  }
}
