/**
 * Rounds of migrations, each on an empty database: they are run in a process of its own, which is killed at one step after
 * another; then they are run to their end, and held against a run that nobody disturbed.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openMigrationTools } from '@receptionist/store/migrate';
import type { TestDatabase } from '@receptionist/store/test-databases';
import { sleep } from '../harness/real-time.ts';
import { query } from '../harness/sql.ts';
import { createChance } from './chance.ts';

const CHILD = path.join(import.meta.dirname, 'migration-child.ts');
/** From the beginning of the step to the kill. */
const LONGEST_STEP_MS = 15;

export interface MigrationRounds {
  rounds: number;
  seed: number;
  /** Empty ones. */
  makeDatabase: () => Promise<TestDatabase>;
  tell?: (round: number, killedAt: string) => void;
}

export interface MigrationOutcome {
  kills: number;
  /** Rounds after which the database was not as it should be. */
  wrong: number;
  /** How many different steps met their end. */
  steps: number;
}

export async function playMigrationRounds({
  rounds,
  seed,
  makeDatabase,
  tell,
}: MigrationRounds): Promise<MigrationOutcome> {
  const chance = createChance(seed);
  const steps: string[] = [];
  const undisturbed = await onDatabase(makeDatabase, (url) => toTheEnd(url, steps));
  const killedAt: string[] = [];
  let wrong = 0;
  for (let round = 0; round < rounds; round++) {
    await onDatabase(makeDatabase, async (url) => {
      const step = steps[nth(round, { of: rounds, steps: steps.length })] ?? '';
      if (await killedIn(step, chance.below(LONGEST_STEP_MS), url)) killedAt.push(step);
      if (!isDeepStrictEqual(await toTheEnd(url), undisturbed)) wrong++;
      tell?.(round + 1, step);
    });
  }
  return { kills: killedAt.length, wrong, steps: new Set(killedAt).size };
}

/** Each in turn; fewer rounds than steps are spread over all of them, to the last. */
function nth(round: number, { of: rounds, steps }: { of: number; steps: number }): number {
  return rounds < steps ? Math.ceil(((round + 1) * steps) / rounds) - 1 : round % steps;
}

async function onDatabase<T>(
  makeDatabase: () => Promise<TestDatabase>,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const database = await makeDatabase();
  try {
    return await work(database.url);
  } finally {
    await database.remove();
  }
}

/** False where it had come to its end before. */
async function killedIn(step: string, ms: number, url: string): Promise<boolean> {
  const child = fork(CHILD, [url]);
  const ended = once(child, 'exit');
  const reached = new Promise<void>((resolve) => {
    child.on('message', (message) => message === step && resolve());
  });
  await Promise.race([reached, ended]);
  await sleep(ms);
  child.kill('SIGKILL');
  const [, signal] = await ended;
  return signal === 'SIGKILL';
}

/** What a database is then: how it differs from the files, where each migration stands, and the rows that they made. */
async function toTheEnd(url: string, steps: string[] = []) {
  const tools = await openMigrationTools({ url });
  try {
    const { failed } = await tools.up({
      onProgress: ({ id, step }) => step !== 'backfilling' && steps.push(`${step} ${id}`),
    });
    const migrations = (await tools.status()).map(({ id, state }) => ({ id, state }));
    const { differences } = await tools.drift();
    const plans = await query(url, 'select * from plans order by plan');
    return { failed, migrations, differences, plans };
  } finally {
    await tools.close();
  }
}
