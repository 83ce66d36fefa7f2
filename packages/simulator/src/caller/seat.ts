/** Where a call waits and may be heard by others, while seconds pass here and on other calls. */
import { secondsToSay } from './line-time.ts';
import type { Line } from './players.ts';
import type { Bystander } from './switchboard.ts';
import { type CallerAct, cannot, type WaitingFor } from './wait.ts';

export interface Seat {
  bystander: Bystander;
  /** Seconds pass here, and so everywhere. */
  pass: (seconds: number) => Promise<void>;
  /** What passes elsewhere is heard no more. */
  rise: () => void;
}

export function takeSeat(line: Line, hear: Bystander['hear']): Seat {
  const { time } = line.switchboard;
  const bystander = { hear };
  return {
    bystander,
    pass: async (seconds) => {
      await hear(seconds);
      await time.pass(seconds, bystander);
    },
    rise: time.follow(bystander),
  };
}

/** How long somebody stays silent who says no more than that. */
const A_SILENCE_SECONDS = 10;

/** @throws Error for what nobody can do in a seat */
export async function speakOrWait(
  what: CallerAct,
  at: { line: Line; seat: Seat; waitingFor: WaitingFor; heardBy: (words: string) => void },
): Promise<null> {
  const { line, seat, waitingFor, heardBy } = at;
  switch (what.act) {
    case 'say':
      heardBy(what.text);
      await line.talk(what.text, secondsToSay(what.text), seat.bystander);
      return null;
    case 'press':
      return null;
    case 'wait':
      await seat.pass(what.seconds);
      return null;
    case 'stay silent':
      await seat.pass(A_SILENCE_SECONDS);
      return null;
    case 'record':
      throw cannot(what, waitingFor);
  }
}
