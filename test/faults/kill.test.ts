/** SIGKILL at any moment, again and again on one database: whatever the process had not done yet, the rows still know. */
import { expect, test } from 'vitest';
import { makeDatabase } from '../harness/database.ts';
import { playKillRounds } from './kill-rounds.ts';
import { BROKEN } from './ledger.ts';

const ROUNDS = 20;
const SEED = 4;

test('what people were told is so: nothing is lost, nothing filed twice, everyone alerted, every move kept', async () => {
  const accounts = await playKillRounds({
    rounds: ROUNDS,
    checkEvery: ROUNDS,
    seed: SEED,
    database: await makeDatabase(),
    redisUrl: null,
    tell: (_, told) => console.log(JSON.stringify(told)),
  });
  expect(accounts).toMatchObject(Object.fromEntries(BROKEN.map((name) => [name, 0])));
  // Else nothing was tried.
  expect(accounts.kills).toBe(ROUNDS);
  expect(accounts.accepted).toBeGreaterThan(ROUNDS / 4);
  expect(accounts.moves_accepted).toBeGreaterThan(0);
}, 240_000);
