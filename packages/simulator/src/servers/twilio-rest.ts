/**
 * Twilio's REST API on the loopback address: it checks what the real one checks, sends messages and places calls, tells
 * their statuses in signed callbacks, and fails when it is told to. https://www.twilio.com/docs/usage/api
 */
import type { Call } from '../caller/call.ts';
import type { Delivery } from '../caller/delivery.ts';
import type { Exchange } from '../caller/exchange.ts';
import { TwilioError } from '../caller/problems.ts';
import { createSwitchboard, type Switchboard } from '../caller/switchboard.ts';
import { type Breakdown, breakDown, createFailurePlan, type Repetition } from './failures.ts';
import { type Answer, jsonAnswer, type ReceivedRequest, startLoopback } from './loopback.ts';
import { ACCOUNT_ROUTES, API, type TwilioAccount, type TwilioRoute } from './twilio-account.ts';
import {
  addOutgoingCall,
  CALL_ROUTES,
  createCall,
  type PlacedCall,
  type TwilioCall,
} from './twilio-calls.ts';
import { refusalAnswer, TwilioRefusal, type TwilioRestCode } from './twilio-errors.ts';
import { MESSAGE_ROUTES, type TwilioMessage } from './twilio-messages.ts';
import {
  configureNumber,
  createNumber,
  NUMBER_ROUTES,
  type NumberSettings,
  type TwilioNumber,
} from './twilio-numbers.ts';
import type { Phone } from './twilio-phones.ts';
import { createTraffic } from './twilio-traffic.ts';

export interface TwilioRestOptions {
  accountSid: string;
  authToken: string;
  /** Those of the account, E.164. */
  numbers: readonly string[];
  /** What becomes of messages, by recipient; the others are delivered. */
  deliveries?: Readonly<Record<string, Delivery>>;
  /** Recipients whose messages and calls are refused at once, besides Twilio's magic numbers. */
  refusals?: Readonly<Record<string, TwilioRestCode>>;
  /** Who is at the other end of outgoing calls, by number, looked up when it rings; the others do not answer. */
  phones?: Readonly<Record<string, Phone>>;
  /** Epoch milliseconds. */
  now?: () => number;
  port?: number;
  /** Shared with the Twilio whose incoming calls these meet; its `<Dial>`s then ring these phones. */
  switchboard?: Switchboard;
}

export interface TwilioFailure extends Repetition {
  mode:
    | Breakdown
    /** No answer, but it was done. */
    | 'hang_but_accept'
    | 'rate_limited';
  /** Seconds, for `rate_limited`; 1 if left out. */
  retryAfter?: number;
}

export interface TwilioRestRequest {
  method: string;
  /** Below the account: `Messages`, `Calls/CA…`, or nothing for the account itself. */
  path: string;
  /** Of a repeated name the last value. */
  params: Readonly<Record<string, string>>;
  /** `ok`, Twilio's error code, or the failure that was asked for. */
  outcome: string;
  /** Why Twilio said no, or what it ignored. */
  explanation: readonly string[];
  /** The failure was asked for, or could not be foreseen: nothing that the sender did wrong. */
  excused: boolean;
}

export interface TwilioRest {
  /** For `TWILIO_API_URL`. */
  url: string;
  requests: readonly TwilioRestRequest[];
  /** As they stand now. */
  messages: readonly TwilioMessage[];
  numbers: readonly TwilioNumber[];
  calls: readonly TwilioCall[];
  /** The outgoing calls in order, as whoever was at the other end had them. */
  outgoing: readonly Call[];
  /** The status callbacks that were made. */
  callbacks: readonly Exchange[];
  /** What somebody sets in Twilio's console. */
  configure: (phoneNumber: string, settings: NumberSettings) => void;
  /** A call that Twilio has seen. */
  addCall: (call: PlacedCall) => TwilioCall;
  /** Resolves when every message and outgoing call has come to its end and its callbacks were made. */
  settled: () => Promise<void>;
  fail: (failure: TwilioFailure) => void;
  recover: () => void;
  /** What Twilio refused, ignored or could not tell, and no test had asked for, as sentences. */
  unexpected: () => string[];
  close: () => Promise<void>;
}

const ROUTES: Readonly<Record<string, TwilioRoute>> = {
  ...ACCOUNT_ROUTES,
  ...MESSAGE_ROUTES,
  ...NUMBER_ROUTES,
  ...CALL_ROUTES,
};

