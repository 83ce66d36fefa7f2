import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { advanceDue, repairNextActions } from './advancing.ts';
import { listAudit } from './audit.ts';
import { backlog } from './backlog.ts';
import { claimSends, dueDestinations } from './claims.ts';
import { planOf } from './conformance/plans.ts';
import { forgetOldReplies, listConversations } from './conversations.ts';
import { entriesOfMessage } from './deliveries.ts';
import type { Dialect } from './dialect.ts';
import { openSqlite } from './dialect-sqlite.ts';
import { claimEvents } from './events.ts';
import { listEntries } from './fallback-list.ts';
import { usedTags } from './fallbacks.ts';
import { createMigrations } from './migrations/engine.ts';
import { migrationsFolder } from './migrations-folder.ts';
import { outboxOf } from './outbox.ts';
import type { Db } from './schema.ts';

let folder: string;
let dialect: Dialect;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dialect-'));
  dialect = await openSqlite(path.join(folder, 'test.db'), { patienceMs: 150 });
  await createMigrations({
    dialect,
    folder: migrationsFolder('sqlite'),
    now: dialect.now,
    log: undefined,
  }).up();
});
afterEach(async () => {
  await dialect.close();
  await rm(folder, { recursive: true });
});

describe('a lock that another process holds', () => {
  let other: Database.Database;
  beforeEach(() => {
    other = new Database(path.join(folder, 'test.db'));
    other.exec('begin immediate');
  });
  afterEach(() => other.close());

  it('is waited for, while reading goes on', async () => {
    const writing = transact((db) => useToken(db, 'late'));
    expect(await usedTokens()).toEqual([]);
    other.exec('commit');
    await writing;
    expect(await usedTokens()).toEqual(['late']);
  });

  it('is named when it is held too long', async () => {
    await expect(transact((db) => useToken(db, 'never'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('locked by another process'),
    });
  });
});

it('says that the disk is full, leaves nothing half-written, and goes on once there is room', async () => {
  await sql`pragma max_page_count = 1`.execute(dialect.writer);
  const filling = transact(async (db) => {
    await useToken(db, 'small');
    await useToken(db, 'x'.repeat(1_000_000));
  });
  await expect(filling).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('disk is full'),
  });
  expect(await usedTokens()).toEqual([]);
  await sql`pragma max_page_count = 1000000`.execute(dialect.writer);
  await transact((db) => useToken(db, 'again'));
  expect(await usedTokens()).toEqual(['again']);
});

it('is durable on commit and keeps to its foreign keys', async () => {
  const pragmas = await Promise.all(
    [sql`pragma journal_mode`, sql`pragma synchronous`, sql`pragma foreign_keys`].map((pragma) =>
      pragma.execute(dialect.writer),
    ),
  );
  expect(pragmas.map(({ rows }) => rows[0])).toEqual([
    { journal_mode: 'wal' },
    { synchronous: 2 },
    { foreign_keys: 1 },
  ]);
});

describe('the queries that run all the time read no whole table', () => {
  const page = { limit: 50, cursor: null };
  const now = '2026-11-24T18:00:00.000Z';
  const NO_WAYS = { slack: null, pagerduty: false, phone: false };

  it.each<[string, (db: Db) => Promise<unknown>]>([
    ['unresolved entries', (db) => listEntries(db, { status: [] }, page)],
    ["a tenant's unresolved entries", (db) => listEntries(db, { status: [], tenant_id: 't1' }, page)],
    ['resolved entries', (db) => listEntries(db, { status: ['resolved'] }, page)],
    ["a tenant's resolved entries", (db) => listEntries(db, { status: ['resolved'], tenant_id: 't1' }, page)],
    ['conversations', (db) => listConversations(db, 't1', page)],
    ['audit', (db) => listAudit(db, { target: 'tenant:t1' }, page)],
    ['unfiled events', (db) => claimEvents(db, 10)],
  ])('and sort nothing: %s', async (_, query) => {
    const plan = await planOf(dialect.writer, 'explain query plan', query);
    expect(plan).toContain('INDEX');
    expect(plan).not.toMatch(/^SCAN \w+$|TEMP B-TREE/m);
  });

  it.each<[string, (db: Db) => Promise<unknown>]>([
    ['due destinations', (db) => dueDestinations(db, now)],
    ['due deliveries', (db) => claimSends(db, { destination: 'log', now, ways: NO_WAYS, lease_ms: 1 })],
    ['entries whose time has come', (db) => advanceDue(db, { now, ways: NO_WAYS, limit: 10 })],
    ['next actions that cannot be right', (db) => repairNextActions(db, now)],
    ['what an entry was told through', (db) => outboxOf(db, 'fb_1')],
    ['the entries of a message', (db) => entriesOfMessage(db, 'C1/1.1')],
    ['the tags that are used', (db) => usedTags(db, 't1', 9)],
    ['what has expired', (db) => forgetOldReplies(db, now)],
    ['the backlog', (db) => backlog(db, now)],
  ])('%s', async (_, query) => {
    const plan = await planOf(dialect.writer, 'explain query plan', query);
    expect(plan).toContain('INDEX');
    expect(plan).not.toMatch(/^SCAN \w+$/m);
  });
});

function transact<T>(work: (db: Db) => Promise<T>): Promise<T> {
  return dialect.writer.transaction().execute(work);
}

async function useToken(db: Db, jti: string): Promise<void> {
  await db.insertInto('used_tokens').values({ jti, expires_at: '2026-11-24T18:00:00.000Z' }).execute();
}

async function usedTokens(): Promise<string[]> {
  return (await dialect.reader.selectFrom('used_tokens').select('jti').execute()).map(({ jti }) => jti);
}
