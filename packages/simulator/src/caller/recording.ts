/** `<Record>`: the caller speaks after the tone. https://www.twilio.com/docs/voice/twiml/record */
import { randomBytes } from 'node:crypto';
import { type RecordingEvent, subscribed } from './events.ts';
import { secondsToSay } from './line-time.ts';
import { rfc2822 } from './parameters.ts';
import type { Line, Next } from './players.ts';
import type { Verb } from './twiml.ts';
import { cannot, type Wait, type WaitingFor } from './wait.ts';
import { resolveUrl, type WebhookRequest } from './webhook.ts';

interface RecordOrder {
  actionUrl: string;
  method: 'GET' | 'POST';
  maxSeconds: number;
  /** Of silence, which end it. */
  timeoutSeconds: number;
  finishOnKey: string;
  playBeep: boolean;
  callback: { url: string; method: 'GET' | 'POST'; events: readonly RecordingEvent[] } | null;
}

const ALL_KEYS = '1234567890*#';
const BEEP_SECONDS = 1;

export async function playRecord(verb: Verb, line: Line): Promise<Next> {
  const order = readRecord(verb, line.documentUrl);
  if (order.playBeep) await line.beep(BEEP_SECONDS);
  return { next: 'wait', wait: await record(order, line) };
}

function readRecord({ attributes }: Verb, documentUrl: string): RecordOrder {
  const callback = attributes.recordingStatusCallback;
  return {
    actionUrl: attributes.action ? resolveUrl(attributes.action, documentUrl) : documentUrl,
    method: attributes.method === 'GET' ? 'GET' : 'POST',
    maxSeconds: Number(attributes.maxLength ?? 3_600),
    timeoutSeconds: Number(attributes.timeout ?? 5),
    finishOnKey: attributes.finishOnKey ?? ALL_KEYS,
    playBeep: attributes.playBeep !== 'false',
    callback: callback
      ? {
          url: resolveUrl(callback, documentUrl),
          method: attributes.recordingStatusCallbackMethod === 'GET' ? 'GET' : 'POST',
          events: subscribed<RecordingEvent>(attributes.recordingStatusCallbackEvent, ['completed']),
        }
      : null,
  };
}

/** An empty recording asks no action: what stands behind the verb is played. */
async function record(order: RecordOrder, line: Line): Promise<Wait> {
  const { maxSeconds, timeoutSeconds, finishOnKey, actionUrl, method } = order;
  const waitingFor: WaitingFor = { kind: 'record', maxSeconds, finishOnKey, actionUrl };
  const sid = `RE${randomBytes(16).toString('hex')}`;
  const address = {
    RecordingSid: sid,
    RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${line.accountSid}/Recordings/${sid}`,
  };
  const startedAt = line.now();
  let spokenSeconds = 0;

  async function tell(status: RecordingEvent, seconds: number): Promise<void> {
    const { callback } = order;
    if (!callback?.events.includes(status)) return;
    const params = {
      AccountSid: line.accountSid,
      CallSid: line.callSid,
      ...address,
      RecordingStatus: status,
      RecordingDuration: String(seconds),
      RecordingChannels: '1',
      RecordingStartTime: rfc2822(startedAt),
      RecordingSource: 'RecordVerb',
    };
    await line.tell({ url: callback.url, method: callback.method, params });
  }

  /** The file is ready only after the action was asked. */
  function recorded(digits: string | null): WebhookRequest {
    const seconds = Math.max(1, Math.round(spokenSeconds));
    line.afterwards(() => tell('completed', seconds));
    const params = {
      ...address,
      RecordingDuration: String(seconds),
      ...(digits === null ? {} : { Digits: digits }),
    };
    return { url: actionUrl, method, params };
  }

  function empty(): Next {
    line.afterwards(() => tell('absent', 0));
    return { next: 'verb' };
  }

  async function speak(text: string, wished: number, finish: string | null): Promise<Next> {
    spokenSeconds = Math.min(wished, maxSeconds);
    await line.talk(text, spokenSeconds);
    if (finish === 'hangup') return { next: 'end', status: 'completed' };
    const cut = spokenSeconds === maxSeconds;
    const key = !cut && finish !== null && finishOnKey.includes(finish) ? finish : null;
    if (!cut && key === null) await line.pass(timeoutSeconds);
    return { next: 'document', request: recorded(key) };
  }

  await tell('in-progress', 0);
  return {
    waitingFor,
    act: async (what) => {
      switch (what.act) {
        case 'record':
          return speak(what.text, what.seconds, what.finish);
        case 'say':
          return speak(what.text, secondsToSay(what.text), null);
        case 'press':
          if ([...what.keys].some((key) => finishOnKey.includes(key))) return empty();
          await line.pass(timeoutSeconds);
          return empty();
        case 'stay silent':
          await line.pass(timeoutSeconds);
          return empty();
        case 'wait':
          throw cannot(what, waitingFor);
      }
    },
    leave: async (how) => {
      const request = recorded('hangup');
      return how === 'hangs up' ? request : null;
    },
  };
}
