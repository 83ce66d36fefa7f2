/** Any model that the AI SDK reaches. The SDK is loaded when there is a model, and not before: 30 MB and a tenth of a second. */
import { MODEL_TOOLS, type ModelOutput, type Utterance } from '@receptionist/core';
import type { ModelMessage, LanguageModel as SdkModel, ToolSet } from 'ai';
import type { LanguageModel, Question } from './language-model.ts';
import { instructionsFor } from './prompt.ts';

export const PROVIDERS = ['openai', 'anthropic', 'openai-compatible'] as const;
export type Provider = (typeof PROVIDERS)[number];

export interface ModelSettings {
  provider: Provider;
  model: string;
  apiKey: string | undefined;
  baseUrl: string | undefined;
}

/** Enough for a few sentences or a message, and a little thought. */
const MOST_TOKENS = 600;
/** A caller does not wait for a thinker. What each family takes at least; others must not be told. */
const EFFORTS: readonly { models: RegExp; reasoning: 'minimal' | 'low' }[] = [
  { models: /^gpt-5(?:-|$)/, reasoning: 'minimal' },
  { models: /^(?:o\d|gpt-[5-9])/, reasoning: 'low' },
];
/** Of the transcript; what is older hardly matters, and costs time. */
const MOST_UTTERANCES = 20;

const LOADERS: Readonly<Record<Provider, (settings: ModelSettings) => Promise<SdkModel>>> = {
  async openai(settings) {
    const { createOpenAI } = await import('@ai-sdk/openai');
    return createOpenAI(access(settings)).chat(settings.model);
  },
  async anthropic(settings) {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return createAnthropic(access(settings))(settings.model);
  },
  async 'openai-compatible'({ model, apiKey, baseUrl = '' }) {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
    return createOpenAICompatible({
      name: 'openai-compatible',
      baseURL: baseUrl,
      ...(apiKey ? { apiKey } : {}),
    })(model);
  },
};

function access({ apiKey, baseUrl }: ModelSettings) {
  // Without a key of ours the SDK would look into the environment for one.
  return { apiKey: apiKey ?? 'none', ...(baseUrl ? { baseURL: baseUrl } : {}) };
}

export function createAiSdkModel(settings: ModelSettings): LanguageModel {
  const { provider } = settings;
  const effort = EFFORTS.find(({ models }) => provider === 'openai' && models.test(settings.model));
  const loaded = load(settings);
  // Whoever asks hears of it.
  loaded.catch(() => {});

  return {
    provider,
    async ask(question, { signal, onProgress }) {
      const { streamText, tools, model } = await loaded;
      const { stream } = streamText({
        model,
        tools,
        instructions: instructionsFor(question.context),
        messages: messagesFor(question),
        maxOutputTokens: MOST_TOKENS,
        // Whoever is next in line is better than the same once more.
        maxRetries: 0,
        abortSignal: signal,
        ...(effort && { reasoning: effort.reasoning }),
        // It would write to the console; errors come with the stream.
        onError() {},
      });
      return collect(stream, onProgress);
    },
  };
}

async function load(settings: ModelSettings) {
  // Its warnings would go to the console, past the log.
  globalThis.AI_SDK_LOG_WARNINGS = false;
  const [{ streamText, tool, jsonSchema }, model] = await Promise.all([
    import('ai'),
    LOADERS[settings.provider](settings),
  ]);
  const tools = Object.entries(MODEL_TOOLS).map(([name, { description, parameters }]) => [
    name,
    tool({ description, inputSchema: jsonSchema(parameters) }),
  ]);
  return { streamText, tools: Object.fromEntries(tools) as ToolSet, model };
}

/** The parts of the stream that we read; the SDK has many more. */
type Part =
  | { type: 'text-delta'; text: string }
  | { type: 'tool-call'; toolName: string; input: unknown }
  | { type: 'error'; error: unknown }
  | { type: 'finish'; finishReason: string }
  | { type: string };

async function collect(stream: AsyncIterable<Part>, onProgress: () => void): Promise<ModelOutput> {
  let text = '';
  const calls: { tool: string; input: unknown }[] = [];
  for await (const part of stream) {
    // Not what comes before the model has said anything.
    if (part.type.endsWith('-delta') || part.type.startsWith('tool-')) onProgress();
    if ('text' in part && part.type === 'text-delta') text += part.text;
    if ('toolName' in part && part.type === 'tool-call')
      calls.push({ tool: part.toolName, input: part.input });
    if ('error' in part && part.type === 'error') throw part.error;
    // Cut off or withheld: half a sentence is worse than none.
    if ('finishReason' in part && part.type === 'finish' && !WHOLE.includes(part.finishReason))
      throw new Error(`the model broke off (${part.finishReason})`);
  }
  return { text, calls };
}

const WHOLE = ['stop', 'tool-calls'];

/** Voices take turns: two utterances of the same one are one message. */
export function messagesFor({ context, words }: Question): ModelMessage[] {
  const said: Pick<Utterance, 'speaker' | 'text'>[] = [
    ...context.transcript.slice(-MOST_UTTERANCES),
    { speaker: 'caller', text: words },
  ];
  const messages: ModelMessage[] = [];
  for (const { speaker, text } of said) {
    const role = speaker === 'caller' ? 'user' : 'assistant';
    const last = messages.at(-1);
    if (last?.role === role) last.content = `${last.content}\n${text}`;
    else messages.push({ role, content: text });
  }
  // The model is asked by the caller, whoever spoke first.
  return messages[0]?.role === 'assistant'
    ? [{ role: 'user', content: '(The conversation begins.)' }, ...messages]
    : messages;
}
