/** How a model behaves, and what that does to its answers. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, jsonAnswer } from './loopback.ts';
import type { EventStream, Protocol, Utterance } from './model-protocol.ts';
import { ModelRefusal, type ModelRequest } from './model-request.ts';

export type MoodName =
  | 'normal'
  /** Silent until the first token. */
  | 'slow'
  /** Half of the tokens, then nothing more. */
  | 'stall'
  /** Half of the tokens, then the connection is reset. */
  | 'cut'
  /** The connection is reset before an answer. */
  | 'refuse'
  | 'rate_limit'
  /** HTTP 500. */
  | 'error'
  | 'nonsense'
  /** The key does not count any more. */
  | 'wrong_key';

export interface Mood {
  mood: MoodName;
  /** Requests that meet it, and then `normal` again; all until the next mood if left out. */
  times?: number;
  /** For `slow`; 3,000 if left out. */
  firstTokenMs?: number;
  /** Seconds, for `rate_limit`; 20 if left out. */
  retryAfter?: number;
  /** For `nonsense`; `empty` if left out. */
  nonsense?: Nonsense;
}

/** `empty`: no words and no tool; `wrong_input`: JSON, but not what the tool takes. */
export type Nonsense = 'empty' | 'unknown_tool' | 'broken_json' | 'wrong_input';

/** A mood in which nobody is answered, however right the request is. */
export function refusalIn({ mood, retryAfter = 20 }: Mood, protocol: Protocol): Answer | null {
  switch (mood) {
    case 'refuse':
      return 'reset';
    case 'rate_limit':
      return protocol.refusal(new ModelRefusal('rate_limit', 'Rate limit reached for requests'), {
        'retry-after': String(retryAfter),
      });
    case 'error':
      return protocol.refusal(
        new ModelRefusal('error', 'The server had an error while processing your request'),
      );
    case 'wrong_key':
      return protocol.refusal(new ModelRefusal('wrong_key', 'The API key was revoked'));
    default:
      return null;
  }
}

export function nonsenseIn({ mood, nonsense = 'empty' }: Mood, request: ModelRequest): Utterance | null {
  if (mood !== 'nonsense') return null;
  const tool = request.tools[0]?.name ?? 'escalate';
  const call = (name: string, input: string) => ({
    text: '',
    calls: [{ id: 'call_1', name, arguments: input }],
  });
  switch (nonsense) {
    case 'empty':
      return { text: '', calls: [] };
    case 'unknown_tool':
      return call('order_pizza', '{"size":"large"}');
    case 'broken_json':
      return call(tool, '{"reason": "caller_asked');
    case 'wrong_input':
      return call(tool, '{"purple":[1,2,3]}');
  }
}

export function streamed({ opening, tokens, closing }: EventStream, mood: Mood): Answer {
  const half = tokens.slice(0, Math.ceil(tokens.length / 2));
  const broken = mood.mood === 'stall' || mood.mood === 'cut';
  async function* parts() {
    yield* opening;
    if (mood.mood === 'slow') await firstToken(mood);
    yield* broken ? half : [...tokens, ...closing];
  }
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
  return { status: 200, headers, parts: parts(), ending: ENDINGS[mood.mood] ?? 'end' };
}

const ENDINGS: Partial<Record<MoodName, 'hang' | 'reset'>> = { stall: 'hang', cut: 'reset' };

/** An answer in one piece. */
export function whole(body: object, mood: Mood): Answer {
  switch (mood.mood) {
    case 'stall':
      return 'hang';
    case 'cut':
      return 'reset';
    case 'slow':
      return { status: 200, headers: JSON_TYPE, parts: late(JSON.stringify(body), mood), ending: 'end' };
    default:
      return jsonAnswer(body);
  }
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

async function* late(text: string, mood: Mood) {
  await firstToken(mood);
  yield text;
}

function firstToken({ firstTokenMs = 3_000 }: Mood): Promise<void> {
  return wait(firstTokenMs, undefined, { ref: false });
}
