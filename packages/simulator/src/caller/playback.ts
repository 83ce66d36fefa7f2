/** Twilio's side of a call: documents are fetched and played until a Gather listens or the call is over. */
import type { CallEvent, CallLog, CallStatus } from './call-log.ts';
import type { Connection } from './connection.ts';
import { readDocument } from './document.ts';
import { type Gather, waitingFor } from './gather.ts';
import { callParameters, type Direction, durationParameters, statusParameters } from './parameters.ts';
import { type EndStatus, type Line, type Next, playVerb } from './players.ts';
import { problemIn, TwilioError, type TwilioProblem } from './problems.ts';
import { withoutFragment } from './signature.ts';
import { parseTwiml, type Twiml, type Verb } from './twiml.ts';
import { askWebhook, type WebhookAnswer, type WebhookRequest } from './webhook.ts';

/** What the account and the number, or the order of an outgoing call, say about it. */
export interface CallSettings {
  accountSid: string;
  authToken: string;
  direction: Direction;
  voiceFallbackUrl: string | undefined;
  statusCallback: CallStatusCallback | null;
  connection: Connection;
  extraParameters: Readonly<Record<string, string>>;
  /** Waits through pauses and silence; the call's duration counts them either way. */
  sleep: (ms: number) => Promise<void>;
  /** Epoch milliseconds. */
  now: () => number;
  onEvent: (event: CallEvent) => void;
  /** Each status, before the callback that tells of it; with the seconds since it was answered. */
  onStatus: (status: CallStatus, seconds: number) => void;
}

export interface CallStatusCallback {
  url: string;
  method: 'GET' | 'POST';
  events: readonly ProgressEvent[];
}

/** As they are subscribed to. https://www.twilio.com/docs/voice/api/call-resource#statuscallbackevent */
export const PROGRESS_EVENTS = ['initiated', 'ringing', 'answered', 'completed'] as const;
export type ProgressEvent = (typeof PROGRESS_EVENTS)[number];

/** What a call is to play: the answer of a webhook, or this TwiML. */
export type Instructions = WebhookRequest | { twiml: string };

export interface Playback {
  readonly status: CallStatus;
  /** The Gather that waits for the caller; null while something plays and when the call is over. */
  readonly listening: Gather | null;
  /** Play this; null: play on in the present document. */
  play: (what: Instructions | null) => Promise<void>;
  /** Play this instead, after the verb that plays now. */
  interrupt: (instead: Instructions) => void;
  /** Time passes on the line. */
  pass: (seconds: number) => Promise<void>;
  /** An outgoing call on its way; `learned` is sent with every later request. */
  progress: (
    to: 'initiated' | 'ringing' | 'in-progress',
    learned?: Readonly<Record<string, string>>,
  ) => Promise<void>;
  /** Does nothing to a call that is over. */
  end: (as: EndStatus) => Promise<void>;
}

export const APPLICATION_ERROR = 'We are sorry, an application error has occurred. Goodbye.';

/** A bound on documents that redirect to each other without ever listening; Twilio's own is not published. */
const MOST_DOCUMENTS = 100;

const UNDER_WAY: readonly CallStatus[] = ['queued', 'initiated', 'ringing', 'in-progress'];

export function isOver(status: CallStatus): boolean {
  return !UNDER_WAY.includes(status);
}