export async function startTwilioRest(options: TwilioRestOptions): Promise<TwilioRest> {
  const {
    accountSid,
    authToken,
    deliveries = {},
    phones = {},
    refusals = {},
    now = Date.now,
    port = 0,
  } = options;
  const failures = createFailurePlan<TwilioFailure>();
  const requests: TwilioRestRequest[] = [];
  const { switchboard = createSwitchboard() } = options;
  const traffic = createTraffic({ accountSid, authToken, deliveries, phones, switchboard, now });
  const account: TwilioAccount = {
    sid: accountSid,
    numbers: options.numbers.map((number) => createNumber(number, { sid: accountSid, now })),
    messages: [],
    calls: [],
    refusals,
    now,
    traffic,
  };

  switchboard.dial = (order) => {
    refuseCallerId(order, account);
    return traffic.dialFrom(addOutgoingCall(order, account), order);
  };

  function perform(request: ReceivedRequest, note: Note): Answer {
    const { path, search } = readAddress(request.path);
    note.path = path.below;
    refuseBadCredentials(request.headers.authorization, { accountSid, authToken });
    if (path.account !== accountSid) throw new TwilioRefusal(20404, request.path);
    const { route, sid } = findRoute(request.method, path.below, request.path);
    const params = request.method === 'GET' ? search : readForm(request, note);
    note.params = Object.fromEntries(params);
    note.explanation = [...note.explanation, ...ignored(params, route)];
    const { status, body } = route.answer({ params, sid }, account);
    return jsonAnswer(body, status);
  }

  function answer(request: ReceivedRequest): Answer {
    const note: Note = {
      method: request.method,
      path: request.path,
      params: {},
      outcome: 'ok',
      explanation: [],
      excused: false,
    };
    requests.push(note);
    const failure = failures.next();
    if (failure && failure.mode !== 'hang_but_accept') return failing(failure, failure.mode, note);
    const answer = answerOrRefusal(() => perform(request, note), note);
    return failure ? 'hang' : answer;
  }

  const { origin, close } = await startLoopback({ port, answer });
  return {
    url: origin,
    requests,
    messages: account.messages,
    numbers: account.numbers,
    calls: account.calls,
    outgoing: traffic.outgoing,
    callbacks: traffic.callbacks,
    configure: (phoneNumber, settings) => {
      const number = account.numbers.find(({ phone_number }) => phone_number === phoneNumber);
      if (!number) throw new Error(`${phoneNumber} is no number of this account.`);
      configureNumber(number, settings, now());
    },
    addCall: (placed) => {
      const call = createCall(placed, account);
      account.calls.push(call);
      return call;
    },
    settled: traffic.settled,
    fail: failures.fail,
    recover: failures.recover,
    unexpected: () => [...requests.filter(isUnexpected).map(describe), ...traffic.problems],
    close: async () => {
      await traffic.settled();
      await close();
    },
  };
}

type Note = { -readonly [Member in keyof TwilioRestRequest]: TwilioRestRequest[Member] };

function answerOrRefusal(perform: () => Answer, note: Note): Answer {
  try {
    return perform();
  } catch (error) {
    if (!(error instanceof TwilioRefusal)) throw error;
    note.outcome = String(error.code);
    note.explanation = [...note.explanation, error.message];
    note.excused = error.excused;
    return refusalAnswer(error);
  }
}

function failing(
  failure: TwilioFailure,
  mode: Exclude<TwilioFailure['mode'], 'hang_but_accept'>,
  note: Note,
): Answer {
  note.outcome = mode;
  note.excused = true;
  if (mode !== 'rate_limited') return breakDown(mode);
  return refusalAnswer(new TwilioRefusal(20429), { 'retry-after': String(failure.retryAfter ?? 1) });
}

/** Who dials shows a number of the account, or the one that has called it. */
function refuseCallerId(
  { from, parentCallSid }: { from: string; parentCallSid: string },
  { numbers, traffic }: TwilioAccount,
): void {
  if (numbers.some(({ phone_number }) => phone_number === from)) return;
  if (traffic.switchboard.lines.get(parentCallSid)?.call.from === from) return;
  throw new TwilioError(13214, `callerId ${from} is no number of this account`);
}

function isUnexpected({ excused, explanation }: TwilioRestRequest): boolean {
  return !excused && explanation.length > 0;
}

function describe({ method, path, outcome, explanation }: TwilioRestRequest): string {
  return `${method} ${path}: ${outcome} (${explanation.join('; ')})`;
}

/** Without `.json` the real one answers XML, which nobody here reads. @throws TwilioRefusal 20404 */
function readAddress(path: string): { path: { account: string; below: string }; search: URLSearchParams } {
  const { pathname, searchParams } = new URL(path, 'http://twilio');
  const [, account, below = ''] = /^\/([^/]+?)(?:\/(.+))?\.json$/.exec(pathname.replace(API, '')) ?? [];
  if (!pathname.startsWith(`${API}/`) || account === undefined) throw new TwilioRefusal(20404, pathname);
  return { path: { account, below }, search: searchParams };
}

function findRoute(method: string, below: string, path: string): { route: TwilioRoute; sid: string } {
  const [collection = '', sid = ''] = below.split('/');
  const shape = sid === '' ? collection : `${collection}/{sid}`;
  const route = Object.hasOwn(ROUTES, `${method} ${shape}`) ? ROUTES[`${method} ${shape}`] : undefined;
  if (route) return { route, sid };
  const known = Object.keys(ROUTES).some((key) => key.endsWith(` ${shape}`));
  throw new TwilioRefusal(known ? 20004 : 20404, path);
}

function refuseBadCredentials(
  header: string | undefined,
  { accountSid, authToken }: { accountSid: string; authToken: string },
): void {
  const right = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  if (header !== right) throw new TwilioRefusal(20003);
}

/** What is not sent as a form is not read. */
function readForm({ headers, body }: ReceivedRequest, note: Note): URLSearchParams {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded' || body === '') return new URLSearchParams(body);
  note.explanation = [`content type ${type ?? 'missing'}: only a form is read`];
  return new URLSearchParams();
}

function ignored(params: URLSearchParams, { params: known }: TwilioRoute): string[] {
  return [...new Set(params.keys())]
    .filter((name) => !known.includes(name))
    .map((name) => `"${name}" is ignored here`);
}
