/** Outgoing calls: the telephone at the other end, and who picks it up. */
import type { Call, Line } from '../caller/call.ts';
import { type Instructions, isOver } from '../caller/playback.ts';
import type { SharedTime } from '../caller/switchboard.ts';
import type { Person } from './person.ts';
import type { CallOrder } from './twilio-call-orders.ts';

/**
 * What becomes of a call to a number. A function is the person who picks up: it has heard what was said so far and may
 * press keys, stay silent, wait in a room or hang up; when it returns, the person hangs up. A voicemail box hears
 * everything out. A `Person` does what the story says when it says so.
 */
export type Phone = 'no-answer' | 'busy' | 'failed' | 'voicemail' | ((call: Call) => Promise<void>) | Person;

/** How it is to be rung, and what is played to who picks up. */
export interface RingOrder extends Pick<CallOrder, 'timeoutSeconds' | 'machineDetection'> {
  instructions: Instructions;
}

/** Longer than any box records: a call that repeats itself for ever is cut. */
const SILENCES_IN_A_VOICEMAIL = 10;

/**
 * Rings until the call is over; a person's phone is left ringing. Rejects with what a function at the phone throws, after
 * hanging up.
 */
export async function ring(line: Line, order: RingOrder, phone: Phone, time: SharedTime): Promise<void> {
  const { call, playback } = line;
  await playback.progress('initiated');
  if (phone === 'failed' || phone === 'busy') return playback.end(phone);
  if (typeof phone === 'object') return ringPerson(line, order, phone, time);
  await playback.progress('ringing');
  if (phone === 'no-answer') {
    await time.pass(order.timeoutSeconds);
    return playback.end('no-answer');
  }
  if (!(await answer(line, order, phone === 'voicemail' ? 'machine' : 'human'))) return;
  try {
    await (phone === 'voicemail' ? record(call) : phone(call));
  } finally {
    await call.hangUp();
  }
}

/** Rings as long as it was ordered to, in the seconds that pass on other calls. */
async function ringPerson(line: Line, order: RingOrder, person: Person, time: SharedTime): Promise<void> {
  const { call, playback } = line;
  let secondsLeft = order.timeoutSeconds;
  const stopHearing = time.follow({
    hear: async (seconds) => {
      if (call.status !== 'ringing') return;
      secondsLeft -= seconds;
      if (secondsLeft <= 0) await playback.end('no-answer');
    },
  });
  await playback.progress('ringing');
  const rings = person.ring({
    call,
    answer: async () => {
      stopHearing();
      await answer(line, order, 'human');
    },
    refuse: async () => {
      stopHearing();
      await playback.end('busy');
    },
  });
  if (!rings) await playback.end('busy');
  if (isOver(call.status)) stopHearing();
}

/** False: it had been canceled before. */
async function answer(line: Line, order: RingOrder, by: 'human' | 'machine'): Promise<boolean> {
  await line.playback.progress('in-progress', answeredBy(order, by));
  if (isOver(line.call.status)) return false;
  await line.start(order.instructions);
  return true;
}

async function record(call: Call): Promise<void> {
  for (let silences = 0; call.waitingFor && silences < SILENCES_IN_A_VOICEMAIL; silences += 1) {
    await call.staySilent();
  }
}

function answeredBy({ machineDetection }: RingOrder, by: 'human' | 'machine'): Record<string, string> {
  if (machineDetection === null) return {};
  if (by === 'human') return { AnsweredBy: 'human' };
  return { AnsweredBy: machineDetection === 'Enable' ? 'machine_start' : 'machine_end_beep' };
}
