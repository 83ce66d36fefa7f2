/** What a request to place or change a call asks for. https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource */
import { isPhoneNumber } from '@receptionist/core';
import { PROGRESS_EVENTS, type ProgressEvent } from '../caller/events.ts';
import type { CallStatusCallback, Instructions } from '../caller/playback.ts';
import type { TwilioAccount } from './twilio-account.ts';
import { TwilioRefusal, type TwilioRestCode } from './twilio-errors.ts';

export interface CallOrder {
  from: string;
  to: string;
  instructions: Instructions;
  fallbackUrl: string | undefined;
  statusCallback: CallStatusCallback | null;
  /** How long it rings. */
  timeoutSeconds: number;
  /** Whether a person or a machine answered is to be told, and when a machine's greeting has ended. */
  machineDetection: 'Enable' | 'DetectMessageEnd' | null;
}

export const ORDER_PARAMS = [
  'To',
  'From',
  'Url',
  'Twiml',
  'Method',
  'FallbackUrl',
  'StatusCallback',
  'StatusCallbackEvent',
  'StatusCallbackMethod',
  'Timeout',
  'TimeLimit',
  'MachineDetection',
];

/** Twilio's numbers for trying its errors: https://www.twilio.com/docs/iam/test-credentials */
const MAGIC_CALLERS: Readonly<Record<string, TwilioRestCode>> = { '+15005550001': 21212 };
const MAGIC_CALLED: Readonly<Record<string, TwilioRestCode>> = {
  '+15005550001': 21217,
  '+15005550002': 21214,
  '+15005550003': 21215,
  '+15005550004': 21216,
};

const LONGEST_TWIML = 4_000;
const DEFAULT_TIMEOUT_SECONDS = 60;
const LONGEST_TIMEOUT_SECONDS = 600;

/** @throws TwilioRefusal */
export function readCallOrder(params: URLSearchParams, account: TwilioAccount): CallOrder {
  const to = params.get('To');
  const from = params.get('From');
  if (!to) throw new TwilioRefusal(21201);
  if (!from) throw new TwilioRefusal(21213);
  const instructions = readInstructions(params);
  if (!instructions) throw new TwilioRefusal(21205, 'there is none');
  refuseCalled(to, account.refusals);
  refuseCaller(from, account);
  return {
    from,
    to,
    instructions,
    fallbackUrl: readAddress(params, 'FallbackUrl', 21205) ?? undefined,
    statusCallback: readStatusCallback(params),
    timeoutSeconds: readTimeout(params),
    machineDetection: readMachineDetection(params),
  };
}

/** Null: there are none. @throws TwilioRefusal */
export function readInstructions(params: URLSearchParams): Instructions | null {
  const url = readAddress(params, 'Url', 21205);
  const twiml = params.get('Twiml') ?? '';
  if (url !== null && twiml !== '') throw new TwilioRefusal(20001, 'Url and Twiml: one of them');
  if (twiml.length > LONGEST_TWIML) throw new TwilioRefusal(20001, `Twiml of ${twiml.length} characters`);
  if (twiml !== '') return { twiml };
  return url === null ? null : { url, method: readMethod(params, 'Method'), params: {} };
}

function refuseCalled(to: string, refusals: TwilioAccount['refusals']): void {
  const code = refusals[to] ?? MAGIC_CALLED[to];
  if (code) throw new TwilioRefusal(code, to, { excused: true });
  if (!isPhoneNumber(to)) throw new TwilioRefusal(21211, to);
}

function refuseCaller(from: string, { numbers }: TwilioAccount): void {
  const code = MAGIC_CALLERS[from];
  if (code) throw new TwilioRefusal(code, from, { excused: true });
  if (!numbers.some(({ phone_number }) => phone_number === from)) throw new TwilioRefusal(21210, from);
}

function readStatusCallback(params: URLSearchParams): CallStatusCallback | null {
  const url = readAddress(params, 'StatusCallback', 21609);
  const wanted = params.getAll('StatusCallbackEvent').flatMap((words) => words.split(' '));
  const unknown = wanted.find((event) => !PROGRESS_EVENTS.includes(event as ProgressEvent));
  if (unknown !== undefined) throw new TwilioRefusal(21626, unknown);
  const method = readMethod(params, 'StatusCallbackMethod');
  const events = wanted.length > 0 ? (wanted as ProgressEvent[]) : (['completed'] as const);
  return url === null ? null : { url, method, events };
}

function readAddress(params: URLSearchParams, name: string, code: TwilioRestCode): string | null {
  const url = params.get(name);
  if (!url) return null;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw new TwilioRefusal(code, url);
  return url;
}

function readMethod(params: URLSearchParams, name: string): 'GET' | 'POST' {
  const method = params.get(name) ?? 'POST';
  if (method !== 'GET' && method !== 'POST') throw new TwilioRefusal(21209, method);
  return method;
}

function readTimeout(params: URLSearchParams): number {
  const text = params.get('Timeout') ?? String(DEFAULT_TIMEOUT_SECONDS);
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new TwilioRefusal(21208, text);
  return Math.min(Number(text), LONGEST_TIMEOUT_SECONDS);
}

function readMachineDetection(params: URLSearchParams): CallOrder['machineDetection'] {
  const wanted = params.get('MachineDetection');
  if (wanted === null) return null;
  if (wanted === 'Enable' || wanted === 'DetectMessageEnd') return wanted;
  throw new TwilioRefusal(20001, `MachineDetection=${wanted}`);
}
