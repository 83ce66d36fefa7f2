/** Twilio's side of a call: documents are fetched and played until a Gather listens or the call is over. */
import type { CallEvent, CallLog, CallStatus } from './call-log.ts';
import type { Connection } from './connection.ts';
import { readDocument } from './document.ts';
import { type Gather, waitingFor } from './gather.ts';
import { callParameters, statusParameters } from './parameters.ts';
import { type EndStatus, type Line, type Next, playVerb } from './players.ts';
import { problemIn, TwilioError, type TwilioProblem } from './problems.ts';
import { withoutFragment } from './signature.ts';
import type { Verb } from './twiml.ts';
import { askWebhook, type WebhookAnswer, type WebhookRequest } from './webhook.ts';

/** What the account and the number say about each call. */
export interface CallSettings {
  accountSid: string;
  authToken: string;
  voiceUrl: string;
  voiceFallbackUrl: string | undefined;
  statusCallbackUrl: string | undefined;
  connection: Connection;
  extraParameters: Readonly<Record<string, string>>;
  /** Waits through pauses and silence; the call's duration counts them either way. */
  sleep: (ms: number) => Promise<void>;
  onEvent: (event: CallEvent) => void;
}

export interface Playback {
  readonly status: CallStatus;
  /** The Gather that waits for the caller; null while something plays and when the call is over. */
  readonly listening: Gather | null;
  /** Ask this webhook and play its answer; null: play on in the present document. */
  play: (request: WebhookRequest | null) => Promise<void>;
  /** Time passes on the line. */
  pass: (seconds: number) => Promise<void>;
  end: (as: EndStatus) => Promise<void>;
}

export const APPLICATION_ERROR = 'We are sorry, an application error has occurred. Goodbye.';

/** A bound on documents that redirect to each other without ever listening; Twilio's own is not published. */
const MOST_DOCUMENTS = 100;

export function createPlayback(
  settings: CallSettings,
  numbers: { from: string; to: string; callSid: string },
  log: CallLog,
): Playback {
  const startedAt = Date.now();
  let passedMs = 0;
  let status: CallStatus = 'ringing';
  let listening: Gather | null = null;
  let document: { url: string; left: Verb[] } = { url: '', left: [] };

  async function pass(seconds: number): Promise<void> {
    passedMs += seconds * 1000;
    await settings.sleep(seconds * 1000);
  }

  function ask(request: WebhookRequest): Promise<WebhookAnswer> {
    const { accountSid, authToken, connection, extraParameters } = settings;
    const base = callParameters({ accountSid, ...numbers, status });
    const params = { ...base, ...extraParameters, ...request.params };
    return askWebhook({ ...request, params }, { authToken, connection, record: log.request });
  }

  async function open(request: WebhookRequest): Promise<void> {
    document = { url: withoutFragment(request.url), left: [] };
    const { url, exchange } = await ask(request);
    const { verbs, warnings } = readDocument(exchange);
    warnings.forEach(log.problem);
    document = { url, left: [...verbs] };
  }

  /** Play what is left of the document, and the documents that follow. */
  async function play(first: WebhookRequest | null): Promise<void> {
    let request = first;
    for (let documents = 0; documents <= MOST_DOCUMENTS; documents += 1) {
      if (request) await open(request);
      const next = await playDocument();
      if (next.next === 'listen') return listen(next.gather);
      if (next.next === 'end') return end(next.status);
      request = next.request;
    }
    throw new TwilioError(11215, `${MOST_DOCUMENTS} documents in a row, none of which listens`);
  }

  async function playDocument(): Promise<Exclude<Next, { next: 'verb' }>> {
    const line: Line = { say: log.heard, pass, documentUrl: document.url };
    for (let verb = document.left.shift(); verb; verb = document.left.shift()) {
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
  async function playOrFallBack(request: WebhookRequest | null): Promise<void> {
    listening = null;
    try {
      await play(request);
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
    status = 'in-progress';
    log.heard(APPLICATION_ERROR);
    await end('completed');
  }

  async function end(as: EndStatus): Promise<void> {
    status = as;
    listening = null;
    log.ended(status);
    const { statusCallbackUrl: url } = settings;
    if (!url) return;
    const params = statusParameters({ now: Date.now(), durationMs: Date.now() - startedAt + passedMs });
    await ask({ url, method: 'POST', params }).catch(reported); // the call is over, whatever comes back
  }

  return {
    get status() {
      return status;
    },
    get listening() {
      return listening;
    },
    play: playOrFallBack,
    pass,
    end,
  };
}
