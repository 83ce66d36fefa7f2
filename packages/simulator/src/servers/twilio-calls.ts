/** The account's calls. https://www.twilio.com/docs/voice/api/call-resource */
import type { Line } from '../caller/call.ts';
import type { CallStatus } from '../caller/call-log.ts';
import { type Direction, rfc2822 } from '../caller/parameters.ts';
import { type Instructions, isOver } from '../caller/playback.ts';
import { newCallSid } from '../caller/twilio.ts';
import { API, bySid, PAGING, pageOf, type TwilioAccount, type TwilioRoute } from './twilio-account.ts';
import { ORDER_PARAMS, readCallOrder, readInstructions } from './twilio-call-orders.ts';
import { TwilioRefusal } from './twilio-errors.ts';

export interface PlacedCall {
  from: string;
  to: string;
  callSid?: string;
  /** Epoch milliseconds; the present if left out. */
  startedAt?: number;
  /** Seconds; 30 if left out. */
  duration?: number;
  /** `completed` if left out. */
  status?: string;
}

export interface TwilioCall {
  sid: string;
  account_sid: string;
  parent_call_sid: string | null;
  from: string;
  to: string;
  phone_number_sid: string | null;
  status: string;
  direction: Direction;
  /** Null until it is dialled. */
  start_time: string | null;
  end_time: string | null;
  duration: string | null;
  price: string | null;
  price_unit: 'USD';
  api_version: '2010-04-01';
  date_created: string;
  date_updated: string;
  uri: string;
}

const TIMES = ['StartTime', 'StartTime<', 'StartTime>'];

export const CALL_ROUTES: Readonly<Record<string, TwilioRoute>> = {
  'GET Calls': {
    params: ['To', 'From', 'Status', ...TIMES, ...PAGING],
    answer: ({ params }, { sid, calls }) => {
      const newestFirst = calls
        .filter(callFilter(params))
        .sort((one, other) => Date.parse(other.date_created) - Date.parse(one.date_created));
      return pageOf('calls', `${API}/${sid}/Calls.json`, newestFirst, params);
    },
  },
  'GET Calls/{sid}': {
    params: [],
    answer: ({ sid }, account) => {
      const line = account.traffic.switchboard.lines.get(sid);
      return { status: 200, body: callBehind(line, sid, account) };
    },
  },
  'POST Calls': {
    params: ORDER_PARAMS,
    answer: ({ params }, account) => {
      const order = readCallOrder(params, account);
      const call = addOutgoingCall({ ...order, direction: 'outbound-api', parentCallSid: null }, account);
      const body = { ...call };
      account.traffic.dial(call, order);
      return { status: 201, body };
    },
  },
  'POST Calls/{sid}': {
    params: ['Status', 'Url', 'Twiml', 'Method'],
    answer: ({ params, sid }, account) => {
      const { lines } = account.traffic.switchboard;
      if (!lines.has(sid)) bySid(account.calls, sid);
      const line = lines.get(sid);
      const changed = changeCall(line, params.get('Status'), readInstructions(params));
      account.traffic.follow(changed);
      return { status: 200, body: { ...callBehind(line, sid, account) } };
    },
  },
};

/** What cannot be changed any more is refused; a call that was picked up can no longer be canceled, and goes on. */
function changeCall(
  line: Line | null | undefined,
  status: string | null,
  instructions: Instructions | null,
): Promise<void> {
  if (status !== null && status !== 'canceled' && status !== 'completed')
    throw new TwilioRefusal(20001, `Status=${status}`);
  if (!line || isOver(line.call.status)) throw endedMeanwhile();
  const answered = line.call.status === 'in-progress';
  if (status !== null && !answered) return line.playback.end('canceled');
  if (status === 'completed') return line.playback.end('completed');
  if (instructions === null) return Promise.resolve();
  if (!answered) throw new TwilioRefusal(21220);
  return line.redirect(instructions);
}

/** Whoever ordered the change could not know: people hang up when they like. */
function endedMeanwhile(): TwilioRefusal {
  return new TwilioRefusal(21220, '', { excused: true });
}

/** An incoming call stands in no list here: those are for whatever a test says that Twilio has kept. */
function callBehind(line: Line | null | undefined, sid: string, account: TwilioAccount): TwilioCall {
  const listed = account.calls.find((call) => call.sid === sid);
  if (listed || !line) return listed ?? bySid(account.calls, sid);
  const { from, to, status } = line.call;
  return { ...createCall({ from, to, callSid: sid, status }, account), end_time: null, duration: null };
}

export function addOutgoingCall(
  order: { from: string; to: string; direction: Direction; parentCallSid: string | null },
  account: TwilioAccount,
): TwilioCall {
  const { from, to, direction, parentCallSid } = order;
  const placed = createCall({ from, to, status: 'queued' }, account);
  const number = account.numbers.find(({ phone_number }) => phone_number === from);
  const call: TwilioCall = {
    ...placed,
    parent_call_sid: parentCallSid,
    phone_number_sid: number?.sid ?? null,
    direction,
    start_time: null,
    end_time: null,
    duration: null,
    date_updated: placed.date_created,
  };
  account.calls.push(call);
  return call;
}

export function moveCall(call: TwilioCall, status: CallStatus, seconds: number, now: number): void {
  const date = rfc2822(now);
  Object.assign(call, {
    status,
    date_updated: date,
    ...(status === 'initiated' ? { start_time: date } : {}),
    ...(isOver(status) ? { end_time: date, duration: String(seconds) } : {}),
  });
}

export function createCall(call: PlacedCall, account: TwilioAccount): TwilioCall {
  const { from, to, startedAt = account.now(), duration = 30, status = 'completed' } = call;
  const sid = call.callSid ?? newCallSid();
  const ended = rfc2822(startedAt + duration * 1_000);
  return {
    sid,
    account_sid: account.sid,
    parent_call_sid: null,
    from,
    to,
    phone_number_sid: account.numbers.find(({ phone_number }) => phone_number === to)?.sid ?? null,
    status,
    direction: 'inbound',
    start_time: rfc2822(startedAt),
    end_time: ended,
    duration: String(duration),
    price: null,
    price_unit: 'USD',
    api_version: '2010-04-01',
    date_created: rfc2822(startedAt),
    date_updated: ended,
    uri: `${API}/${account.sid}/Calls/${sid}.json`,
  };
}

/** `StartTime>=` (on the wire the name ends in `>`) takes a moment or a day, which then means its midnight in UTC. */
function callFilter(params: URLSearchParams): (call: TwilioCall) => boolean {
  const same = (name: string, value: string) => !params.has(name) || params.get(name) === value;
  const day = momentIn(params, 'StartTime');
  const from = momentIn(params, 'StartTime>') ?? Number.NEGATIVE_INFINITY;
  const until = momentIn(params, 'StartTime<') ?? Number.POSITIVE_INFINITY;
  return (call) => {
    const start = Date.parse(call.start_time ?? call.date_created);
    return (
      same('To', call.to) &&
      same('From', call.from) &&
      same('Status', call.status) &&
      (day === null || Math.floor(start / DAY_MS) === Math.floor(day / DAY_MS)) &&
      start >= from &&
      start <= until
    );
  };
}

const DAY_MS = 24 * 60 * 60 * 1_000;

function momentIn(params: URLSearchParams, name: string): number | null {
  const text = params.get(name);
  if (text === null) return null;
  const moment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(moment)) throw new TwilioRefusal(20001, `${name}=${text}`);
  return moment;
}
