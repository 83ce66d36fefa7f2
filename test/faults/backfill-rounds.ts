/** Rounds on one backfill: it is run in a process of its own, and in the middle of it that process is killed. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type BackfillFile, openBackfills } from '@receptionist/store/test-backfills';
import type { TestDatabase } from '@receptionist/store/test-databases';
import { sleep } from '../harness/real-time.ts';
import { execute, query } from '../harness/sql.ts';
import { createChance } from './chance.ts';

const CHILD = path.join(import.meta.dirname, 'backfill-child.ts');
/** From the first batch of a round to the kill. */
const LONGEST_LIFE_MS = 80;
const BATCH = 20;
/** Enough that no round comes to the end. */
const BATCHES_A_ROUND = 150;

/** Not idempotent: a batch that were done twice, or not at all, would show. */
export const DOUBLES: BackfillFile = {
  id: '0001_doubles',
  backfill: { table: 'singles', key: ['single'], batch: BATCH },
  script:
    'update singles set doubled = single * 2, times = times + 1 where single > :after and single <= :upto',
  verify: `select count(*) as mismatches from singles
    where single > :after and single <= :upto and (doubled is null or doubled <> single * 2 or times <> 1)`,
};

export interface BackfillRounds {
  rounds: number;
  seed: number;
  database: TestDatabase;
}

export interface BackfillOutcome {
  kills: number;
  rows: number;
  /** Done exactly once, as in a run that nobody disturbs. */
  right: number;
  state: unknown;
}

/** @returns how it stood after the rounds and one run to the end */
export async function playBackfillRounds({
  rounds,
  seed,
  database,
}: BackfillRounds): Promise<BackfillOutcome> {
  const chance = createChance(seed);
  const rows = rounds * BATCHES_A_ROUND * BATCH;
  try {
    await makeSingles(database.url, rows);
    let kills = 0;
    for (let round = 0; round < rounds; round++) {
      if (await killedAfter(chance.below(LONGEST_LIFE_MS), start(database.url))) kills++;
    }
    await toTheEnd(start(database.url));
    return { kills, rows, ...(await outcome(database.url)) };
  } finally {
    await database.remove();
  }
}

export async function makeSingles(url: string, rows: number): Promise<void> {
  // Makes the file, where it is one.
  await (await openBackfills(url)).close();
  await execute(
    url,
    `create table singles (single bigint primary key, doubled bigint, times bigint not null);
    insert into singles (single, times)
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${rows}) select n, 0 from numbers;`,
  );
}

function start(url: string): ChildProcess {
  return fork(CHILD, [url]);
}

/** False where it had come to its end before. */
async function killedAfter(ms: number, child: ChildProcess): Promise<boolean> {
  const ended = once(child, 'exit');
  await Promise.race([once(child, 'message'), ended]);
  await sleep(ms);
  child.kill('SIGKILL');
  const [, signal] = await ended;
  return signal === 'SIGKILL';
}

async function toTheEnd(child: ChildProcess): Promise<void> {
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the backfill ended with ${code}`);
}

async function outcome(url: string): Promise<Pick<BackfillOutcome, 'right' | 'state'>> {
  const [counted] = await query(
    url,
    'select count(*) as "right" from singles where doubled = single * 2 and times = 1',
  );
  const [backfill] = await query(url, 'select state from schema_backfills');
  return { right: Number(counted?.right), state: backfill?.state };
}
