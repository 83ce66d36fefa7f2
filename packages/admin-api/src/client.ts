/** The typed client of the admin API, over fetch. */
import { type FieldError, PROBLEMS, Problem, type ProblemCode } from '@receptionist/core';
import type { z } from 'zod';
import { whyNoAnswer } from './no-answer.ts';
import { type Answer, bodyTypes, type Params, type Route } from './routes.ts';
import { createStreamReader, ENTRY_STREAM, HEARTBEAT_MS, type StreamMessage } from './stream.ts';
import { mintToken } from './tokens.ts';

/** The daemon did not answer, or what answered is not the daemon. The message says which, and what to do. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly address: string;

  constructor(address: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.address = address;
  }
}

/** Only what a route has: a path without parameters takes none. */
type Part<Name extends string, T> = [keyof T] extends [never] ? unknown : { [name in Name]: T };
type BodyPart<R extends Route> = R['body'] extends z.ZodType ? { body: z.input<R['body']> } : unknown;
/** A member may be undefined, so that optional flags can be handed on as they are. */
type QueryPart<R extends Route> = {
  [name in keyof z.input<R['query']>]?: z.input<R['query']>[name] | undefined;
};

export type CallOptions<R extends Route> = Part<'params', Params<R>> &
  BodyPart<R> & {
    query?: QueryPart<R>;
    /** Send the same one with each attempt, and the change happens once. */
    idempotencyKey?: string;
  };

type ListRoute = Route & { answer: z.ZodType<{ items: unknown[]; next_cursor: string | null }> };

export interface AdminClient {
  /** @throws Problem as the daemon explains it, with `request_id` and `status` in `details`; Unreachable */
  call<R extends Route>(route: R, options: CallOptions<R>): Promise<Answer<R>>;
  /** Every page, or the first `limit` items; `next_cursor` is null unless the limit cut. @throws as `call` */
  all<R extends ListRoute>(
    route: R,
    options: CallOptions<R>,
    upTo?: { limit?: number | undefined },
  ): Promise<Answer<R>>;
  /**
   * What happens to entries, over one connection; ends when the daemon ends it, which it does now and then. Come back with the
   * last position as `after`, and nothing is missed. @throws as `call`, also when the connection breaks or falls silent
   */
  follow(options?: FollowOptions): AsyncGenerator<StreamMessage, void>;
}

export interface FollowOptions {
  query?: QueryPart<typeof ENTRY_STREAM>;
  /** Null: from now on. */
  after?: string | null;
  /** Ends it quietly. */
  signal?: AbortSignal;
}

export interface AdminClientOptions {
  baseUrl: string;
  key: string;
  /** Of a personal key. */
  keyId?: string | undefined;
  user: string;
  timeoutMs: number;
  fetch?: typeof fetch;
  now?: () => Date;
}

/** What `call` is given, for code that does not know the route. */
interface Call {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  idempotencyKey?: string;
}

const MOST_PER_PAGE = 500;
/** Of a connection that is dead and does not know it. */
const LONGEST_SILENCE_MS = 3 * HEARTBEAT_MS;

