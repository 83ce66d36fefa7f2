/**
 * One request as it goes over the wire, and what came back. Sent with node:http rather than fetch, because the path must
 * leave as it was signed, and because connecting and reading have time limits of their own.
 */
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { type Connection, TWILIO_CONNECTION } from './connection.ts';
import { type Params, signForm, signJson, withoutFragment, withQuery } from './signature.ts';

export interface Exchange {
  method: 'GET' | 'POST';
  url: string;
  params: Params;
  headers: Readonly<Record<string, string>>;
  /** The body that was sent; empty for a GET. */
  sent: string;
  /** Null where no answer came. */
  status: number | null;
  /** Header names in lower case. */
  answerHeaders: Readonly<Record<string, string>>;
  /** The answer's body; bytes that are not UTF-8 show as U+FFFD. */
  body: string;
  bytes: Buffer;
  /** Why no answer came: while connecting (`ct`) or while waiting for it (`rt`). */
  failure: { during: 'ct' | 'rt'; cause: string; words: string } | null;
  ms: number;
}

/** In milliseconds; the total covers connecting and reading. */
export type TimeLimits = Pick<Connection, 'connectTimeoutMs' | 'readTimeoutMs' | 'totalMs'>;

export interface SignedRequest {
  url: string;
  authToken: string;
  /** POST unless told otherwise; a GET carries the parameters in its query. */
  method?: 'GET' | 'POST';
  params?: Params;
  /** A JSON body instead of a form; signed through `bodySHA256`. */
  json?: string;
  /** `I-Twilio-Idempotency-Token`; a fresh one if left out. */
  idempotencyToken?: string;
  /** For tests of the other side: sign this URL instead of the one that is asked. */
  signedUrl?: string;
  /** For tests of the other side: send this signature, or none (null). */
  signature?: string | null;
  headers?: Readonly<Record<string, string>>;
  limits?: TimeLimits;
}

/** Send one request as Twilio would, once: no retry, no redirect. No answer is an exchange too; a bad address throws. */
export async function sendSigned(request: SignedRequest): Promise<Exchange> {
  const { authToken, method = 'POST', params = {}, json, limits = TWILIO_CONNECTION } = request;
  const form = new URLSearchParams(pairsOf(params)).toString();
  const signed = signRequest({ authToken, method, params, json, form, url: request.url });
  const signature = signatureOf(request, signed.signature);
  const headers = {
    accept: '*/*',
    'user-agent': 'TwilioProxy/1.1',
    'i-twilio-idempotency-token': request.idempotencyToken ?? randomUUID(),
    ...(signature === null ? {} : { 'x-twilio-signature': signature }),
    ...(method === 'GET' ? {} : { 'content-type': json === undefined ? FORM : 'application/json' }),
    ...request.headers,
  };
  return transmit(
    { method, url: signed.url, params, headers, sent: method === 'GET' ? '' : (json ?? form) },
    limits,
  );
}

const FORM = 'application/x-www-form-urlencoded; charset=UTF-8';

/** Send the same request again: same token, same signature, same body, as a retry does. */
export function repeatRequest(exchange: Exchange, limits: TimeLimits = TWILIO_CONNECTION): Promise<Exchange> {
  const { method, url, params, headers, sent } = exchange;
  return transmit({ method, url, params, headers, sent }, limits);
}

function signRequest(request: {
  authToken: string;
  method: 'GET' | 'POST';
  params: Params;
  json: string | undefined;
  form: string;
  url: string;
}): { url: string; signature: string } {
  const { authToken, method, params, json, form } = request;
  if (method === 'GET') {
    const url = withQuery(request.url, form);
    return { url, signature: signForm(authToken, url) };
  }
  if (json !== undefined) return signJson(authToken, request.url, json);
  const url = withoutFragment(request.url);
  return { url, signature: signForm(authToken, url, params) };
}

function signatureOf(request: SignedRequest, right: string): string | null {
  if (request.signature !== undefined) return request.signature;
  if (request.signedUrl === undefined) return right;
  return signForm(request.authToken, request.signedUrl, request.method === 'GET' ? {} : request.params);
}

function pairsOf(params: Params): [string, string][] {
  return Object.entries(params).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  );
}

type Request = Pick<Exchange, 'method' | 'url' | 'params' | 'headers' | 'sent'>;
type Answer = Pick<Exchange, 'status' | 'answerHeaders' | 'body' | 'bytes' | 'failure'>;

/** Send it as it is, once. */
export async function transmit(request: Request, limits: TimeLimits): Promise<Exchange> {
  const startedAt = performance.now();
  const answer = await ask(request, limits);
  return { ...request, ...answer, ms: Math.round(performance.now() - startedAt) };
}

/** Resolves with the whole answer, or with the failure; a time limit ends the connection. */
function ask({ method, url, headers, sent }: Request, limits: TimeLimits): Promise<Answer> {
  return new Promise((resolve) => {
    let during: 'ct' | 'rt' = 'ct';
    const fail = (cause: string, words: string) =>
      settle({ ...NO_ANSWER, failure: { during, cause, words } });
    const limit = (ms: number, words: string) =>
      setTimeout(() => fail('ETIMEDOUT', `${words} within ${ms} ms`), ms);
    const target = new URL(url);
    const { request: open } = target.protocol === 'https:' ? https : http;
    const request = open({
      method,
      agent: false, // a connection for each request: none is reused across a restart of the other side
      hostname: target.hostname.replace(/^\[|\]$/g, ''),
      port: target.port,
      path: pathOf(url),
      auth: target.username === '' ? null : decodeURIComponent(`${target.username}:${target.password}`),
      headers: { ...headers, ...(method === 'POST' ? { 'content-length': Buffer.byteLength(sent) } : {}) },
    });
    const total = limit(limits.totalMs, 'no whole answer');
    let phase = limit(limits.connectTimeoutMs, 'no connection');
    const settle = (answer: Answer) => {
      clearTimeout(total);
      clearTimeout(phase);
      request.destroy();
      resolve(answer);
    };
    request.on('socket', (socket) => {
      socket.once(target.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        clearTimeout(phase);
        during = 'rt';
        phase = limit(limits.readTimeoutMs, 'no whole answer');
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name, error.message));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name, error.message));
      response.on('end', () => settle(answerOf(response, Buffer.concat(chunks))));
    });
    request.end(sent);
  });
}

const NO_ANSWER = { status: null, answerHeaders: {}, body: '', bytes: Buffer.alloc(0) };

function answerOf(response: http.IncomingMessage, bytes: Buffer): Answer {
  const answerHeaders = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, String(value ?? '')]),
  );
  return {
    status: response.statusCode ?? null,
    answerHeaders,
    body: bytes.toString('utf8'),
    bytes,
    failure: null,
  };
}

/** Path and query exactly as they are written in the URL. */
function pathOf(url: string): string {
  const path = withoutFragment(url).replace(/^\w+:\/\/[^/?]*/, '');
  return path.startsWith('/') ? path : `/${path}`;
}
