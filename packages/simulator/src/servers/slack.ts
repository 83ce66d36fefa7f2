/**
 * A Slack on the loopback address: it checks what the real one checks, keeps what was posted as a person would read it,
 * and fails when it is told to.
 */
import { type Breakdown, breakDown, createFailurePlan, type Repetition } from './failures.ts';
import { type Answer, jsonAnswer, type ReceivedRequest, startLoopback } from './loopback.ts';
import { createRateLimit } from './rate-limit.ts';
import { SLACK_METHODS } from './slack-methods.ts';
import {
  type SlackAnswer,
  type SlackArguments,
  type SlackChannel,
  type SlackMessage,
  SlackRefusal,
} from './slack-workspace.ts';

export interface SlackOptions {
  /** The bot token that is accepted. */
  token: string;
  channels: readonly SlackChannel[];
  /** Of the token; to post and to read channels if left out. */
  scopes?: readonly string[];
  /** Messages a second in one channel; 1 if left out. */
  ratePerSecond?: number;
  /** Messages at once in one channel; 5 if left out. */
  burst?: number;
  /** Epoch milliseconds; stamps the messages and refills the rate limits. */
  now?: () => number;
  port?: number;
}

export type FailureMode =
  | Breakdown
  | 'rate_limited'
  /** HTTP 200 with an error in the body. */
  | 'not_ok'
  /** No answer, but it was done. */
  | 'hang_but_accept';

export interface Failure extends Repetition {
  mode: FailureMode;
  /** Seconds, for `rate_limited`; 1 if left out. */
  retryAfter?: number;
  /** For `not_ok`. */
  error?: string;
}

export interface SlackRequest {
  method: string;
  /** Without the token. */
  arguments: SlackArguments;
  /** What it came to: `ok`, Slack's error, or the failure that was asked for. */
  outcome: string;
  /** Why Slack said no, or warned. */
  explanation: readonly string[];
  /** The failure was asked for with fail(), or is the rate limit: nothing that the sender did wrong. */
  excused: boolean;
}

export interface Slack {
  /** For `SLACK_API_URL`. */
  url: string;
  /** In the order in which they were accepted, also where the answer was withheld. */
  posts: readonly SlackMessage[];
  updates: readonly SlackMessage[];
  requests: readonly SlackRequest[];
  fail: (failure: Failure) => void;
  recover: () => void;
  /** What Slack refused or warned about, and no test had asked for, as sentences. */
  unexpected: () => string[];
  close: () => Promise<void>;
}

const SCOPES = ['chat:write', 'channels:read', 'groups:read'];

