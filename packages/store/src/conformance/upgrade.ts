/** What a database of the version before becomes, with rows in every state. */
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Dialect } from '../dialect.ts';
import { createMigrations } from '../migrations/engine.ts';
import { migrationsFolder } from '../migrations-folder.ts';
import { openDialect, openStore } from '../open.ts';
import type { Store } from '../store.ts';
import type { TestDatabase } from '../test-databases.ts';
import { aTenant, at, claimAll, entryOf, send, WAYS } from './seeds.ts';

export function upgradeConforms(makeEmptyDatabase: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let folder: string;
  let dialect: Dialect;
  let store: Store;

  beforeEach(async () => {
    database = await makeEmptyDatabase();
    dialect = await openDialect(database);
    folder = await mkdtemp(path.join(tmpdir(), 'migrations-'));
    const all = migrationsFolder(dialect.name);
    const before = (await readdir(all)).filter((name) => name < '0004');
    for (const name of before) await copyFile(new URL(name, all), path.join(folder, name));
    const now = async () => at(0);
    const old = createMigrations({ dialect, folder: pathToFileURL(`${folder}/`), now, log: undefined });
    expect((await old.up()).done).toHaveLength(before.length);
    store = await openStore(database);
    await insert('tenants', {
      ...{ tenant_id: 't1', name: 'Northside Dental', plan: 'free', profile: JSON.stringify(aTenant()) },
      ...{ created_at: at(0), updated_at: at(0) },
    });
  });

  afterEach(async () => {
    await store.close();
    await dialect.close();
    await database.remove();
    await rm(folder, { recursive: true });
  });

  it('keeps entries and deliveries, and does not alert again what was alerted', async () => {
    await addOldEntry('fb_open', 'open', { status: 'sent', sent_at: at(0), reference: 'C1/1' });
    await addOldEntry('fb_held', 'acknowledged', { status: 'sent', sent_at: at(0), reference: 'C1/2' });
    await addOldEntry('fb_new', 'open', { status: 'waiting', next_attempt_at: at(5) });
    await addOldEntry('fb_sending', 'open', { status: 'sending', lease_until: at(5) });
    await addOldEntry('fb_failed', 'open', { status: 'failed' });
    await addOldEntry('fb_done', 'resolved', { status: 'skipped' });
    expect((await store.migrations.up()).failed).toBeNull();

    expect(await store.read.toldEntry('fb_open')).toMatchObject({ round: 1, round_at: at(0), live: false });
    expect(await store.read.entriesOfMessage('C1/2')).toEqual(['fb_held']);
    expect(await store.read.dueDestinations(at(9))).toEqual(['log']);
    const waiting = (await claimAll(store, 9)).flatMap(({ deliveries }) => deliveries);
    expect(waiting.map(({ entry_id, channel, unclear }) => [entry_id, channel, unclear]).sort()).toEqual([
      ['fb_new', 'slack', false],
      ['fb_sending', 'slack', true],
    ]);
    for (const delivery of waiting) await send(store, delivery, 'C1/3', 10);

    const due = await store.transact((tx) => tx.advanceDue({ now: at(900), ways: WAYS, limit: 9 }));
    expect(due.map(({ entry_id, told }) => [entry_id, told])).toEqual(
      due.map(({ entry_id }) => [entry_id, entry_id === 'fb_held' ? [] : ['slack_mention']]),
    );
    expect(due.map(({ entry_id }) => entry_id).sort()).toEqual([
      'fb_failed',
      'fb_new',
      'fb_open',
      'fb_sending',
    ]);
  });

  it('tells what happens later in the message and thread of before', async () => {
    await addOldEntry('fb_open', 'open', { status: 'sent', sent_at: at(0), reference: 'C1/1' });
    await store.migrations.up();
    await store.transact((tx) => tx.moveEntry('fb_open', { move: 'acknowledge' }, 'lex', at(9)));
    const sends = (await claimAll(store, 9)).map(({ deliveries: [{ channel, destination }] }) => [
      channel,
      destination,
    ]);
    expect(sends.sort()).toEqual([
      ['slack_thread', 'slack:C1'],
      ['slack_update', 'slack_updates'],
    ]);
    expect(await store.read.threadNews('fb_open')).toMatchObject({ events: [{ action: 'acknowledged' }] });
  });

  it('takes what a daemon of the version before goes on to write', async () => {
    await store.migrations.up();
    await addOldEntry('fb_late', 'open', { status: 'waiting', next_attempt_at: at(5) });
    expect(await store.read.toldEntry('fb_late')).toMatchObject({ round_at: at(0) });
    expect((await entryOf(store, { entry_id: 'fb_late' })).notifications).toMatchObject([
      { status: 'waiting' },
    ]);
    expect(await claimAll(store, 9)).toMatchObject([
      { deliveries: [{ channel: 'slack', destination: 'log' }] },
    ]);
  });

  it('has tenants on the first version of their plans, also those that a daemon of the version before changes', async () => {
    await store.migrations.up();
    expect(await store.read.planOf('t1')).toEqual({ tenant_id: 't1', plan: 'free', version: 1, next: null });
    await dialect.writer.updateTable('tenants').set({ plan: 'core' }).execute();
    await insert('feature_flags', {
      ...{ tenant_id: 't1', flag: 'allow_rag', enabled: no(), updated_at: at(1), updated_by: 'lex' },
    });
    expect(await store.read.flagSnapshot('t1')).toMatchObject({
      plan: 'core',
      settings: [{ flag: 'allow_rag', enabled: false }],
    });
    expect(await store.read.planTerms('core')).toMatchObject({ version: 1, concurrent_calls: 25 });
  });

  /** As that version wrote it. */
  async function addOldEntry(
    entry_id: string,
    status: string,
    delivery: Record<string, string | number>,
  ): Promise<void> {
    const isResolved = status === 'resolved';
    const isHeld = status === 'acknowledged';
    const event = {
      ...{ event_id: `ev_${entry_id}`, tenant_id: 't1', channel: 'manual', reason: 'complaint' },
      ...{ severity: 'standard', live: no(), context: '{"summary":"x","live":false,"transcript":[]}' },
    };
    await insert('escalate_events', { ...event, at: at(0) });
    await insert('human_fallback', {
      ...event,
      ...{ entry_id, status, created_at: at(0), ack_due_at: at(900), engage_due_at: at(3_600) },
      ...{ ack_breached: no(), engage_breached: no(), round: 1, version: 1 },
      ...(isResolved ? { resolved_by: 'lex', resolved_at: at(2), resolution_notes: 'x' } : {}),
      ...(isHeld ? { acknowledged_by: 'lex', acknowledged_at: at(2), assignee: 'lex' } : {}),
      ...(isResolved ? {} : { next_action_at: isHeld ? at(3_600) : at(900) }),
    });
    await insert('fallback_timeline', {
      ...{ tenant_id: 't1', entry_id, at: at(0), actor: 'receptionistd', action: 'filed' },
    });
    await insert('deliveries', {
      ...{ delivery_id: `dl_${entry_id}`, tenant_id: 't1', entry_id, round: 1, channel: 'slack' },
      ...{ attempts: 0, fence: 0, created_at: at(0), ...delivery },
    });
  }

  /** SQLite has no booleans to write by hand. */
  function no(): boolean | number {
    return dialect.name === 'sqlite' ? 0 : false;
  }

  async function insert(table: string, row: Record<string, unknown>): Promise<void> {
    const columns = sql.join(Object.keys(row).map((name) => sql.ref(name)));
    await sql`insert into ${sql.table(table)} (${columns}) values (${sql.join(Object.values(row))})`.execute(
      dialect.writer,
    );
  }
}
