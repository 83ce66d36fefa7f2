/** Whether the language model can be asked: its list of models is, which costs nothing. */
import { type Finding, fine, worrying, wrong } from '@receptionist/admin-api';
import type { Config } from '../config.ts';
import { probe } from './probe.ts';

type Provider = NonNullable<Config['LLM_PROVIDER']>;

/** Where a provider is, if no address is set, and how it takes the key. */
const PROVIDERS: Readonly<
  Record<Provider, { url: string | null; headers: (key: string) => Record<string, string> }>
> = {
  openai: { url: 'https://api.openai.com/v1', headers: bearer },
  anthropic: {
    url: 'https://api.anthropic.com/v1',
    headers: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  },
  'openai-compatible': { url: null, headers: bearer },
};

function bearer(key: string): Record<string, string> {
  return key ? { authorization: `Bearer ${key}` } : {};
}

const BUILT_IN = 'The built-in receptionist takes every turn.';

export async function checkModel(
  config: Pick<Config, 'LLM_PROVIDER' | 'LLM_MODEL' | 'LLM_API_KEY' | 'LLM_BASE_URL'>,
): Promise<Finding> {
  const { LLM_PROVIDER: provider, LLM_MODEL: model, LLM_API_KEY: key = '' } = config;
  if (!provider) return fine('No LLM_PROVIDER is set: the built-in receptionist answers, and needs no key.');
  if (!model)
    return wrong('LLM_PROVIDER is set, and LLM_MODEL is not.', BUILT_IN, 'Set LLM_MODEL at the daemon.');
  const base = config.LLM_BASE_URL ?? PROVIDERS[provider].url;
  if (base === null)
    return wrong(
      `${provider} has no address.`,
      BUILT_IN,
      'Set LLM_BASE_URL at the daemon, for example http://127.0.0.1:11434/v1',
    );
  try {
    const { response, body } = await probe(`${base}/models`, { headers: PROVIDERS[provider].headers(key) });
    return judge(response.status, body, { provider, model, base });
  } catch (error) {
    return wrong(
      `${base} cannot be reached (${(error as Error).message}).`,
      BUILT_IN,
      "Is LLM_BASE_URL right, and can the daemon's machine reach it?",
    );
  }
}

function judge(
  status: number,
  body: unknown,
  { provider, model, base }: { provider: Provider; model: string; base: string },
): Finding {
  if (status === 401 || status === 403)
    return wrong(
      `${provider} refuses LLM_API_KEY (${status}).`,
      BUILT_IN,
      'Set LLM_API_KEY at the daemon to a key of that provider.',
    );
  // Not everything that speaks the protocol lists its models.
  if (status !== 200)
    return worrying(
      `${base}/models answered ${status}.`,
      'Whether the model can be used is not known.',
      'Place a call and look at receptionist_model_turns_total in /metrics.',
    );
  const names = ((body as { data?: { id?: string }[] } | null)?.data ?? []).map(({ id }) => id);
  if (names.includes(model)) return fine(`${provider} answers and has ${model}.`);
  return worrying(
    `${provider} answers, and does not list ${model}.`,
    `If the name is wrong: ${BUILT_IN.toLowerCase()}`,
    'Compare LLM_MODEL with the names that the provider gives.',
  );
}
