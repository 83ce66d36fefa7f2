/** Databases for tests, each nobody else's: a file, or one on the Postgres server that TEST_DATABASE_URL names. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';

export { type Gate, startGate } from './test-gate.ts';

export interface TestDatabase {
  url: string;
  remove(): Promise<void>;
}

export type DatabaseKind = 'sqlite' | 'postgres';

/** Empty; or, where that is faster and no difference to the test, a copy of the migrated one that TEST_DATABASE_TEMPLATE names. */
export async function makeTestDatabase(kind: DatabaseKind, { empty = false } = {}): Promise<TestDatabase> {
  if (kind === 'sqlite') return makeFile();
  return makeOnServer(empty ? undefined : process.env.TEST_DATABASE_TEMPLATE);
}

async function makeFile(): Promise<TestDatabase> {
  const folder = await mkdtemp(path.join(tmpdir(), 'receptionist-db-'));
  return {
    url: `sqlite:${path.join(folder, 'test.db')}`,
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Copied as files, which takes a third of the time where nothing is written to a log first. */
async function makeOnServer(template = 'template0'): Promise<TestDatabase> {
  const name = `receptionist_test_${randomBytes(6).toString('hex')}`;
  await runOn(serverUrl(), `create database ${name} template ${template} strategy file_copy`);
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => runOn(serverUrl(), `drop database ${name} with (force)`) };
}

/** For what no verb does. */
export async function runOn(postgresUrl: string, statements: string): Promise<void> {
  await onServer(postgresUrl, (client) => client.query(statements));
}

/** For what no verb answers. */
export async function queryOn(postgresUrl: string, query: string): Promise<unknown[]> {
  const { rows } = await onServer(postgresUrl, (client) => client.query(query));
  return rows;
}

async function onServer<T>(postgresUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(postgresUrl);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function serverUrl(): string {
  const { TEST_DATABASE_URL } = process.env;
  if (!TEST_DATABASE_URL) throw new Error('TEST_DATABASE_URL names no Postgres server; bin/test starts one');
  return TEST_DATABASE_URL;
}
