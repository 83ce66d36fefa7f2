/** Somebody with a telephone, moved by the story: the phone rings until the story has it picked up. */
import type { Call } from '../caller/call.ts';
import type { Heard } from '../caller/call-log.ts';
import { isOver } from '../caller/playback.ts';
import type { WaitingFor } from '../caller/wait.ts';

export interface Person {
  readonly rings: boolean;
  /** The one that was picked up last. */
  readonly call: Call | null;
  /** Since the last act. */
  readonly heard: Heard;
  readonly waitingFor: WaitingFor | null;
  /** Waits until the phone rings; answers what is said until the call waits. @throws Error if it does not ring in time */
  picksUp: () => Promise<Heard>;
  /** Waits until the phone rings, and has the line busy. */
  declines: () => Promise<void>;
  press: (keys: string) => Promise<Heard>;
  say: (text: string) => Promise<Heard>;
  staySilent: () => Promise<Heard>;
  wait: (seconds: number) => Promise<Heard>;
  hangUp: () => Promise<Heard>;
  /** What Twilio does. Whoever is on the phone already, or has it ringing, is busy: false. */
  ring: (ringing: Ringing) => boolean;
}

/** A phone that rings. */
export interface Ringing {
  call: Call;
  /** Resolves when the call waits, or is over. */
  answer: () => Promise<void>;
  refuse: () => Promise<void>;
}

/** In real milliseconds: a daemon in another process needs some. */
const RINGS_WITHIN_MS = 5_000;

export function aPerson(): Person {
  let ringing: Ringing | null = null;
  let call: Call | null = null;
  let onRing: (() => void) | null = null;

  function ringingNow(): Ringing | null {
    return ringing && !isOver(ringing.call.status) ? ringing : null;
  }

  async function nextRing(): Promise<Ringing> {
    if (!ringingNow()) await rung();
    const present = ringingNow();
    ringing = null;
    if (!present) throw new Error(`The phone does not ring: nobody has called within ${RINGS_WITHIN_MS} ms.`);
    return present;
  }

  function rung(): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(resolve, RINGS_WITHIN_MS);
      onRing = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }

  function onThePhone(): Call {
    if (!call) throw new Error('Nobody is on the phone: picksUp() comes first.');
    return call;
  }

  return {
    get rings() {
      return ringingNow() !== null;
    },
    get call() {
      return call;
    },
    get heard() {
      return call?.heard ?? [];
    },
    get waitingFor() {
      return call?.waitingFor ?? null;
    },
    picksUp: async () => {
      const present = await nextRing();
      call = present.call;
      await present.answer();
      return call.heard;
    },
    declines: async () => (await nextRing()).refuse(),
    press: async (keys) => onThePhone().press(keys),
    say: async (text) => onThePhone().say(text),
    staySilent: async () => onThePhone().staySilent(),
    wait: async (seconds) => onThePhone().wait(seconds),
    hangUp: async () => onThePhone().hangUp(),
    ring: (present) => {
      if (ringingNow() || (call && !isOver(call.status))) return false;
      ringing = present;
      onRing?.();
      return true;
    },
  };
}
