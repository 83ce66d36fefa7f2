/**
 * Ask a webhook as Twilio does: signed, with retries under one idempotency token, redirects, and 15 s for all of it.
 */
import { randomUUID } from 'node:crypto';
import { type Connection, type RetryCause, readOverrides } from './connection.ts';
import { type Exchange, sendSigned } from './exchange.ts';
import { TwilioError } from './problems.ts';
import type { Params } from './signature.ts';

export interface WebhookRequest {
  /** May carry connection overrides as its fragment. */
  url: string;
  method: 'GET' | 'POST';
  params: Params;
}

export interface Webhook {
  authToken: string;
  connection: Connection;
  /** Sees every exchange, those that failed too. */
  record: (exchange: Exchange) => void;
}

export interface WebhookAnswer {
  /** What was asked in the end, without the fields that a GET carries in its query. */
  url: string;
  exchange: Exchange;
}

const MOST_REDIRECTS = 10;

/** @throws TwilioError unless it is answered with 2xx in time. */
export async function askWebhook(request: WebhookRequest, webhook: Webhook): Promise<WebhookAnswer> {
  const { url, connection } = readOverrides(request.url, webhook.connection);
  const timed: Timed = {
    ...webhook,
    connection,
    idempotencyToken: randomUUID(),
    endsAt: performance.now() + connection.totalMs,
  };
  let next: WebhookRequest = { ...request, url };
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    refuseBadAddress(next.url);
    const exchange = await askWithRetries(next, timed);
    const target = redirectTarget(exchange);
    if (target === null) {
      refuseFailure(exchange);
      return { url: next.url, exchange };
    }
    next = followed(next, target, exchange.status);
  }
  throw new TwilioError(11215, `more than ${MOST_REDIRECTS} redirects, the last to ${next.url}`);
}

interface Timed extends Webhook {
  idempotencyToken: string;
  /** On the clock of performance.now(). */
  endsAt: number;
}

async function askWithRetries(request: WebhookRequest, timed: Timed): Promise<Exchange> {
  const { retries, retryOn } = timed.connection;
  for (let retry = 0; ; retry += 1) {
    const exchange = await askOnce(request, timed);
    const cause = retryCause(exchange);
    const timeLeft = timed.endsAt - performance.now() >= 1;
    if (cause === null || !retryOn.includes(cause) || retry === retries || !timeLeft) return exchange;
  }
}

async function askOnce(request: WebhookRequest, timed: Timed): Promise<Exchange> {
  const { authToken, idempotencyToken, connection, endsAt } = timed;
  const totalMs = Math.max(1, Math.round(endsAt - performance.now()));
  const limits = { ...connection, totalMs };
  const exchange = await sendSigned({ ...request, authToken, idempotencyToken, limits });
  timed.record(exchange);
  return exchange;
}

function retryCause({ failure, status }: Exchange): RetryCause | null {
  if (failure) return failure.during;
  if (status !== null && status >= 500) return '5xx';
  return status !== null && status >= 400 ? '4xx' : null;
}

function refuseFailure({ url, failure, status }: Exchange): void {
  if (failure) {
    const code = failure.cause === 'ENOTFOUND' || failure.cause === 'EAI_AGAIN' ? 11210 : 11205;
    throw new TwilioError(code, `${url}: ${failure.words}`);
  }
  if (status === null || status < 200 || status > 299) {
    throw new TwilioError(11200, `${url} answered HTTP ${status}`);
  }
}

const REDIRECTS = [301, 302, 303, 307, 308];

function redirectTarget({ url, status, answerHeaders }: Exchange): string | null {
  const { location } = answerHeaders;
  if (location === undefined || !REDIRECTS.includes(status ?? 0)) return null;
  return resolveUrl(location, url);
}

/** 307 and 308 keep the request; the others turn a POST into a GET without its parameters. */
function followed(request: WebhookRequest, url: string, status: number | null): WebhookRequest {
  return status === 307 || status === 308 ? { ...request, url } : { url, method: 'GET', params: {} };
}

/** An absolute URL stays as it was written, because it is signed as it was written. @throws TwilioError 11100 */
export function resolveUrl(url: string, base: string): string {
  if (/^https?:\/\//i.test(url)) return url;
  if (!URL.canParse(url, base)) throw new TwilioError(11100, `"${url}" at ${base}`);
  return new URL(url, base).href;
}

function refuseBadAddress(url: string): void {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  if (host === '' || !/^https?:\/\/[\x21-\x7e]+$/i.test(url)) {
    throw new TwilioError(11100, `"${url}" is not an http or https address`);
  }
  if (host.includes('_')) throw new TwilioError(11100, `"${url}": a host name may not contain an underscore`);
}
