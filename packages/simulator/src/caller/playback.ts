/** Twilio's side of a call: documents are fetched and played until a verb waits or the call is over. */
import type { CallEvent, CallLog, CallStatus } from './call-log.ts';
import type { Connection } from './connection.ts';
import { readDocument } from './document.ts';
import type { ProgressEvent } from './events.ts';
import { createLineTime, type HeardSound, type LineTime, secondsToSay } from './line-time.ts';
import { callParameters, type Direction, durationParameters, statusParameters } from './parameters.ts';
import { type EndStatus, type Line, type Next, playVerb } from './players.ts';
import { problemIn, TwilioError, type TwilioProblem } from './problems.ts';
import { withoutFragment } from './signature.ts';
import type { Bystander, Switchboard } from './switchboard.ts';
import { parseTwiml, type Twiml, type Verb } from './twiml.ts';
import type { Wait } from './wait.ts';
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
  switchboard: Switchboard;
  /** Waits through pauses and silence. The call lasts as long as what is heard on it, however long that really takes. */
  sleep: (ms: number) => Promise<void>;
  /** Epoch milliseconds. */
  now: () => number;
  onEvent: (event: CallEvent) => void;
  /** Each status, before the callback that tells of it; with the seconds since it was answered. */
  onStatus: (status: CallStatus, seconds: number) => void | Promise<void>;
  /** Where a document has been played out; the end of the call if left out. */
  endOfDocument?: EndOfDocument;
}

export type EndOfDocument = (line: Line) => Exclude<Next, { next: 'verb' }>;

export interface CallStatusCallback {
  url: string;
  method: 'GET' | 'POST';
  events: readonly ProgressEvent[];
}

/** What a call is to play: the answer of a webhook, or this TwiML. */
export type Instructions = WebhookRequest | { twiml: string };

