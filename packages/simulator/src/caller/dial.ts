/** `<Dial>`: somebody else is put on the line. https://www.twilio.com/docs/voice/twiml/dial */
import { enterRoom } from './conference.ts';
import { dialNumber } from './dial-number.ts';
import type { Line, Next } from './players.ts';
import { TwilioError } from './problems.ts';
import type { Params } from './signature.ts';
import type { Verb } from './twiml.ts';
import type { CallerAct, Leaving } from './wait.ts';
import { resolveUrl, type WebhookRequest } from './webhook.ts';

export interface Dial {
  /** Null: what stands behind the verb is played. */
  action: { url: string; method: 'GET' | 'POST' } | null;
  timeoutSeconds: number;
  callerId: string | null;
  hangupOnStar: boolean;
}

export async function playDial(verb: Verb, line: Line): Promise<Next> {
  if (line.direction === 'outbound-dial') throw new TwilioError(13201, `a <Dial> at ${line.documentUrl}`);
  const dial = readDial(verb, line.documentUrl);
  const [noun] = verb.nested;
  return noun?.name === 'Conference' ? enterRoom(noun, dial, line) : dialNumber(noun ?? verb, dial, line);
}

/** Verbs behind a Dial with an action are never reached. */
export function afterDial({ action }: Dial, params: Params): Next {
  return action ? { next: 'document', request: { ...action, params } } : { next: 'verb' };
}

function readDial({ attributes }: Verb, documentUrl: string): Dial {
  const { action, method, timeout, callerId, hangupOnStar } = attributes;
  return {
    action: action
      ? { url: resolveUrl(action, documentUrl), method: method === 'GET' ? 'GET' : 'POST' }
      : null,
    timeoutSeconds: Number(timeout ?? 30),
    callerId: callerId ?? null,
    hangupOnStar: hangupOnStar === 'true',
  };
}

/** What is asked for by who hangs up inside the Dial; nobody hears the answer. */
export function lastRequest(next: Next, how: Leaving): WebhookRequest | null {
  return how === 'hangs up' && next.next === 'document' ? next.request : null;
}

export function leavesByStar({ hangupOnStar }: Dial, what: CallerAct): boolean {
  return hangupOnStar && what.act === 'press' && what.keys.includes('*');
}
