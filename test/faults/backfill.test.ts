/** SIGKILL at any moment of a backfill, again and again: the next run goes on from the last batch that was committed. */
import { expect, test } from 'vitest';
import { makeDatabase } from '../harness/database.ts';
import { playBackfillRounds } from './backfill-rounds.ts';

const ROUNDS = 20;

test('every row is done once, however often the runner is killed', async () => {
  const { rows, ...outcome } = await playBackfillRounds({
    rounds: ROUNDS,
    seed: 7,
    database: await makeDatabase(),
  });
  expect(outcome).toEqual({ kills: ROUNDS, right: rows, state: 'verified' });
}, 180_000);
