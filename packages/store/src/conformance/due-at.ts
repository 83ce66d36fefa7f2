/** `human_fallback.due_at`: kept by daemons of two versions at once while it comes to be, and by ours alone afterwards. */
import type { Move } from '@receptionist/core';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Dialect } from '../dialect.ts';
import { openDialect, openStore } from '../open.ts';
import type { Store } from '../store.ts';
import type { TestDatabase } from '../test-databases.ts';
import { at, START, seedCall, seedEntry, seedTenant, WAYS } from './seeds.ts';

const BEFORE = '0009_report';

export function dueAtConforms(makeEmptyDatabase: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let dialect: Dialect;
  let store: Store;

  beforeEach(async () => {
    database = await makeEmptyDatabase();
    dialect = await openDialect(database);
    store = await openStore({ ...database, now: () => new Date(START) });
  });

  afterEach(async () => {
    await store.close();
    await dialect.close();
    await database.remove();
  });

  it('is right after all that can befall an entry, with nothing in the database that helps', async () => {
    await upTo();
    await seedTenant(store);
    const { conversation_id } = await seedCall(store, 'CA1');
    const { entry_id } = await seedEntry(store, { conversation_id });
    const late = (seconds: number) => () =>
      store.transact((tx) => tx.advanceDue({ now: at(seconds), ways: WAYS, limit: 9 }));
    const acts: Record<string, () => Promise<unknown>> = {
      joined: () => seedEntry(store, { conversation_id, reason: 'payment' }, 10),
      acknowledged: () => move(entry_id, { move: 'acknowledge' }, 20),
      'not engaged in time, and returned': late(9_000),
      raised: () => seedEntry(store, { conversation_id, reason: 'emergency', live: true }, 9_010),
      'not acknowledged in time': late(9_200),
      engaged: () => move(entry_id, { move: 'engage', how: 'called back' }, 9_210),
      resolved: () => move(entry_id, { move: 'resolve', notes: 'done', tags: [] }, 9_220),
      reopened: () => move(entry_id, { move: 'reopen', notes: 'not done' }, 9_230),
    };
    expect(await wrong(), 'filed').toEqual([]);
    for (const [what, act] of Object.entries(acts)) {
      await act();
      expect(await wrong(), what).toEqual([]);
    }
  });

  it('comes to be, phase by phase, under writers who know it and writers who do not', async () => {
    await upTo(BEFORE);
    await seedTenant(store);
    await oldEntry('fb_open', 'open', 100);
    await oldEntry('fb_held', 'acknowledged', 200);
    await oldEntry('fb_done', 'resolved', 300);

    await upTo('0010_due_at');
    expect(await dueAt('fb_open')).toBeNull();
    await oldEntry('fb_late', 'open', 400);
    await oldEntry('fb_moved', 'open', 500);
    await oldAcknowledge('fb_moved');
    const { entry_id: ours } = await seedEntry(store);
    expect(await wrong()).toEqual(['fb_held', 'fb_open']);
    const inOrder = ['fb_open', 'fb_late', ours, 'fb_held', 'fb_moved'];
    expect(await listed()).toEqual(inOrder);

    await upTo('0012_due_at_backfill');
    expect(await wrong()).toEqual([]);
    expect(await listed()).toEqual(inOrder);
    const begun = await page(2, null);

    await upTo('0013_due_at_read');
    expect(await listed()).toEqual(inOrder);
    const rest = await page(9, begun.next_cursor);
    expect([...begun.items, ...rest.items].map(({ entry_id }) => entry_id)).toEqual(inOrder);
    await oldAcknowledge('fb_open');
    expect(await wrong()).toEqual([]);

    expect((await store.migrations.up({ phases: ['contract'] })).done).toEqual(['0014_due_at_only']);
    await move('fb_late', { move: 'resolve', notes: 'done', tags: [] }, 50);
    expect(await wrong()).toEqual([]);
    await expect(oldEntry('fb_too_old', 'open', 600)).rejects.toThrow(/human_fallback_due_until_resolved/);
  });

  it('can be taken back, and be made again', async () => {
    await upTo();
    await seedTenant(store);
    const { entry_id } = await seedEntry(store);
    expect((await store.migrations.down({ to: BEFORE, yes_lose_data: true })).failed).toBeNull();
    await oldEntry('fb_open', 'open', 100);
    await upTo();
    expect(await listed()).toEqual(['fb_open', entry_id]);
    expect(await wrong()).toEqual([]);
  });

  /** Without an id: to where everything that need not wait is applied, and on an empty database all. */
  async function upTo(to?: string): Promise<void> {
    expect((await store.migrations.up(to === undefined ? {} : { to })).failed).toBeNull();
  }

  function move(entry_id: string, what: Move, seconds: number) {
    return store.transact((tx) => tx.moveEntry(entry_id, what, 'lex', at(seconds)));
  }

  function page(limit: number, cursor: string | null) {
    return store.read.listEntries({ status: [] }, { limit, cursor });
  }

  async function listed(): Promise<string[]> {
    return (await page(50, null)).items.map(({ entry_id }) => entry_id);
  }

  async function dueAt(entry_id: string): Promise<unknown> {
    const [row] = await rows(`select due_at from human_fallback where entry_id = '${entry_id}'`);
    return row?.due_at;
  }

  /** Entries whose due_at is not what they are sorted by without it. */
  async function wrong(): Promise<unknown[]> {
    const found = await rows(`select entry_id from human_fallback where due_at is distinct from
      case status when 'resolved' then null when 'open' then ack_due_at else engage_due_at end order by entry_id`);
    return found.map(({ entry_id }) => entry_id);
  }

  /** As the version before wrote it; `seconds` until it must be acknowledged. */
  async function oldEntry(entry_id: string, status: string, seconds: number): Promise<void> {
    const [isHeld, isResolved] = [status === 'acknowledged', status === 'resolved'];
    await rows(`insert into escalate_events (event_id, tenant_id, channel, reason, severity, live, at, context)
      values ('ev_${entry_id}', 't1', 'manual', 'complaint', 'standard', false, '${at(0)}', '{}')`);
    await rows(`insert into human_fallback (
        entry_id, event_id, tenant_id, channel, reason, severity, status, created_at, ack_due_at, engage_due_at, ack_breached,
        engage_breached, live, context, round, version, acknowledged_by, acknowledged_at, resolved_by, resolved_at,
        resolution_notes, next_action_at)
      values (
        '${entry_id}', 'ev_${entry_id}', 't1', 'manual', 'complaint', 'standard', '${status}', '${at(0)}',
        '${at(seconds)}', '${at(seconds + 3_600)}', false, false, false, '{"summary":"x","live":false,"transcript":[]}', 1, 1,
        ${isHeld ? `'lex', '${at(1)}'` : 'null, null'},
        ${isResolved ? `'lex', '${at(1)}', 'x', null` : `null, null, null, '${at(seconds)}'`})`);
  }

  async function oldAcknowledge(entry_id: string): Promise<void> {
    await rows(`update human_fallback set status = 'acknowledged', acknowledged_by = 'lex', acknowledged_at = '${at(2)}',
      version = version + 1 where entry_id = '${entry_id}'`);
  }

  async function rows(statement: string): Promise<Record<string, unknown>[]> {
    return (await sql.raw<Record<string, unknown>>(statement).execute(dialect.writer)).rows;
  }
}
