/**
 * Vitest's global setup: a Postgres for the whole run, unless TEST_DATABASE_URL names one, and in it a migrated database to copy
 * from. Where there can be none, the tests that need one are skipped, and say so.
 */
import { openStore } from '@receptionist/store';
import { makeTestDatabase } from '@receptionist/store/test-databases';
import { NoPostgresError, type PostgresServer, startPostgres } from './postgres-server.ts';

export default async function preparePostgres(): Promise<(() => Promise<void>) | undefined> {
  // Another kind of tests in this run was first.
  if (process.env.TEST_DATABASE_TEMPLATE) return undefined;
  const server = process.env.TEST_DATABASE_URL ? null : await tryToStart();
  if (server) process.env.TEST_DATABASE_URL = server.url;
  if (!process.env.TEST_DATABASE_URL) return undefined;
  const template = await makeTestDatabase('postgres', { empty: true });
  const store = await openStore({ url: template.url });
  const { failed } = await store.migrations.up();
  await store.close();
  if (failed) throw new Error(`the database to copy from: ${failed.id} failed: ${failed.message}`);
  process.env.TEST_DATABASE_TEMPLATE = new URL(template.url).pathname.slice(1);
  return async () => {
    await template.remove();
    await server?.remove();
  };
}

async function tryToStart(): Promise<PostgresServer | null> {
  try {
    return await startPostgres();
  } catch (error) {
    if (!(error instanceof NoPostgresError)) throw error;
    console.log(`no Postgres for these tests: ${error.message}`);
    return null;
  }
}
