/** SIGKILL at every step of the migrations: who runs them again gets the database that an undisturbed run makes. */
import { makeTestDatabase } from '@receptionist/store/test-databases';
import { expect, test } from 'vitest';
import { databaseKind } from '../harness/database.ts';
import { playMigrationRounds } from './migration-rounds.ts';

const ROUNDS = 20;

test('the schema and its rows are right, wherever the migrator was killed', async () => {
  const { kills, wrong, steps } = await playMigrationRounds({
    rounds: ROUNDS,
    seed: 11,
    makeDatabase: () => makeTestDatabase(databaseKind, { empty: true }),
  });
  expect(wrong).toBe(0);
  // The last steps may be over before the kill; else nothing was tried.
  expect(kills).toBeGreaterThan(ROUNDS / 2);
  expect(steps).toBeGreaterThan(ROUNDS / 2);
}, 240_000);
