/** What Twilio does after it has answered: it delivers messages, rings phones, and tells how it went. */
import { type Call, type Line, openLine } from '../caller/call.ts';
import type { CallEvent } from '../caller/call-log.ts';
import { TWILIO_CONNECTION } from '../caller/connection.ts';
import { type Delivery, deliver, errorOf } from '../caller/delivery.ts';
import type { Exchange } from '../caller/exchange.ts';
import type { CallOrder } from './twilio-call-orders.ts';
import { moveCall, type TwilioCall } from './twilio-calls.ts';
import { type MessageOrder, moveMessage, numberIn } from './twilio-messages.ts';
import { type Phone, ring } from './twilio-phones.ts';

export interface Traffic {
  /** Sends the message on its way, once it has been answered. */
  carry: (order: MessageOrder) => void;
  /** Rings, once it has been answered. */
  dial: (call: TwilioCall, order: CallOrder) => void;
  /** settled() waits for it too. */
  follow: (work: Promise<void>) => void;
  /** Of the outgoing calls, by sid. */
  lines: ReadonlyMap<string, Line>;
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
  now: () => number;
}): Traffic {
  const { accountSid, authToken, deliveries, phones, now } = options;
  const connection = TWILIO_CONNECTION;
  const callbacks: Exchange[] = [];
  const problems: string[] = [];
  const outgoing: Call[] = [];
  const lines = new Map<string, Line>();
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

  async function call(line: Line, order: CallOrder): Promise<void> {
    await senderHasItsAnswer();
    await ring(line, order, phones[order.to] ?? 'no-answer').catch((error) =>
      problems.push(`at the phone ${order.to}: ${String(error)}`),
    );
  }

  function openOutgoing(call: TwilioCall, order: CallOrder): Line {
    const { from, to, fallbackUrl: voiceFallbackUrl, statusCallback } = order;
    return openLine(
      {
        ...{ accountSid, authToken, connection, now, extraParameters: {} },
        ...{ direction: 'outbound-api', voiceFallbackUrl, statusCallback },
        sleep: async () => {},
        onEvent: (event) => note(event, call),
        onStatus: (status, seconds) => moveCall(call, status, seconds, now()),
      },
      { from, to, callSid: call.sid },
    );
  }

  function note(event: CallEvent, { sid, to }: TwilioCall): void {
    if (event.event === 'problem') problems.push(`call ${sid} to ${to}: ${event.problem.words}`);
    if (event.event === 'request' && event.exchange.params.CallbackSource !== undefined)
      callbacks.push(event.exchange);
  }

  return {
    carry: (order) => follow(send(order)),
    dial: (placed, order) => {
      const line = openOutgoing(placed, order);
      lines.set(placed.sid, line);
      outgoing.push(line.call);
      follow(call(line, order));
    },
    follow,
    lines,
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
