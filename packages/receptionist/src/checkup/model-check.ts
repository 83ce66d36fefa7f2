/** Whether the language models can be asked: for their list of models, which costs nothing. */
import { type Finding, fine, worrying, wrong } from '@receptionist/admin-api';
import type { ModelSettings, Provider } from '../models/ai-sdk.ts';
import { probe } from './probe.ts';

/** Where a provider is if no address is set, and how it takes the key. */
const PROVIDERS: Readonly<
  Record<Provider, { url: string; headers: (key: string | undefined) => Record<string, string> }>
> = {
  openai: { url: 'https://api.openai.com/v1', headers: bearer },
  anthropic: {
    url: 'https://api.anthropic.com/v1',
    headers: (key = '') => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  },
  // Without an address the daemon does not start.
  'openai-compatible': { url: '', headers: bearer },
};

function bearer(key: string | undefined): Record<string, string> {
  return key ? { authorization: `Bearer ${key}` } : {};
}

/** All of them, in the order in which they are asked: the first fault, or what is well. */
export async function checkModels(models: readonly ModelSettings[]): Promise<Finding> {
  if (models.length === 0)
    return fine('No LLM_PROVIDER is set: the built-in receptionist answers, and needs no key.');
  const findings = await Promise.all(models.map(checkModel));
  const bad = findings.find(({ status }) => status !== 'ok');
  return bad ?? fine(findings.map(({ found }) => found).join(' '));
}

async function checkModel({ provider, model, apiKey, baseUrl }: ModelSettings): Promise<Finding> {
  const { url, headers } = PROVIDERS[provider];
  const base = baseUrl ?? url;
  try {
    const { response, body } = await probe(`${base}/models`, { headers: headers(apiKey) });
    return judge(response.status, body, { provider, model, base });
  } catch (error) {
    return wrong(
      `${base} cannot be reached (${(error as Error).message}).`,
      INSTEAD,
      "Is LLM_BASE_URL (or LLM_FALLBACK_BASE_URL) right, and can the daemon's machine reach it?",
    );
  }
}

const INSTEAD = 'The next model, and at last the built-in receptionist, takes its turns.';

function judge(
  status: number,
  body: unknown,
  { provider, model, base }: { provider: Provider; model: string; base: string },
): Finding {
  if (status === 401 || status === 403) {
    return wrong(
      `${provider} refuses the key (${status}).`,
      INSTEAD,
      'Set LLM_API_KEY (or LLM_FALLBACK_API_KEY) at the daemon to a key of that provider.',
    );
  }
  // Not everything that speaks the protocol lists its models.
  if (status !== 200) {
    return worrying(
      `${base}/models answered ${status}.`,
      'Whether the model can be used is not known.',
      'Place a call and look at receptionist_model_turns_total in /metrics.',
    );
  }
  const names = ((body as { data?: { id?: string }[] } | null)?.data ?? []).map(({ id }) => id);
  if (names.includes(model)) return fine(`${provider} answers and has ${model}.`);
  return worrying(
    `${provider} answers, and does not list ${model}.`,
    `If the name is wrong: ${INSTEAD}`,
    'Compare LLM_MODEL (or LLM_FALLBACK_MODEL) with the names that the provider gives.',
  );
}
