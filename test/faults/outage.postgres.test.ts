/** Postgres goes away in the middle of calls. */
import { startGate } from '@receptionist/store/test-databases';
import { expect, test } from 'vitest';
import { makeDatabase } from '../harness/database.ts';
import { startPostgres } from '../harness/postgres-server.ts';
import { brokenPromises, playOutage } from './outage.ts';

test('it is stopped, and started again later: nothing is lost, and nobody has to do anything', async () => {
  const server = await startPostgres();
  const outcome = await playOutage({
    databaseUrl: server.url,
    breakIt: () => server.stop(),
    mendIt: () => server.start(),
  });
  await server.remove();
  expect(brokenPromises(outcome)).toEqual([]);
  expect(outcome.ready.database).toContain('takes no connections');
});

test('it is there, and nothing is heard of it: the same, in the time that a caller waits', async () => {
  const database = await makeDatabase();
  const gate = await startGate(database.url);
  const outcome = await playOutage({
    databaseUrl: gate.url,
    breakIt: async () => gate.silence(),
    mendIt: async () => gate.open(),
  });
  await gate.close();
  await database.remove();
  expect(brokenPromises(outcome)).toEqual([]);
  expect(outcome.ready.database).toMatch(/does not answer|took longer/);
});