export interface Playback {
  readonly status: CallStatus;
  /** What the call waits in; null while something plays and when the call is over. */
  readonly waiting: Wait | null;
  readonly time: LineTime;
  /** Play this; the wait is left. */
  play: (what: Instructions) => Promise<void>;
  /** What follows the wait is played; nothing if the call is not in it any more. */
  goOn: (wait: Wait, next: Next) => Promise<void>;
  /** Play this instead, after the verb that plays now. */
  interrupt: (instead: Instructions) => void;
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
  resume: Line['resume'],
): Playback {
  const { accountSid, authToken, connection, direction, switchboard, now } = settings;
  const webhook = { authToken, connection, record: log.request };
  const time = createLineTime();
  let status: CallStatus = direction === 'inbound' ? 'ringing' : 'queued';
  let told = 0;
  let known: Readonly<Record<string, string>> = settings.extraParameters;
  let waiting: Wait | null = null;
  let instead: Instructions | null = null;
  let document: { url: string; left: Verb[] } = { url: '', left: [] };
  let later: (() => Promise<void>)[] = [];

  const line: Line = {
    accountSid,
    ...numbers,
    direction,
    switchboard,
    get documentUrl() {
      return document.url;
    },
    now,
    say: (words) => {
      log.heard(words);
      return spend({ what: 'words', seconds: secondsToSay(words), text: words });
    },
    play: async (url) => {
      const seconds = await line.duration(url);
      log.heard(`(plays ${url})`);
      await spend({ what: 'music', seconds, text: url });
    },
    duration: (url) => switchboard.sounds.duration(url, { authToken, connection }),
    beep: (seconds) => spend({ what: 'tone', seconds, text: '' }),
    ringing: (seconds) => spend({ what: 'tone', seconds, text: '' }),
    pass: async (seconds) => {
      await settings.sleep(seconds * 1000);
      await spend({ what: 'silence', seconds, text: '' });
    },
    talk: (words, seconds = secondsToSay(words), seat) => spend({ what: 'talk', seconds, text: '' }, seat),
    hears: time.add,
    note: log.heard,
    ask,
    tell: async (request) => void (await askWebhook(request, webhook).catch(report)),
    report,
    afterwards: (work) => void later.push(work),
    resume,
  };

  /** Seconds that pass here pass on every call that waits. */
  async function spend(sound: HeardSound, seat?: Bystander): Promise<void> {
    time.add(sound);
    await switchboard.time.pass(sound.seconds, seat);
  }

  function ask(request: WebhookRequest): Promise<WebhookAnswer> {
    const base = callParameters({ accountSid, ...numbers, status, direction });
    return askWebhook({ ...request, params: { ...base, ...known, ...request.params } }, webhook);
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

  /** Play this, or what is left of the document, and the documents that follow. */
  async function play(first: Instructions | null): Promise<void> {
    let what = first;
    for (let documents = 0; documents <= MOST_DOCUMENTS; documents += 1) {
      if (what) await open(what);
      const next = await playDocument();
      const taken = isOver(status) || instead !== null;
      if (taken && next.next === 'wait') await leave(next.wait, isOver(status) ? 'hangs up' : 'redirected');
      if (isOver(status)) return;
      if (instead) {
        what = instead;
        instead = null;
      } else {
        if (next.next === 'wait') return waitIn(next.wait);
        if (next.next === 'end') return end(next.status);
        what = next.request;
      }
    }
    throw new TwilioError(11215, `${MOST_DOCUMENTS} documents in a row, none of which waits`);
  }

  async function playDocument(): Promise<Exclude<Next, { next: 'verb' }>> {
    while (!isOver(status) && !instead) {
      const verb = document.left.shift();
      if (!verb) return settings.endOfDocument?.(line) ?? { next: 'end', status: 'completed' };
      if (verb.name !== 'Reject') status = 'in-progress';
      const next = await playVerb(verb, line);
      if (next.next !== 'verb') return next;
    }
    return { next: 'end', status: 'completed' };
  }

  function waitIn(wait: Wait): void {
    waiting = wait;
    log.waiting(wait.waitingFor);
  }

  /** What fails is asked once more at the fallback address; without one, or if that fails too, the call is over. */
  async function playOrFallBack(what: Instructions | null): Promise<void> {
    try {
      await play(what);
    } catch (error) {
      const failed = report(error);
      const { voiceFallbackUrl: url } = settings;
      if (!url) return apologise();
      const params = { ErrorCode: String(failed.code), ErrorUrl: document.url };
      await play({ url, method: 'POST', params }).catch((error) => {
        report(error);
        return apologise();
      });
    } finally {
      await doLater();
    }
  }

  async function doLater(): Promise<void> {
    const works = later;
    later = [];
    for (const work of works) await work();
  }

  function report(error: unknown): TwilioProblem {
    const problem = problemIn(error);
    log.problem(problem);
    return problem;
  }

  async function apologise(): Promise<void> {
    if (isOver(status)) return;
    status = 'in-progress';
    await line.say(APPLICATION_ERROR);
    await end('completed');
  }

  async function progress(
    to: 'initiated' | 'ringing' | 'in-progress',
    learned: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    if (isOver(status)) return;
    status = to;
    known = { ...known, ...learned };
    if (to === 'in-progress') time.restart();
    await settings.onStatus(status, 0);
    await tell(to === 'in-progress' ? 'answered' : to);
  }

  async function end(as: EndStatus): Promise<void> {
    if (isOver(status)) return;
    status = as;
    const wait = waiting;
    waiting = null;
    const seconds = Math.round(time.seconds);
    const noted = settings.onStatus(status, seconds);
    log.ended(status);
    if (wait) await leave(wait, 'hangs up');
    await noted;
    await tell('completed', durationParameters(seconds));
    await doLater();
  }

  async function leave(wait: Wait, how: 'hangs up' | 'redirected'): Promise<void> {
    const last = await wait.leave(how);
    if (last) await ask(last).catch(report);
  }

  /** The call goes on, or is over, whatever comes back. */
  async function tell(event: ProgressEvent, more: Readonly<Record<string, string>> = {}): Promise<void> {
    const { statusCallback } = settings;
    if (!statusCallback?.events.includes(event)) return;
    const { url, method } = statusCallback;
    const params = { ...statusParameters({ now: now(), sequence: told }), ...more };
    told += 1;
    await ask({ url, method, params }).catch(report);
  }

  return {
    get status() {
      return status;
    },
    get waiting() {
      return waiting;
    },
    time,
    play: async (what) => {
      const wait = waiting;
      waiting = null;
      if (wait) await leave(wait, 'redirected');
      await playOrFallBack(what);
    },
    goOn: async (wait, next) => {
      if (waiting !== wait) return;
      if (next.next === 'end') return end(next.status);
      waiting = null;
      if (next.next === 'wait') return waitIn(next.wait);
      await playOrFallBack(next.next === 'document' ? next.request : null);
    },
    interrupt: (what) => {
      instead = what;
    },
    progress,
    end,
  };
}
