/** A number that a `<Dial>` rings, as text or in a `<Number>`. https://www.twilio.com/docs/voice/twiml/number */
import { isPhoneNumber } from '@receptionist/core';
import { afterDial, type Dial, lastRequest, leavesByStar } from './dial.ts';
import { type ProgressEvent, subscribed } from './events.ts';
import type { CallStatusCallback } from './playback.ts';
import type { Line, Next } from './players.ts';
import { TwilioError } from './problems.ts';
import { speakOrWait, takeSeat } from './seat.ts';
import type { Dialler, DialOrder } from './switchboard.ts';
import type { Verb } from './twiml.ts';
import type { Wait, WaitingFor } from './wait.ts';
import { resolveUrl, type WebhookRequest } from './webhook.ts';

export async function dialNumber(noun: Verb, dial: Dial, line: Line): Promise<Next> {
  const to = noun.text;
  if (!isPhoneNumber(to)) throw new TwilioError(13223, `"${to}" is no E.164 number`);
  line.note(`(rings ${to})`);
  const { dial: ring } = line.switchboard;
  if (ring) return { next: 'wait', wait: await ringAndWait(ring, noun, dial, line) };
  await line.ringing(dial.timeoutSeconds);
  return afterDial(dial, { DialCallStatus: 'no-answer' });
}

async function ringAndWait(ring: Dialler, noun: Verb, dial: Dial, line: Line): Promise<Wait> {
  /** Who was dialled, once they are connected. */
  let other: Line | null = null;
  let ended = { status: '', seconds: 0 };
  let left = false;

  const { line: child, rings } = ring({
    ...orderIn(noun, dial, line),
    afterWhisper: (theirs) => {
      other = theirs;
      return { next: 'wait', wait: besideOf(theirs, line) };
    },
    onOver: async (status, seconds) => {
      ended = { status, seconds };
      seat.rise();
      if (!left) await line.resume(wait, after());
    },
  });

  function after(): Next {
    return afterDial(dial, {
      DialCallStatus: ended.status,
      DialCallSid: child.call.callSid,
      DialCallDuration: String(ended.seconds),
      DialBridged: String(other !== null),
    });
  }

  async function leave(): Promise<Next> {
    left = true;
    await child.playback.end(child.call.status === 'in-progress' ? 'completed' : 'canceled');
    return after();
  }

  const seat = takeSeat(line, async (seconds) =>
    line.hears({ what: other ? 'talk' : 'tone', seconds, text: '' }),
  );
  const wait: Wait = {
    get waitingFor(): WaitingFor {
      return { kind: 'dial', number: noun.text, talking: other !== null };
    },
    act: async (what) => {
      if (leavesByStar(dial, what)) return leave();
      const heardBy = (words: string) => other?.note(words);
      return speakOrWait(what, { line, seat, waitingFor: wait.waitingFor, heardBy });
    },
    leave: async (how) => lastRequest(await leave(), how),
  };
  await rings;
  return wait;
}

/** What the one who was dialled waits in. */
function besideOf(line: Line, other: Line): Wait {
  const waitingFor: WaitingFor = { kind: 'dial', number: line.from, talking: true };
  const seat = takeSeat(line, async (seconds) => line.hears({ what: 'talk', seconds, text: '' }));
  return {
    waitingFor,
    act: (what) => speakOrWait(what, { line, seat, waitingFor, heardBy: other.note }),
    leave: async () => {
      seat.rise();
      return null;
    },
  };
}

function orderIn(noun: Verb, dial: Dial, line: Line): Omit<DialOrder, 'afterWhisper' | 'onOver'> {
  return {
    from: dial.callerId ?? line.from,
    to: noun.text,
    direction: 'outbound-dial',
    parentCallSid: line.callSid,
    timeoutSeconds: dial.timeoutSeconds,
    whisper: whisperIn(noun, line),
    statusCallback: callbackIn(noun, line),
  };
}

function whisperIn({ attributes }: Verb, { documentUrl }: Line): WebhookRequest | null {
  if (!attributes.url) return null;
  const method = attributes.method === 'GET' ? 'GET' : 'POST';
  return { url: resolveUrl(attributes.url, documentUrl), method, params: {} };
}

function callbackIn({ attributes }: Verb, { documentUrl }: Line): CallStatusCallback | null {
  if (!attributes.statusCallback) return null;
  return {
    url: resolveUrl(attributes.statusCallback, documentUrl),
    method: attributes.statusCallbackMethod === 'GET' ? 'GET' : 'POST',
    events: subscribed<ProgressEvent>(attributes.statusCallbackEvent, ['completed']),
  };
}
