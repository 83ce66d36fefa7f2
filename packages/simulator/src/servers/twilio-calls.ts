/** The account's list of calls. https://www.twilio.com/docs/voice/api/call-resource */
import { randomBytes } from 'node:crypto';
import { rfc2822 } from '../caller/parameters.ts';
import { API, bySid, PAGING, pageOf, type TwilioAccount, type TwilioRoute } from './twilio-account.ts';
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
  direction: 'inbound';
  start_time: string;
  end_time: string;
  duration: string;
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
        .sort((one, other) => Date.parse(other.start_time) - Date.parse(one.start_time));
      return pageOf('calls', `${API}/${sid}/Calls.json`, newestFirst, params);
    },
  },
  'GET Calls/{sid}': {
    params: [],
    answer: ({ sid }, { calls }) => ({ status: 200, body: bySid(calls, sid) }),
  },
};

export function createCall(call: PlacedCall, account: TwilioAccount): TwilioCall {
  const { from, to, startedAt = account.now(), duration = 30, status = 'completed' } = call;
  const sid = call.callSid ?? `CA${randomBytes(16).toString('hex')}`;
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
    const start = Date.parse(call.start_time);
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
