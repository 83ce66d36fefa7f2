/** What the routes of Twilio's REST API share: the account that they show and change, and how they show it. */
import { rfc2822 } from '../caller/parameters.ts';
import type { TwilioCall } from './twilio-calls.ts';
import { TwilioRefusal, type TwilioRestCode } from './twilio-errors.ts';
import type { TwilioMessage } from './twilio-messages.ts';
import type { TwilioNumber } from './twilio-numbers.ts';
import type { Traffic } from './twilio-traffic.ts';

export interface TwilioAccount {
  sid: string;
  numbers: TwilioNumber[];
  messages: TwilioMessage[];
  calls: TwilioCall[];
  /** By recipient. */
  refusals: Readonly<Record<string, TwilioRestCode>>;
  now: () => number;
  traffic: Traffic;
}

export interface TwilioRoute {
  /** What it reads; anything else is ignored, as Twilio does, and noted. */
  params: readonly string[];
  /** `sid` is the last part of the path, where it has one. */
  answer: (request: { params: URLSearchParams; sid: string }, account: TwilioAccount) => TwilioAnswer;
}

export interface TwilioAnswer {
  status: 200 | 201;
  body: object;
}

export const API = '/2010-04-01/Accounts';

export const ACCOUNT_ROUTES: Readonly<Record<string, TwilioRoute>> = {
  'GET ': {
    params: [],
    answer: (_request, { sid, now }) => ({
      status: 200,
      body: {
        sid,
        friendly_name: 'Simulated',
        status: 'active',
        type: 'Full',
        owner_account_sid: sid,
        date_created: rfc2822(now()),
        date_updated: rfc2822(now()),
        uri: `${API}/${sid}.json`,
      },
    }),
  },
};

/** @throws TwilioRefusal 20404 */
export function bySid<Resource extends { sid: string; uri: string }>(
  resources: readonly Resource[],
  sid: string,
): Resource {
  const found = resources.find((resource) => resource.sid === sid);
  if (!found) throw new TwilioRefusal(20404, sid);
  return found;
}

export const PAGING = ['PageSize', 'Page', 'PageToken'];

const LARGEST_PAGE = 1_000;

/** One page of a list. A later page is found by its token alone, which stays right while the list grows at its head. */
export function pageOf<Resource extends { sid: string }>(
  name: string,
  uri: string,
  items: readonly Resource[],
  params: URLSearchParams,
): TwilioAnswer {
  const page = wholeNumber(params, 'Page', 0);
  const page_size = Math.min(wholeNumber(params, 'PageSize', 50), LARGEST_PAGE);
  const token = params.get('PageToken');
  if (page > 0 && token === null)
    throw new TwilioRefusal(20001, 'Page without the PageToken of next_page_uri');
  const start = token === null ? 0 : items.findIndex(({ sid }) => `PA${sid}` === token) + 1;
  const shown = items.slice(start, start + page_size);
  const last = shown.at(-1);
  const pageUri = (number: number, pageToken: string | null) => {
    const query = new URLSearchParams(params);
    query.delete('PageToken');
    query.set('PageSize', String(page_size));
    query.set('Page', String(number));
    if (pageToken !== null) query.set('PageToken', pageToken);
    return `${uri}?${query}`;
  };
  const more = last && start + page_size < items.length;
  return {
    status: 200,
    body: {
      [name]: shown,
      page,
      page_size,
      start,
      end: start + Math.max(shown.length - 1, 0),
      uri: pageUri(page, token),
      first_page_uri: pageUri(0, null),
      next_page_uri: more ? pageUri(page + 1, `PA${last.sid}`) : null,
      previous_page_uri: null,
    },
  };
}

function wholeNumber(params: URLSearchParams, name: string, otherwise: number): number {
  const text = params.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,9}$/.test(text) || (name === 'PageSize' && Number(text) === 0))
    throw new TwilioRefusal(20001, `${name}=${text}`);
  return Number(text);
}