export async function startSlack(options: SlackOptions): Promise<Slack> {
  const {
    token,
    channels,
    scopes = SCOPES,
    ratePerSecond = 1,
    burst = 5,
    now = Date.now,
    port = 0,
  } = options;
  const failures = createFailurePlan<Failure>();
  const requests: SlackRequest[] = [];
  const workspace = {
    channels,
    scopes,
    posts: [] as SlackMessage[],
    updates: [] as SlackMessage[],
    perChannel: createRateLimit({ perSecond: ratePerSecond, burst, now }),
    tier2: createRateLimit({ perSecond: 20 / 60, burst: 20, now }),
    tier3: createRateLimit({ perSecond: 50 / 60, burst: 50, now }),
    nextTs: createTimestamps(now),
  };

  function perform(request: ReceivedRequest, note: Note): SlackAnswer {
    const args = readArguments(request);
    const { token: inBody, ...rest } = args;
    note.arguments = rest;
    refuseBadToken(request.headers.authorization, inBody, token);
    const method = Object.hasOwn(SLACK_METHODS, note.method) ? SLACK_METHODS[note.method] : undefined;
    if (!method) throw new SlackRefusal('unknown_method', [`no method ${note.method}`]);
    return method(rest, workspace);
  }

  function answer(request: ReceivedRequest): Answer {
    const note: Note = {
      method: request.path.replace(/^\/api\//, '').split('?', 1)[0] ?? '',
      arguments: {},
      outcome: 'ok',
      explanation: [],
      excused: false,
    };
    requests.push(note);
    const failure = failures.next();
    if (failure && failure.mode !== 'hang_but_accept') return failing(failure, failure.mode, note);
    const answer = answerOrRefusal(() => perform(request, note), note, scopes);
    return failure ? 'hang' : answer;
  }

  const { origin, close } = await startLoopback({ port, answer });
  return {
    url: `${origin}/api/`,
    posts: workspace.posts,
    updates: workspace.updates,
    requests,
    fail: failures.fail,
    recover: failures.recover,
    unexpected: () => requests.filter(isUnexpected).map(describe),
    close,
  };
}

type Note = { -readonly [Member in keyof SlackRequest]: SlackRequest[Member] };

function answerOrRefusal(perform: () => SlackAnswer, note: Note, scopes: readonly string[]): Answer {
  try {
    const answer = perform();
    if (answer.warning) note.explanation = [`warning: ${answer.warning}`];
    return jsonAnswer(answer, 200, { 'x-oauth-scopes': scopes.join(',') });
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    note.outcome = error.error;
    note.explanation = error.explanation;
    if (error.retryAfter !== null) {
      note.excused = true;
      return rateLimited(error.retryAfter);
    }
    return jsonAnswer({
      ok: false,
      error: error.error,
      ...error.scopes,
      ...(error.explanation.length > 0 ? { response_metadata: { messages: error.explanation } } : {}),
    });
  }
}

function failing(failure: Failure, mode: Exclude<FailureMode, 'hang_but_accept'>, note: Note): Answer {
  note.outcome = mode;
  note.excused = true;
  switch (mode) {
    case 'rate_limited':
      return rateLimited(failure.retryAfter ?? 1);
    case 'not_ok':
      return jsonAnswer({ ok: false, error: failure.error ?? 'internal_error' });
    default:
      return breakDown(mode);
  }
}

function rateLimited(retryAfter: number): Answer {
  return jsonAnswer({ ok: false, error: 'ratelimited' }, 429, { 'retry-after': String(retryAfter) });
}

function isUnexpected({ excused, explanation }: SlackRequest): boolean {
  return !excused && explanation.length > 0;
}

function describe({ method, outcome, explanation }: SlackRequest): string {
  return `${method}: ${outcome} (${explanation.join('; ')})`;
}

/** Where the method takes an object, a form carries it as JSON text. */
const OBJECTS = ['blocks', 'attachments', 'metadata'];

function readArguments({ method, headers, body }: ReceivedRequest): SlackArguments {
  if (method !== 'POST') throw new SlackRefusal('invalid_post_type', [`${method} instead of POST`]);
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return readJsonBody(body);
  if (type !== 'application/x-www-form-urlencoded' && body !== '') {
    throw new SlackRefusal('invalid_post_type', [`content type ${type ?? 'missing'}`]);
  }
  const fields = Object.fromEntries(new URLSearchParams(body));
  return Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [name, OBJECTS.includes(name) ? parsed(text) : text]),
  );
}

function readJsonBody(body: string): SlackArguments {
  const value = parsed(body);
  if (typeof value !== 'object' || value === null)
    throw new SlackRefusal('json_not_object', ['the body is no JSON object']);
  const { token, ...args } = value as SlackArguments;
  return args; // in a JSON body the token does not count
}

/** Text that is no JSON stays text, which then has the wrong type. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function refuseBadToken(header: string | undefined, inBody: unknown, right: string): void {
  const given = header === undefined ? inBody : /^Bearer (\S+)$/i.exec(header)?.[1];
  if (given === undefined || given === '') throw new SlackRefusal('not_authed', ['no token']);
  if (given !== right) throw new SlackRefusal('invalid_auth', ['the token is not the one of this workspace']);
}

/** Seconds with six decimals, unique in the workspace, as Slack's ids of messages. */
function createTimestamps(now: () => number): () => string {
  let last = 0;
  return () => {
    last = Math.max(Math.floor(now()) * 1000, last + 1);
    return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, '0')}`;
  };
}
