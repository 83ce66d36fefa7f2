import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { makeTestDatabase } from '@receptionist/store/test-databases';
import { ADMIN_KEY } from '../harness/credentials.ts';
import { ROOT } from '../harness/daemon.ts';
import { openPremises } from '../harness/premises.ts';
import { type Figures, median } from './bench.ts';
import { makeModels, multiply } from './load/many-entries.ts';

const OPEN = 10_000;
const ROUNDS = 11;
const LARGEST_OUTPUT = 64 * 1024 * 1024;

export const name = 'triage';
export const describe = `\`adminctl fallback list\` with ${OPEN} open entries, as a table, as names and as JSON, against the bare start (\`adminctl --version\`)`;
export const limits: Figures = { list_over_start_ms: 300 };

export async function run(): Promise<Figures> {
  const premises = await openPremises({ database: await makeTestDatabase('sqlite') });
  try {
    const first = await premises.start();
    const models = await makeModels(first.admin);
    await first.stop();
    await multiply(premises.databaseUrl, models, { open: OPEN, resolved: 1 });
    const { url } = await premises.start();
    return compared(url);
  } finally {
    await premises.close();
  }
}

/** Side by side, so that a slow moment hits all alike. */
function compared(url: string): Figures {
  const list = ['fallback', 'list'];
  const programs = { start: ['--version'], list, names: [...list, '-o', 'name'], json: [...list, '--json'] };
  const env = { ...process.env, ADMIN_API_URL: url, ADMIN_PRIVATE_KEY: ADMIN_KEY, ADMIN_USER: 'lex' };
  const times: Record<keyof typeof programs, number[]> = { start: [], list: [], names: [], json: [] };
  for (let round = -1; round < ROUNDS; round++) {
    for (const name of Object.keys(programs) as (keyof typeof programs)[]) {
      const ms = timeOf(programs[name], env);
      if (round >= 0) times[name].push(ms);
    }
  }
  const over = (name: keyof typeof programs) =>
    median(times[name].map((ms, round) => ms - (times.start[round] ?? 0)));
  return {
    start_ms: median(times.start),
    list_over_start_ms: over('list'),
    names_over_start_ms: over('names'),
    json_over_start_ms: over('json'),
    list_ratio: median(times.list.map((ms, round) => ms / (times.start[round] ?? 0))),
  };
}

function timeOf(words: string[], env: NodeJS.ProcessEnv): number {
  const started = performance.now();
  const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
  execFileSync(path.join(ROOT, 'bin/adminctl'), words, { env, stdio, maxBuffer: LARGEST_OUTPUT });
  return performance.now() - started;
}
