/** A database of the kind of this run, still empty, and the real programs on it; another one for each test. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { makeTestDatabase, type TestDatabase } from '@receptionist/store/test-databases';
import { execa } from 'execa';
import { afterEach, beforeEach, expect } from 'vitest';
import { ROOT } from '../harness/daemon.ts';
import { databaseKind } from '../harness/database.ts';
import { execute, query } from '../harness/sql.ts';
import type { Ran } from './office.ts';

export const RECEPTIONISTD = path.join(ROOT, 'bin/receptionistd');
export const BEFORE_DUE_AT = '0009_report';
export const BACKFILL = '0012_due_at_backfill';
export const LAST_BUT_CONTRACT = '0013_due_at_read';
export const CONTRACT = '0014_due_at_only';

const AT = '2026-11-03T14:07:09.000Z';
/** Rules and triggers are off for what follows on the connection; SQLite's triggers have to go. */
const ALONE =
  databaseKind === 'sqlite' ? 'pragma foreign_keys = off' : 'set session_replication_role = replica';

export let home: string;
export let database: TestDatabase;

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'migrate-'));
  database = await makeTestDatabase(databaseKind, { empty: true });
});
afterEach(async () => {
  await database.remove();
  await rm(home, { recursive: true });
});

export async function run(program: string, line: string, env: Record<string, string> = {}): Promise<Ran> {
  const words = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
  const { exitCode, stdout, stderr } = await execa(program, words, {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, DATABASE_URL: database.url, ...env },
    extendEnv: false,
    cwd: home,
    input: '',
    reject: false,
  });
  return { code: exitCode, out: stdout, err: stderr };
}

export const migrate = (line: string, env?: Record<string, string>) =>
  run(RECEPTIONISTD, `migrate ${line}`, env);

/** As JSON, which is all that stands on stdout; stderr is empty. */
export async function asked(line: string, code = 0, env?: Record<string, string>) {
  const ran = await migrate(`${line} --json`, env);
  expect({ code: ran.code, err: ran.err }, ran.out).toEqual({ code, err: '' });
  return JSON.parse(ran.out);
}

/** Must go well, and is what the next step stands on. */
export async function went(line: string): Promise<Ran> {
  const ran = await migrate(line);
  expect(ran.code, ran.err).toBe(0);
  return ran;
}

/** As if all that was applied had been for years. */
export function longAgo(): Promise<void> {
  return execute(
    database.url,
    `update schema_migrations set applied_at = '2020-01-01T00:00:00.000Z', finished_at = '2020-01-01T00:00:00.000Z'`,
  );
}

/** Without what else belongs to an entry, and without the triggers that would make up for it. */
export async function fileEntry(entry_id: string): Promise<void> {
  const row = {
    ...{
      entry_id,
      event_id: 'ev_1',
      tenant_id: 't1',
      channel: 'voice',
      reason: 'complaint',
      severity: 'standard',
    },
    ...{ status: 'open', round: 1, version: 1, context: '{}', next_action_at: AT, created_at: AT },
    ...{ ack_due_at: AT, engage_due_at: AT, ack_breached: false, engage_breached: false, live: false },
  };
  const isNumber = databaseKind === 'sqlite' ? 'integer' : 'boolean';
  const values = Object.values(row).map((value) =>
    typeof value === 'boolean' ? `cast('0' as ${isNumber})` : `'${value}'`,
  );
  await execute(
    database.url,
    `${ALONE}; insert into human_fallback (${Object.keys(row)}) values (${values})`,
  );
}

async function dropTriggers(): Promise<void> {
  const triggers = await query(
    database.url,
    "select name from sqlite_schema where type = 'trigger' and tbl_name = 'human_fallback'",
  );
  for (const { name } of triggers) await execute(database.url, `drop trigger ${name}`);
}

/** Past the triggers, as nobody does whom they should have helped. */
export async function spoil(assignment: string): Promise<void> {
  if (databaseKind === 'sqlite') await dropTriggers();
  await execute(database.url, `${ALONE}; update human_fallback set ${assignment}`);
}
