/** What a `<Gather>` listens for, and what it makes of what the caller does. */
import type { Line } from './players.ts';
import type { Params } from './signature.ts';
import { splitHints, type Verb } from './twiml.ts';
import { type CallerAct, cannot, type Wait, type WaitingFor } from './wait.ts';
import { resolveUrl } from './webhook.ts';

export interface Gather {
  input: readonly ('speech' | 'dtmf')[];
  hints: readonly string[];
  timeoutSeconds: number;
  actionUrl: string;
  method: 'GET' | 'POST';
  numDigits: number;
  finishOnKey: string;
  actionOnEmptyResult: boolean;
}

/** Listens until somebody speaks, presses keys, or says nothing for too long. */
export function listen(gather: Gather, line: Line): Wait {
  const { input, hints, timeoutSeconds, actionUrl, method, actionOnEmptyResult } = gather;
  const waitingFor: WaitingFor = { kind: 'gather', input, hints, timeoutSeconds, actionUrl };
  return {
    waitingFor,
    act: async (what) => {
      if (what.act === 'wait' || what.act === 'record') throw cannot(what, waitingFor);
      if (what.act === 'say') await line.talk(what.text);
      const recognised = recognise(gather, what);
      if (!recognised) await line.pass(timeoutSeconds);
      const params = recognised ?? (actionOnEmptyResult ? emptyResult(gather) : null);
      return params ? { next: 'document', request: { url: actionUrl, method, params } } : { next: 'verb' };
    },
    leave: async () => null,
  };
}

export function readGather({ attributes }: Verb, documentUrl: string): Gather {
  const input = (attributes.input ?? 'dtmf').split(' ');
  return {
    input: (['speech', 'dtmf'] as const).filter((kind) => input.includes(kind)),
    hints: splitHints(attributes.hints),
    timeoutSeconds: Number(attributes.timeout ?? 5),
    actionUrl: attributes.action ? resolveUrl(attributes.action, documentUrl) : documentUrl,
    method: attributes.method === 'GET' ? 'GET' : 'POST',
    numDigits: Number(attributes.numDigits ?? Number.POSITIVE_INFINITY),
    finishOnKey: attributes.finishOnKey ?? '#',
    actionOnEmptyResult: attributes.actionOnEmptyResult === 'true',
  };
}

/** The parameters for the action; null: the Gather heard nothing, and its time runs out. */
function recognise(gather: Gather, act: CallerAct): Params | null {
  if (act.act === 'say' && gather.input.includes('speech')) {
    return {
      SpeechResult: act.text,
      ...(act.confidence === null ? {} : { Confidence: String(act.confidence) }),
    };
  }
  return act.act === 'press' && gather.input.includes('dtmf') ? collectKeys(gather, act.keys) : null;
}

/** With `actionOnEmptyResult` the action is asked although nothing was heard. */
function emptyResult(gather: Gather): Params {
  return gather.input.includes('dtmf') ? { Digits: '', FinishedOnKey: '' } : {};
}

/** Keys after the end of the input are lost; the finish key does nothing before the first digit. */
function collectKeys({ numDigits, finishOnKey }: Gather, keys: string): Params | null {
  let digits = '';
  for (const key of keys) {
    if (key === finishOnKey) {
      if (digits !== '') return { Digits: digits, FinishedOnKey: key };
    } else {
      digits += key;
      if (digits.length === numDigits) break;
    }
  }
  return digits === '' ? null : { Digits: digits, FinishedOnKey: '' };
}