export function createAdminClient(options: AdminClientOptions): AdminClient {
  const { key, keyId, user, timeoutMs, fetch: send = fetch, now = () => new Date() } = options;
  const base = baseAddress(options.baseUrl);

  async function call(
    route: Route,
    { params = {}, query = {}, body, idempotencyKey }: Call,
  ): Promise<unknown> {
    const request: RequestInit = {
      method: route.method,
      headers: {
        ...(await authorization()),
        ...(body === undefined ? {} : { 'content-type': bodyTypes(route)[0] }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      // The token is meant for this address alone.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const { response, text } = await answerTo(base + filledIn(route.path, params) + searchOf(query), request);
    const answer = parsed(text);
    if (response.ok && answer !== undefined) return answer;
    throw refusal(answer, response);
  }

  async function* follow({ query = {}, after = null, signal }: FollowOptions = {}) {
    const silence = createSilence(timeoutMs);
    const request: RequestInit = {
      headers: { ...(await authorization()), ...(after === null ? {} : { 'last-event-id': after }) },
      redirect: 'manual',
      signal: AbortSignal.any([silence.signal, ...(signal ? [signal] : [])]),
    };
    try {
      const response = await send(base + ENTRY_STREAM.path + searchOf(query), request);
      if (!isStream(response)) throw refusal(parsed(await response.text()), response);
      yield { kind: 'opened' } as const;
      const read = createStreamReader();
      silence.broken(LONGEST_SILENCE_MS);
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        silence.broken(LONGEST_SILENCE_MS);
        yield* read(text);
      }
    } catch (error) {
      if (signal?.aborted) return;
      throw error instanceof Problem || error instanceof Unreachable ? error : unreachable(error);
    } finally {
      silence.end();
    }
  }

  async function authorization() {
    return { authorization: `Bearer ${await mintToken({ key, keyId, user, now: now() })}` };
  }

  function refusal(answer: unknown, response: Response): Error {
    return isProblem(answer) ? problemFrom(answer, response) : odd(response);
  }

  async function answerTo(url: string, request: RequestInit) {
    try {
      const response = await send(url, request);
      return { response, text: await response.text() };
    } catch (error) {
      throw unreachable(error);
    }
  }

  async function all(
    route: Route,
    options: Call,
    { limit = Number.POSITIVE_INFINITY }: { limit?: number | undefined } = {},
  ) {
    const items: unknown[] = [];
    let cursor: string | null | undefined;
    do {
      const query = { ...options.query, limit: Math.min(MOST_PER_PAGE, limit - items.length), cursor };
      const page = (await call(route, { ...options, query })) as {
        items: unknown[];
        next_cursor: string | null;
      };
      items.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== null && items.length < limit);
    return { items, next_cursor: cursor };
  }

  function unreachable(error: unknown): Unreachable {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      const message = `${base} did not answer within ${timeoutMs / 1000} s. Is the daemon busy, or --timeout too short?`;
      return new Unreachable(base, message, error);
    }
    const why = whyNoAnswer(error);
    return new Unreachable(
      base,
      `Cannot reach the daemon at ${base} (${why}). Is it running, and is ADMIN_API_URL right?`,
      error,
    );
  }

  function odd(response: Response): Unreachable {
    const type = response.headers.get('content-type') ?? 'no content type';
    const location = response.headers.get('location');
    const redirect = location === null ? '' : ` and points to ${location}`;
    const message = `${base} answered ${response.status} (${type})${redirect}, which is not the admin API. Is ADMIN_API_URL right?`;
    return new Unreachable(base, message);
  }

  function problemFrom(answer: WireProblem, response: Response): Problem {
    const { type, title, detail, code, errors = [], ...members } = answer;
    const skew = response.status === 401 ? clockSkew(response, now()) : null;
    return new Problem(knownCode(code, response.status), skew === null ? detail : `${detail} ${skew}`, {
      errors,
      details: { ...members, status: response.status },
    });
  }

  return { call, all, follow } as AdminClient;
}

type StreamResponse = Response & { body: ReadableStream<Uint8Array<ArrayBuffer>> };

function isStream(response: Response): response is StreamResponse {
  const type = response.headers.get('content-type') ?? '';
  return response.ok && response.body !== null && type.startsWith('text/event-stream');
}

/** Aborts when it lasts too long. */
function createSilence(ms: number) {
  const controller = new AbortController();
  const tooLong = () => controller.abort(new DOMException('nothing came', 'TimeoutError'));
  let timer = setTimeout(tooLong, ms);
  return {
    signal: controller.signal,
    /** Something came; the next silence may last so long. */
    broken(nextMs: number) {
      clearTimeout(timer);
      timer = setTimeout(tooLong, nextMs);
    },
    end: () => clearTimeout(timer),
  };
}

function baseAddress(baseUrl: string): string {
  const url = URL.parse(baseUrl);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href.replace(/\/+$/, '');
  throw new Unreachable(
    baseUrl,
    `ADMIN_API_URL is ${JSON.stringify(baseUrl)}, not an address such as http://localhost:8080.`,
  );
}

function filledIn(path: string, params: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

function searchOf(query: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) if (one !== undefined && one !== null) search.append(name, String(one));
  }
  return search.size === 0 ? '' : `?${search}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A daemon of another version may know codes that we do not. */
type WireProblem = { code: string; detail: string; errors?: FieldError[] } & Record<string, unknown>;

function isProblem(answer: unknown): answer is WireProblem {
  return typeof answer === 'object' && answer !== null && 'code' in answer && 'detail' in answer;
}

function knownCode(code: string, status: number): ProblemCode {
  if (Object.hasOwn(PROBLEMS, code)) return code as ProblemCode;
  const codes = Object.keys(PROBLEMS) as ProblemCode[];
  return codes.find((known) => PROBLEMS[known].status === status) ?? 'internal';
}

/** Tokens live for a minute, so a wrong clock looks like a wrong key. Null where the clocks agree. */
function clockSkew(response: Response, now: Date): string | null {
  const seconds = (now.getTime() - Date.parse(response.headers.get('date') ?? '')) / 1000;
  if (!(Math.abs(seconds) > 30)) return null;
  const by =
    Math.abs(seconds) < 120
      ? `${Math.round(Math.abs(seconds))} s`
      : `${Math.round(Math.abs(seconds) / 60)} min`;
  return `Your clock is ${by} ${seconds > 0 ? 'ahead of' : 'behind'} the daemon's: set it right and try again.`;
}
