/** Unleash's client specification: which bucket a user of a gradual rollout is in. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bucketOf } from '@receptionist/core';
import type { PartResult } from './rows.ts';

const UNLEASH_FILES = [
  '03-gradual-rollout-user-id-strategy',
  '10-flexible-rollout-strategy',
  '12-custom-stickiness',
];

interface UnleashFile {
  state: {
    features: { name: string; strategies: { name: string; parameters?: Record<string, string> }[] }[];
  };
  tests: {
    description: string;
    context: Record<string, string> & { properties?: Record<string, string> };
    toggleName: string;
    expectedResult: boolean;
  }[];
}

export async function unleashRollouts(folder: string): Promise<PartResult> {
  const wrong: string[] = [];
  let rows = 0;
  for (const name of UNLEASH_FILES) {
    const file = path.join(folder, 'flags/unleash', `${name}.json`);
    const { state, tests } = JSON.parse(readFileSync(file, 'utf8')) as UnleashFile;
    for (const { description, context, toggleName, expectedResult } of tests) {
      rows++;
      const strategies = state.features.find((feature) => feature.name === toggleName)?.strategies ?? [];
      const isOn = strategies.some(({ name, parameters = {} }) => isInRollout(name, parameters, context));
      if (isOn !== expectedResult) wrong.push(description);
    }
  }
  return {
    name: 'Unleash rollouts',
    rule: 'our hash, modulo 100, puts each into the same bucket: gradual rollout and stickiness',
    rows,
    wrong,
  };
}

/** Their buckets begin at 1. Whoever has nothing to be told apart by is in where all are. */
function isInRollout(
  strategy: string,
  { percentage, rollout, groupId = '', stickiness = 'default' }: Record<string, string>,
  { properties = {}, ...context }: UnleashFile['tests'][number]['context'],
): boolean {
  if (strategy === 'default') return true;
  const percent = Number(rollout ?? percentage);
  const field = strategy === 'gradualRolloutUserId' ? 'userId' : stickiness;
  const known = { ...properties, ...context };
  const who = field === 'default' ? (known.userId ?? known.sessionId) : known[field];
  // Theirs is random then.
  if (who === undefined) return (field === 'default' || field === 'random') && percent === 100;
  return percent > 0 && bucketOf(groupId, who, 100) + 1 <= percent;
}