export function createPlayback(
  settings: CallSettings,
  numbers: { from: string; to: string; callSid: string },
  log: CallLog,
): Playback {
  const { direction, now } = settings;
  let status: CallStatus = direction === 'inbound' ? 'ringing' : 'queued';
  let startedAt = direction === 'inbound' ? now() : null;
  let passedMs = 0;
  let told = 0;
  let known: Readonly<Record<string, string>> = settings.extraParameters;
  let listening: Gather | null = null;
  let instead: Instructions | null = null;
  let document: { url: string; left: Verb[] } = { url: '', left: [] };

  async function pass(seconds: number): Promise<void> {
    passedMs += seconds * 1000;
    await settings.sleep(seconds * 1000);
  }

  function ask(request: WebhookRequest): Promise<WebhookAnswer> {
    const { accountSid, authToken, connection } = settings;
    const base = callParameters({ accountSid, ...numbers, status, direction });
    const params = { ...base, ...known, ...request.params };
    return askWebhook({ ...request, params }, { authToken, connection, record: log.request });
  }

  async function open(what: Instructions): Promise<void> {
    if ('twiml' in what) return put('', parseTwiml(what.twiml));
    document = { url: withoutFragment(what.url), left: [] };
    const { url, exchange } = await ask(what);
    put(url, readDocument(exchange));
  }

  function put(url: string, { verbs, warnings }: Twiml): void {
    warnings.forEach(log.problem);
    document = { url, left: [...verbs] };
  }

  /** Play what is left of the document, and the documents that follow. */
  async function play(first: Instructions | null): Promise<void> {
    let what = first;
    for (let documents = 0; documents <= MOST_DOCUMENTS; documents += 1) {
      if (what) await open(what);
      const next = await playDocument();
      if (isOver(status)) return;
      if (instead) {
        what = instead;
        instead = null;
      } else {
        if (next.next === 'listen') return listen(next.gather);
        if (next.next === 'end') return end(next.status);
        what = next.request;
      }
    }
    throw new TwilioError(11215, `${MOST_DOCUMENTS} documents in a row, none of which listens`);
  }

  async function playDocument(): Promise<Exclude<Next, { next: 'verb' }>> {
    const line: Line = { say: log.heard, pass, documentUrl: document.url };
    while (!isOver(status) && !instead) {
      const verb = document.left.shift();
      if (!verb) break;
      if (verb.name !== 'Reject') status = 'in-progress';
      const next = await playVerb(verb, line);
      if (next.next !== 'verb') return next;
    }
    return { next: 'end', status: 'completed' };
  }

  function listen(gather: Gather): void {
    listening = gather;
    log.waiting(waitingFor(gather));
  }

  /** What fails is asked once more at the fallback address; without one, or if that fails too, the call is over. */
  async function playOrFallBack(what: Instructions | null): Promise<void> {
    listening = null;
    try {
      await play(what);
    } catch (error) {
      const failed = reported(error);
      const { voiceFallbackUrl: url } = settings;
      if (!url) return apologise();
      const params = { ErrorCode: String(failed.code), ErrorUrl: document.url };
      await play({ url, method: 'POST', params }).catch((error) => {
        reported(error);
        return apologise();
      });
    }
  }

  function reported(error: unknown): TwilioProblem {
    const problem = problemIn(error);
    log.problem(problem);
    return problem;
  }

  async function apologise(): Promise<void> {
    if (isOver(status)) return;
    status = 'in-progress';
    log.heard(APPLICATION_ERROR);
    await end('completed');
  }

  async function progress(
    to: 'initiated' | 'ringing' | 'in-progress',
    learned: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    if (isOver(status)) return;
    status = to;
    known = { ...known, ...learned };
    if (to === 'in-progress') {
      startedAt = now();
      passedMs = 0;
    }
    settings.onStatus(status, 0);
    await tell(to === 'in-progress' ? 'answered' : to);
  }

  async function end(as: EndStatus): Promise<void> {
    if (isOver(status)) return;
    status = as;
    listening = null;
    const seconds = startedAt === null ? 0 : Math.round((now() - startedAt + passedMs) / 1000);
    settings.onStatus(status, seconds);
    log.ended(status);
    await tell('completed', durationParameters(seconds));
  }

  /** The call goes on, or is over, whatever comes back. */
  async function tell(event: ProgressEvent, more: Readonly<Record<string, string>> = {}): Promise<void> {
    const { statusCallback } = settings;
    if (!statusCallback?.events.includes(event)) return;
    const { url, method } = statusCallback;
    const params = { ...statusParameters({ now: now(), sequence: told }), ...more };
    told += 1;
    await ask({ url, method, params }).catch(reported);
  }

  return {
    get status() {
      return status;
    },
    get listening() {
      return listening;
    },
    play: playOrFallBack,
    interrupt: (what) => {
      instead = what;
    },
    pass,
    progress,
    end,
  };
}
