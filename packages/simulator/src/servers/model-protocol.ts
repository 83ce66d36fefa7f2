/** What the two protocols of models have in common, and the pieces in which an answer leaves. */
import type { Answer, ReceivedRequest } from './loopback.ts';
import type { JsonObject, ModelRefusal, ModelRequest } from './model-request.ts';

/** One of the two languages that the server speaks. */
export interface Protocol {
  /** @throws ModelRefusal */
  refuseBadKey: (headers: ReceivedRequest['headers'], key: string) => void;
  /** @throws ModelRefusal */
  read: (body: JsonObject) => ModelRequest;
  whole: (request: ModelRequest, utterance: Utterance) => object;
  stream: (request: ModelRequest, utterance: Utterance) => EventStream;
  refusal: (refusal: ModelRefusal, headers?: Record<string, string>) => Answer;
  models: (names: readonly string[]) => object;
}

/** What goes over the wire. */
export interface Utterance {
  text: string;
  calls: readonly ToolCall[];
}

export interface ToolCall {
  id: string;
  name: string;
  /** JSON text, unless the model talks nonsense. */
  arguments: string;
}

/** The events of a stream: before the first token, the tokens, and the end. */
export interface EventStream {
  opening: readonly string[];
  tokens: readonly string[];
  closing: readonly string[];
}

/** Word by word, as tokens come; the pieces joined are the text. */
export function piecesOf(text: string): string[] {
  return text.match(/\s*\S+\s*$|\s*\S+/g) ?? (text === '' ? [] : [text]);
}

export function tokensIn({ text, calls }: Utterance): number {
  return [text, ...calls.map((call) => call.arguments)].flatMap(piecesOf).length;
}
