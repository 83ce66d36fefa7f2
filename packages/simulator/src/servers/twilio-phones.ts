/** Outgoing calls: the telephone at the other end, and who picks it up. */
import type { Call, Line } from '../caller/call.ts';
import { isOver } from '../caller/playback.ts';
import type { CallOrder } from './twilio-call-orders.ts';

/**
 * What becomes of a call to a number. A function is the person who picks up: it has heard what was said so far and may
 * press keys, stay silent or hang up; when it returns, the person hangs up. A voicemail box hears everything out.
 */
export type Phone = 'no-answer' | 'busy' | 'failed' | 'voicemail' | ((call: Call) => Promise<void>);

/** Longer than any box records: a call that repeats itself for ever is cut. */
const SILENCES_IN_A_VOICEMAIL = 10;

/** Rings until the call is over. Rejects with what the person at the phone throws, after hanging up. */
export async function ring({ call, playback }: Line, order: CallOrder, phone: Phone): Promise<void> {
  await playback.progress('initiated');
  if (phone === 'failed') return playback.end('failed');
  if (phone === 'busy') return playback.end('busy');
  await playback.progress('ringing');
  if (phone === 'no-answer') {
    await playback.pass(order.timeoutSeconds);
    return playback.end('no-answer');
  }
  await playback.progress('in-progress', answeredBy(order, phone));
  if (isOver(call.status)) return;
  await playback.play(order.instructions);
  try {
    await (phone === 'voicemail' ? record(call) : phone(call));
  } finally {
    await call.hangUp();
  }
}

async function record(call: Call): Promise<void> {
  for (let silences = 0; call.waitingFor && silences < SILENCES_IN_A_VOICEMAIL; silences += 1) {
    await call.staySilent();
  }
}

function answeredBy({ machineDetection }: CallOrder, phone: Phone): Record<string, string> {
  if (machineDetection === null) return {};
  if (phone !== 'voicemail') return { AnsweredBy: 'human' };
  return { AnsweredBy: machineDetection === 'Enable' ? 'machine_start' : 'machine_end_beep' };
}
