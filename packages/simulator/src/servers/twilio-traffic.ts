/** What Twilio does after it has answered: it delivers messages, rings phones, and tells how it went. */
import { type Call, type Line, openLine } from '../caller/call.ts';
import type { CallEvent } from '../caller/call-log.ts';
import { TWILIO_CONNECTION } from '../caller/connection.ts';
import { type Delivery, deliver, errorOf } from '../caller/delivery.ts';
import type { Exchange } from '../caller/exchange.ts';
import { type CallSettings, isOver } from '../caller/playback.ts';
import type { Dialled, DialOrder, Switchboard } from '../caller/switchboard.ts';
import type { CallOrder } from './twilio-call-orders.ts';
import { moveCall, type TwilioCall } from './twilio-calls.ts';
import { type MessageOrder, moveMessage, numberIn } from './twilio-messages.ts';
import { type Phone, type RingOrder, ring } from './twilio-phones.ts';

export interface Traffic {
  /** Sends the message on its way, once it has been answered. */
  carry: (order: MessageOrder) => void;
  /** Rings, once it has been answered. */
  dial: (call: TwilioCall, order: CallOrder) => void;
  /** Rings for a `<Dial>`. */
  dialFrom: (call: TwilioCall, order: DialOrder) => Dialled;
  /** settled() waits for it too. */
  follow: (work: Promise<void>) => void;
  switchboard: Switchboard;
  outgoing: readonly Call[];
  /** The status callbacks that were made. */
  callbacks: readonly Exchange[];
  problems: readonly string[];
  settled: () => Promise<void>;
}

export function createTraffic(options: {
  accountSid: string;
  authToken: string;
  deliveries: Readonly<Record<string, Delivery>>;
  phones: Readonly<Record<string, Phone>>;
  switchboard: Switchboard;
  now: () => number;
}): Traffic {
  const { accountSid, authToken, deliveries, phones, switchboard, now } = options;
  const connection = TWILIO_CONNECTION;
  const callbacks: Exchange[] = [];
  const problems: string[] = [];
  const outgoing: Call[] = [];
  const underWay = new Set<Promise<void>>();

  function follow(work: Promise<void>): void {
    const followed = work.finally(() => underWay.delete(followed));
    underWay.add(followed);
  }

  async function send({ message, statusCallback }: MessageOrder): Promise<void> {
    const { sid: messageSid, from, to } = message;
    const delivery = deliveries[numberIn(to)] ?? { status: 'delivered' };
    await senderHasItsAnswer();
    await deliver({
      message: { accountSid, messageSid, from, to },
      delivery,
      callback: statusCallback === null ? null : { url: statusCallback, method: 'POST' },
      webhook: { authToken, connection, record: (exchange) => callbacks.push(exchange) },
      onStatus: (status) => moveMessage(message, status, errorOf(delivery, status), now()),
      onProblem: ({ words }) => problems.push(`status callback of ${messageSid}: ${words}`),
    });
  }

  async function call(line: Line, to: string, order: RingOrder): Promise<void> {
    await senderHasItsAnswer();
    await ring(line, order, phones[to] ?? 'no-answer', switchboard.time).catch((error) =>
      problems.push(`at the phone ${to}: ${String(error)}`),
    );
  }

  function open(
    call: TwilioCall,
    more: Pick<CallSettings, 'voiceFallbackUrl' | 'statusCallback' | 'extraParameters'> &
      Partial<CallSettings>,
  ): Line {
    const { sid: callSid, from, to, direction } = call;
    const line = openLine(
      {
        ...{ accountSid, authToken, connection, now, switchboard, direction },
        sleep: async () => {},
        onEvent: (event) => note(event, call),
        ...more,
        onStatus: async (status, seconds) => {
          moveCall(call, status, seconds, now());
          await more.onStatus?.(status, seconds);
        },
      },
      { from, to, callSid },
    );
    outgoing.push(line.call);
    return line;
  }

  function note(event: CallEvent, { sid, to }: TwilioCall): void {
    if (event.event === 'problem') problems.push(`call ${sid} to ${to}: ${event.problem.words}`);
    if (event.event === 'request' && event.exchange.params.CallbackSource !== undefined)
      callbacks.push(event.exchange);
  }

  return {
    carry: (order) => follow(send(order)),
    dial: (placed, order) => {
      const { fallbackUrl: voiceFallbackUrl, statusCallback } = order;
      const line = open(placed, { voiceFallbackUrl, statusCallback, extraParameters: {} });
      follow(call(line, order.to, order));
    },
    dialFrom: (placed, order) => {
      const { whisper, statusCallback, afterWhisper, onOver } = order;
      const line = open(placed, {
        ...{ voiceFallbackUrl: undefined, statusCallback, endOfDocument: afterWhisper },
        extraParameters: { ParentCallSid: order.parentCallSid },
        onStatus: (status, seconds) => (isOver(status) ? onOver(status, seconds) : undefined),
      });
      const instructions = whisper ?? { twiml: '<Response/>' };
      const { to, timeoutSeconds } = order;
      const ringing = call(line, to, { timeoutSeconds, instructions, machineDetection: null });
      follow(ringing);
      return { line, rings: typeof phones[to] === 'object' ? ringing : Promise.resolve() };
    },
    follow,
    switchboard,
    outgoing,
    callbacks,
    problems,
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

function senderHasItsAnswer(): Promise<void> {
  return new Promise(setImmediate);
}
