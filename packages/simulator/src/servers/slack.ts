/**
 * A Slack on the loopback address: it checks what the real one checks, keeps what was posted as a person would read it,
 * lets people press buttons and fill in modals, and fails when it is told to.
 */
import { type Breakdown, breakDown, createFailurePlan, type Repetition } from './failures.ts';
import { type Answer, jsonAnswer, type ReceivedRequest, startLoopback } from './loopback.ts';
import { createRateLimit } from './rate-limit.ts';
import { readArguments } from './slack-arguments.ts';
import { repliesTo } from './slack-messages.ts';
import { SLACK_METHODS } from './slack-methods.ts';
import type { SlackModal } from './slack-modals.ts';
import { createPeople, type Interactivity, type SlackPeople } from './slack-people.ts';
import { createResponseUrls, RESPONSE_PATH, responseRefused } from './slack-response-urls.ts';
import { createTriggers } from './slack-triggers.ts';
import {
  type SlackAnswer,
  type SlackArguments,
  type SlackChannel,
  type SlackEphemeral,
  type SlackMessage,
  SlackRefusal,
  type SlackUser,
  type SlackWorkspace,
} from './slack-workspace.ts';

export interface SlackOptions {
  /** The bot token that is accepted. */
  token: string;
  channels: readonly SlackChannel[];
  /** Of the token; all that the methods here want if left out. */
  scopes?: readonly string[];
  /** Where people's presses and submissions are told; without it nobody can press anything. */
  interactivity?: Interactivity;
  teamId?: string;
  appId?: string;
  /** Those who are there from the start; whoever presses something joins them. */
  users?: readonly SlackUser[];
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

export interface Slack extends SlackPeople {
  /** For `SLACK_API_URL`. */
  url: string;
  /** In the order in which they were accepted, also where the answer was withheld. */
  posts: readonly SlackMessage[];
  updates: readonly SlackMessage[];
  /** As it stands now; throws if it is gone. */
  message: (message: SlackMessage | string) => SlackMessage;
  /** The replies to it, as they stand now. */
  thread: (message: SlackMessage | string) => SlackMessage[];
  /** Who was told what alone. */
  ephemerals: readonly SlackEphemeral[];
  /** Those that are open, the newest last. */
  readonly modals: readonly SlackModal[];
  requests: readonly SlackRequest[];
  fail: (failure: Failure) => void;
  recover: () => void;
  /** What Slack refused or warned about, and its people complain of, where no test had asked for it, as sentences. */
  unexpected: () => string[];
  close: () => Promise<void>;
}

const SCOPES = [
  ...['chat:write', 'users:read'],
  ...['channels:read', 'groups:read', 'channels:history', 'groups:history'],
];

export async function startSlack(options: SlackOptions): Promise<Slack> {
  const {
    token,
    channels,
    scopes = SCOPES,
    interactivity,
    teamId = 'T0SIMULATED',
    appId = 'A0RECEPTION',
    users = [],
    ratePerSecond = 1,
    burst = 5,
    now = Date.now,
    port = 0,
  } = options;
  const failures = createFailurePlan<Failure>();
  const requests: SlackRequest[] = [];
  const workspace: SlackWorkspace = {
    ...{ teamId, appId, channels, scopes, now },
    users: [...users],
    ...{ posts: [], updates: [], ephemerals: [], modals: [], complaints: [] },
    present: new Map(),
    perChannel: createRateLimit({ perSecond: ratePerSecond, burst, now }),
    tier2: createRateLimit({ perSecond: 20 / 60, burst: 20, now }),
    tier3: createRateLimit({ perSecond: 50 / 60, burst: 50, now }),
    tier4: createRateLimit({ perSecond: 100 / 60, burst: 100, now }),
    triggers: createTriggers(now),
    nextTs: createTimestamps(now),
  };
  const responseUrls = createResponseUrls(workspace);

  function perform(request: ReceivedRequest, note: Note): SlackAnswer {
    const args = readArguments(request);
    const { token: inBody, ...rest } = args;
    note.arguments = rest;
    refuseBadToken(request.headers.authorization, inBody, token);
    const method = Object.hasOwn(SLACK_METHODS, note.method) ? SLACK_METHODS[note.method] : undefined;
    if (!method) throw new SlackRefusal('unknown_method', [`no method ${note.method}`]);
    return method(rest, workspace);
  }

  function respond(request: ReceivedRequest, note: Note): void {
    note.arguments = readArguments(request);
    responseUrls.respond(request.path, note.arguments);
  }

  function answer(request: ReceivedRequest): Answer {
    const response = request.path.startsWith(RESPONSE_PATH);
    const note: Note = {
      method: response ? 'response_url' : (request.path.replace(/^\/api\//, '').split('?', 1)[0] ?? ''),
      arguments: {},
      outcome: 'ok',
      explanation: [],
      excused: false,
    };
    requests.push(note);
    const failure = failures.next();
    if (failure && failure.mode !== 'hang_but_accept') return failing(failure, failure.mode, note);
    const answer = response
      ? answerResponse(() => respond(request, note), note)
      : answerOrRefusal(() => perform(request, note), note, scopes);
    return failure ? 'hang' : answer;
  }

  const { origin, close } = await startLoopback({ port, answer });
  const tsOf = (message: SlackMessage | string) => (typeof message === 'string' ? message : message.ts);
  return {
    ...createPeople({ workspace, responseUrls, origin, interactivity }),
    url: `${origin}/api/`,
    posts: workspace.posts,
    updates: workspace.updates,
    message: (message) => {
      const present = workspace.present.get(tsOf(message));
      if (!present) throw new Error(`There is no message ${tsOf(message)} in Slack now.`);
      return present;
    },
    thread: (message) => repliesTo(workspace, tsOf(message)),
    ephemerals: workspace.ephemerals,
    get modals() {
      return workspace.modals.filter(({ open }) => open);
    },
    requests,
    fail: failures.fail,
    recover: failures.recover,
    unexpected: () => [...requests.filter(isUnexpected).map(describe), ...workspace.complaints],
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

function answerResponse(respond: () => void, note: Note): Answer {
  try {
    respond();
    return jsonAnswer({ ok: true });
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    note.outcome = error.error;
    note.explanation = error.explanation;
    return responseRefused(error);
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
