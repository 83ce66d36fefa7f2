/** One call, as the person on the phone lives through it. */
import { type CallStatus, createCallLog, type Heard } from './call-log.ts';
import type { Spoken } from './conversation-log.ts';
import type { Exchange } from './exchange.ts';
import { type LinePiece, longestSilence, secondsToSay } from './line-time.ts';
import { type CallSettings, createPlayback, type Instructions, isOver, type Playback } from './playback.ts';
import type { TwilioProblem } from './problems.ts';
import type { CallerAct, WaitingFor } from './wait.ts';

/** Each act plays on until the call waits again or is over. On a call that is over, it throws. */
export interface Call {
  readonly callSid: string;
  readonly from: string;
  readonly to: string;
  readonly status: CallStatus;
  /** Since the last act. */
  readonly heard: Heard;
  readonly transcript: readonly Spoken[];
  /** Null: the call is over. */
  readonly waitingFor: WaitingFor | null;
  /** What was heard and for how long, since the call was answered. */
  readonly line: readonly LinePiece[];
  readonly requests: readonly Exchange[];
  /** What Twilio's debugger would show. */
  readonly problems: readonly TwilioProblem[];
  /** `confidence` 0 to 1 (0.92 if left out); null: the recogniser gave none. */
  say: (text: string, options?: { confidence?: number | null }) => Promise<Heard>;
  /** 0-9, `*`, `#`. */
  press: (keys: string) => Promise<Heard>;
  /** Until a Gather or a Record has had enough of it; ten seconds where no verb listens. */
  staySilent: () => Promise<Heard>;
  /** In a room, or while a `<Dial>` rings or talks: so many seconds pass, here and on every call that waits. */
  wait: (seconds: number) => Promise<Heard>;
  /** In a `<Record>`: the time it takes to say it if left out. `finish` is a key, hanging up, or (null) falling silent. */
  record: (
    text: string,
    options?: { seconds?: number; finish?: '#' | 'hangup' | (string & {}) | null },
  ) => Promise<Heard>;
  /** Does nothing on a call that is over. */
  hangUp: () => Promise<Heard>;
  /** In seconds, from the answer to the end. */
  longestSilence: () => number;
}

/** The person's end of the call, and Twilio's. */
export interface Line {
  call: Call;
  playback: Playback;
  /** The first thing that is played. */
  start: (instructions: Instructions) => Promise<void>;
  /** Something else is played from now on. */
  redirect: (to: Instructions) => Promise<void>;
}

/** Resolves when the first prompt was played and the call waits, or is over. Without an address nothing answers it. */
export async function placeCall(
  settings: CallSettings,
  numbers: { from: string; to: string; callSid: string },
  voiceUrl: string,
): Promise<Call> {
  const { call, playback, start } = openLine(settings, numbers);
  if (voiceUrl === '') await playback.end('failed');
  else await start({ url: voiceUrl, method: 'POST', params: {} });
  return call;
}

/** Nothing is played yet. */
export function openLine(
  settings: CallSettings,
  numbers: { from: string; to: string; callSid: string },
): Line {
  const { lines } = settings.switchboard;
  const log = createCallLog(numbers.callSid, (event) => {
    if (event.event === 'ended') lines.set(numbers.callSid, null);
    settings.onEvent(event);
  });
  const turns = createTurns();
  const playback = createPlayback(settings, numbers, log, (wait, next) =>
    turns.whenFree(() => playback.goOn(wait, next)),
  );

  async function act(what: CallerAct): Promise<Heard> {
    await turns.act(async () => {
      const wait = playback.waiting;
      if (!wait) throw new Error(`The call is over (${playback.status}): nobody hears "${what.act}".`);
      log.act();
      if (what.act === 'say') log.said(what.text);
      if (what.act === 'press') log.said(`(presses ${what.keys})`);
      if (what.act === 'record') log.said(what.text);
      const next = await wait.act(what);
      if (next) await playback.goOn(wait, next);
    });
    return log.sinceLastAct;
  }

  async function hangUp(): Promise<Heard> {
    await turns.act(async () => {
      if (isOver(playback.status)) return;
      log.act();
      await playback.end('completed');
    });
    return log.sinceLastAct;
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
      return playback.waiting?.waitingFor ?? null;
    },
    get line() {
      return playback.time.pieces;
    },
    say: (text, { confidence = 0.92 } = {}) => act({ act: 'say', text, confidence }),
    press: async (keys) => {
      if (!/^[\d*#]+$/.test(keys)) throw new Error(`"${keys}" are no keys of a phone: 0-9, * and # are.`);
      return act({ act: 'press', keys });
    },
    staySilent: () => act({ act: 'stay silent' }),
    wait: (seconds) => act({ act: 'wait', seconds }),
    record: async (text, { seconds = secondsToSay(text), finish = '#' } = {}) =>
      act({ act: 'record', text, seconds, finish }),
    hangUp,
    longestSilence: () => longestSilence(playback.time.pieces),
  };
  const line: Line = {
    call,
    playback,
    start: (instructions) => turns.whenFree(() => playback.play(instructions)),
    redirect: async (to) => {
      if (!playback.waiting) return playback.interrupt(to);
      await turns.whenFree(async () => {
        log.act();
        await playback.play(to);
      });
    },
  };
  lines.set(numbers.callSid, line);
  return line;
}

interface Turns {
  /** One act at a time: the next one needs to know what this one was answered. */
  act: (work: () => Promise<void>) => Promise<void>;
  /**
   * What happens to this call from elsewhere. While something plays it is kept until then, and not waited for: who waits
   * for a call that waits for him would wait for ever.
   */
  whenFree: (work: () => Promise<void>) => Promise<void>;
}

function createTurns(): Turns {
  const pending: (() => Promise<void>)[] = [];
  let acting = false;
  let present: Promise<void> | null = null;

  function run(work: () => Promise<void>): Promise<void> {
    const turn = withPending(work).finally(() => {
      present = null;
    });
    present = turn;
    return turn;
  }

  async function withPending(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } finally {
      for (let next = pending.shift(); next; next = pending.shift()) await next();
    }
  }

  return {
    act: async (work) => {
      if (acting) throw new Error('The call is still playing: await the last act before the next.');
      acting = true;
      try {
        while (present) await present.catch(() => {});
        await run(work);
      } finally {
        acting = false;
      }
    },
    whenFree: (work) => {
      if (!present) return run(work);
      pending.push(work);
      return Promise.resolve();
    },
  };
}
