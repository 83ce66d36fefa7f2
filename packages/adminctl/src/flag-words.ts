/** Why a flag has its value, and why it could go, in words. */
import type { FlagEvaluation, Plan, Staleness } from '@receptionist/core';

export function whyInWords(
  { reason, source }: Pick<FlagEvaluation, 'reason' | 'source'>,
  plan: Plan,
): string {
  if (reason === 'ERROR') return 'nothing is known: its safe value';
  const why = SOURCE_WORDS[source](plan);
  return reason === 'STALE' ? `${why}, when it could last be read` : why;
}

const SOURCE_WORDS: Readonly<Record<FlagEvaluation['source'], (plan: Plan) => string>> = {
  plan: (plan) => `plan ${plan} does not include it`,
  tenant: () => 'set for this tenant',
  rollout: () => 'the tenant is in its rollout',
  safe_default: () => 'nothing is set: its safe value',
};

export function staleInWords({ stale }: { stale: Staleness | null }): string {
  return stale === null ? '-' : STALE_WORDS[stale];
}

const STALE_WORDS: Readonly<Record<Staleness, string>> = {
  unused: 'no tenant has it, for 14 days',
  everywhere: 'every tenant has it, for 14 days',
};
