/** One call, as the person on the phone lives through it. */
import { type CallStatus, createCallLog, type Heard } from './call-log.ts';
import type { Spoken } from './conversation-log.ts';
import type { Exchange } from './exchange.ts';
import {
  type CallerAct,
  emptyResult,
  type Gather,
  recognise,
  type WaitingFor,
  waitingFor,
} from './gather.ts';
import { type CallSettings, createPlayback, type Instructions, type Playback } from './playback.ts';
import type { TwilioProblem } from './problems.ts';

/** Each act plays on until the next Gather waits or the call is over. On a call that is over, it throws. */
export interface Call {
  readonly callSid: string;
  readonly from: string;
  readonly to: string;
  readonly status: CallStatus;
  /** Since the last act. */
  readonly heard: Heard;
  readonly transcript: readonly Spoken[];
  readonly waitingFor: WaitingFor | null;
  readonly requests: readonly Exchange[];
  /** What Twilio's debugger would show. */
  readonly problems: readonly TwilioProblem[];
  /** `confidence` 0 to 1 (0.92 if left out); null: the recogniser gave none. */
  say: (text: string, options?: { confidence?: number | null }) => Promise<Heard>;
  /** 0-9, `*`, `#`. */
  press: (keys: string) => Promise<Heard>;
  staySilent: () => Promise<Heard>;
  /** Does nothing on a call that is over. */
  hangUp: () => Promise<Heard>;
}

/** The person's end of the call, and Twilio's. */
export interface Line {
  call: Call;
  playback: Playback;
  /** Something else is played from now on. */
  redirect: (to: Instructions) => Promise<void>;
}

/** Resolves when the first prompt was played and the call waits, or is over. Without an address nothing answers it. */
export async function placeCall(
  settings: CallSettings,
  numbers: { from: string; to: string; callSid: string },
  voiceUrl: string,
): Promise<Call> {
  const { call, playback } = openLine(settings, numbers);
  if (voiceUrl === '') await playback.end('failed');
  else await playback.play({ url: voiceUrl, method: 'POST', params: {} });
  return call;
}

/** Nothing is played yet. */
export function openLine(
  settings: CallSettings,
  numbers: { from: string; to: string; callSid: string },
): Line {
  const log = createCallLog(numbers.callSid, settings.onEvent);
  const playback = createPlayback(settings, numbers, log);
  let busy = false;

  /** One act at a time: the next one needs to know what this one was answered. */
  async function alone(work: () => Promise<void>): Promise<Heard> {
    if (busy) throw new Error('The call is still playing: await the last act before the next.');
    busy = true;
    try {
      await work();
      return log.sinceLastAct;
    } finally {
      busy = false;
    }
  }

  async function act(what: CallerAct): Promise<Heard> {
    return alone(async () => {
      const gather = playback.listening;
      if (!gather) throw new Error(`The call is over (${playback.status}): nobody hears "${what.act}".`);
      await answer(gather, what);
    });
  }

  async function answer(gather: Gather, what: CallerAct): Promise<void> {
    log.act();
    if (what.act === 'say') log.said(what.text);
    if (what.act === 'press') log.said(`(presses ${what.keys})`);
    const recognised = recognise(gather, what);
    if (!recognised) await playback.pass(gather.timeoutSeconds);
    const params = recognised ?? (gather.actionOnEmptyResult ? emptyResult(gather) : null);
    await playback.play(params && { url: gather.actionUrl, method: gather.method, params });
  }

  async function redirect(to: Instructions): Promise<void> {
    if (busy || !playback.listening) return playback.interrupt(to);
    await alone(async () => {
      log.act();
      await playback.play(to);
    });
  }

  const call: Call = {
    ...numbers,
    transcript: log.transcript,
    requests: log.requests,
    problems: log.problems,
    get status() {
      return playback.status;
    },
    get heard() {
      return log.sinceLastAct;
    },
    get waitingFor() {
      return playback.listening && waitingFor(playback.listening);
    },
    say: (text, { confidence = 0.92 } = {}) => act({ act: 'say', text, confidence }),
    press: async (keys) => {
      if (!/^[\d*#]+$/.test(keys)) throw new Error(`"${keys}" are no keys of a phone: 0-9, * and # are.`);
      return act({ act: 'press', keys });
    },
    staySilent: () => act({ act: 'stay silent' }),
    hangUp: () =>
      alone(async () => {
        if (!playback.listening) return;
        log.act();
        await playback.end('completed');
      }),
  };
  return { call, playback, redirect };
}
