/**
 * A language model on the loopback address that says what a script tells it to. It speaks OpenAI's chat completions and
 * Anthropic's messages, checks what the real ones check, and has moods.
 */
import { type Answer, type ReceivedRequest, startLoopback } from './loopback.ts';
import { ANTHROPIC } from './model-anthropic.ts';
import { type Mood, type MoodName, nonsenseIn, refusalIn, streamed, whole } from './model-moods.ts';
import { OPENAI } from './model-openai.ts';
import type { Protocol, Utterance } from './model-protocol.ts';
import { isObject, type JsonObject, ModelRefusal, type ModelRequest } from './model-request.ts';

/** What a script answers. */
export interface ModelAnswer {
  text?: string;
  tools?: readonly { name: string; input: unknown }[];
}

export interface ModelOptions {
  /** The key that is accepted. */
  key: string;
  /** Names of the models that exist. */
  models: readonly string[];
  /** A short greeting if left out. */
  answer?: (request: ModelRequest) => ModelAnswer;
  port?: number;
}

export interface ModelExchange {
  path: string;
  /** Null where it could not be read. */
  request: ModelRequest | null;
  /** The mood that it met, or why it was refused. */
  outcome: MoodName | ModelRefusal['kind'];
  /** Why it was refused, where it was the sender's fault. */
  explanation: string | null;
}

export interface Model {
  /** For `LLM_BASE_URL`, whichever the protocol. */
  url: string;
  requests: readonly ModelExchange[];
  setMood: (mood: Mood | MoodName) => void;
  /** What was refused in no mood to do so, as sentences. */
  unexpected: () => string[];
  close: () => Promise<void>;
}

const GREETING = { text: 'Hello, how can I help you?' };

export async function startModel(options: ModelOptions): Promise<Model> {
  const { key, models, answer: script = () => GREETING, port = 0 } = options;
  const requests: ModelExchange[] = [];
  let present: Mood = { mood: 'normal' };

  function meetMood(): Mood {
    const met = present;
    if (met.times === undefined) return met;
    present = met.times > 1 ? { ...met, times: met.times - 1 } : { mood: 'normal' };
    return met;
  }

  function readRequest(received: ReceivedRequest, protocol: Protocol): ModelRequest {
    protocol.refuseBadKey(received.headers, key);
    const request = protocol.read(readJson(received));
    if (!models.includes(request.model))
      throw new ModelRefusal('unknown_model', `The model ${request.model} does not exist`, 'model');
    return request;
  }

  /** Even in the worst mood the request has to be right. */
  function perform(received: ReceivedRequest, protocol: Protocol, note: Note, mood: Mood): Answer {
    const asked = `${received.method} ${note.path}`;
    if (asked === 'GET /v1/models') protocol.refuseBadKey(received.headers, key);
    else if (COMPLETIONS.includes(asked)) note.request = readRequest(received, protocol);
    else throw new ModelRefusal('unknown_path', `Invalid URL (${asked})`);
    return refusalIn(mood, protocol) ?? answerTo(note.request, protocol, mood);
  }

  function answerTo(request: ModelRequest | null, protocol: Protocol, mood: Mood): Answer {
    if (request === null) return whole(protocol.models(models), mood);
    const utterance = nonsenseIn(mood, request) ?? toUtterance(script(request));
    return request.stream
      ? streamed(protocol.stream(request, utterance), mood)
      : whole(protocol.whole(request, utterance), mood);
  }

  function answer(received: ReceivedRequest): Answer {
    const path = received.path.split('?', 1)[0] ?? '';
    const protocol = speaksAnthropic(path, received.headers) ? ANTHROPIC : OPENAI;
    const mood = meetMood();
    const note: Note = { path, request: null, outcome: mood.mood, explanation: null };
    requests.push(note);
    try {
      return perform(received, protocol, note, mood);
    } catch (error) {
      if (!(error instanceof ModelRefusal)) throw error;
      note.outcome = error.kind;
      note.explanation = error.message;
      return protocol.refusal(error);
    }
  }

  const { origin, close } = await startLoopback({ port, answer });
  return {
    url: `${origin}/v1`,
    requests,
    setMood: (mood) => {
      present = typeof mood === 'string' ? { mood } : mood;
    },
    unexpected: () =>
      requests.flatMap(({ path, outcome, explanation }) =>
        explanation === null ? [] : [`${path}: ${outcome} (${explanation})`],
      ),
    close,
  };
}

type Note = { -readonly [Member in keyof ModelExchange]: ModelExchange[Member] };

const COMPLETIONS = ['POST /v1/chat/completions', 'POST /v1/messages'];

function speaksAnthropic(path: string, headers: ReceivedRequest['headers']): boolean {
  return path === '/v1/messages' || 'anthropic-version' in headers;
}

function readJson({ headers, body }: ReceivedRequest): JsonObject {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new ModelRefusal('bad_request', `content type ${type ?? 'missing'}`);
  try {
    const value: unknown = JSON.parse(body);
    if (isObject(value)) return value;
  } catch {
    // refused below, with everything else that is no object
  }
  throw new ModelRefusal('bad_request', 'the body is no JSON object');
}

function toUtterance({ text = '', tools = [] }: ModelAnswer): Utterance {
  return {
    text,
    calls: tools.map(({ name, input }, index) => ({
      id: `call_${index + 1}`,
      name,
      arguments: JSON.stringify(input),
    })),
  };
}
