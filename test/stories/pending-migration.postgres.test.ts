/** A daemon of a newer version meets the database of an older one. */
import { runOn } from '@receptionist/store/test-databases';
import { expect, onTestFinished, test } from 'vitest';
import { makeDatabase } from '../harness/database.ts';
import { openPremises } from '../harness/premises.ts';

test('changes nothing on a Postgres that others use: /ready says what is pending until `migrate up`', async () => {
  const database = await makeDatabase();
  const { start, close } = await openPremises();
  onTestFinished(async () => {
    await close();
    await database.remove();
  });
  await runOn(database.url, "delete from schema_migrations where id > '0001_first_call'");

  const daemon = await start({ DATABASE_URL: database.url });
  const ready = await fetch(`${daemon.url}/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({
    parts: {
      database: 'ok',
      migrations: expect.stringMatching(/^pending: 0002_\w+.*; run receptionistd migrate up$/),
    },
  });
});
