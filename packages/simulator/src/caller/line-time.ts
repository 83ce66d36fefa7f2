/** What is heard on a call and for how long, on a clock that no one has to wait for. */

/** `tone`: ringing or a beep; `talk`: a person at either end. */
export type Sound = 'words' | 'music' | 'silence' | 'tone' | 'talk';

export interface LinePiece {
  /** Since the call was answered. */
  at_s: number;
  seconds: number;
  what: Sound;
  /** The words, or the address of the sound. */
  text: string;
}

export type HeardSound = Omit<LinePiece, 'at_s'>;

export interface LineTime {
  readonly pieces: readonly LinePiece[];
  readonly seconds: number;
  add: (sound: HeardSound) => void;
  /** The call is answered now. */
  restart: () => void;
}

const CHARACTERS_A_SECOND = 15;

export function secondsToSay(words: string): number {
  return words.length / CHARACTERS_A_SECOND;
}

export function createLineTime(): LineTime {
  let pieces: LinePiece[] = [];
  let passed = 0;
  return {
    get pieces() {
      return pieces.map((piece) => ({ ...piece, at_s: tenths(piece.at_s), seconds: tenths(piece.seconds) }));
    },
    get seconds() {
      return passed;
    },
    add: ({ what, seconds, text }) => {
      if (seconds === 0) return;
      const last = pieces.at(-1);
      if (last?.what === what && last.text === text) last.seconds += seconds;
      else pieces.push({ at_s: passed, seconds, what, text });
      passed += seconds;
    },
    restart: () => {
      pieces = [];
      passed = 0;
    },
  };
}

/** In seconds. */
export function longestSilence(pieces: readonly LinePiece[]): number {
  let longest = 0;
  let silence = 0;
  for (const { what, seconds } of pieces) {
    silence = what === 'silence' ? silence + seconds : 0;
    longest = Math.max(longest, silence);
  }
  return tenths(longest);
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
