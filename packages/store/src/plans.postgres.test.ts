/** Millions of rows that are done must cost those nothing that go on. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { advanceDue, repairNextActions } from './advancing.ts';
import { claimSends, dueDestinations } from './claims.ts';
import { planOf } from './conformance/plans.ts';
import { at, seedEntry, seedTenant, WAYS } from './conformance/seeds.ts';
import { entriesOfMessage } from './deliveries.ts';
import type { Dialect } from './dialect.ts';
import { listEntries } from './fallback-list.ts';
import { usedTags } from './fallbacks.ts';
import { openDialect, openStore } from './open.ts';
import { outboxOf } from './outbox.ts';
import type { Db } from './schema.ts';
import { makeTestDatabase, type TestDatabase } from './test-databases.ts';

/** Enough for the planner to mind. */
const DONE = 20_000;

let database: TestDatabase;
let dialect: Dialect;

beforeAll(async () => {
  database = await makeTestDatabase('postgres');
  const store = await openStore(database);
  await seedTenant(store);
  for (let i = 0; i < 20; i++) await seedEntry(store, { live: true });
  await store.close();
  dialect = await openDialect(database);
  await seedWhatIsDone(dialect.writer);
});
afterAll(async () => {
  await dialect.close();
  await database.remove();
});

async function seedWhatIsDone(db: Db): Promise<void> {
  const ids = sql`from generate_series(1, ${DONE}::int) i`;
  await sql`insert into escalate_events (event_id, tenant_id, channel, reason, severity, live, at, context)
    select 'ev_' || i, 't1', 'manual', 'complaint', 'standard', false, ${at(0)}, '{}' ${ids}`.execute(db);
  await sql`insert into human_fallback (entry_id, event_id, tenant_id, channel, reason, severity, live, context, status,
      created_at, ack_due_at, engage_due_at, ack_breached, engage_breached, resolved_by, resolved_at, resolution_notes,
      round, version)
    select 'fb_' || i, 'ev_' || i, 't1', 'manual', 'complaint', 'standard', false, '{}', 'resolved',
      ${at(0)}, ${at(9)}, ${at(9)}, false, false, 'lex', ${at(1)}, 'x', 1, 1 ${ids}`.execute(db);
  await sql`update escalate_events set entry_id = 'fb_' || substr(event_id, 4), filed_at = at
    where length(event_id) < 12`.execute(db);
  await sql`insert into fallback_tags (tenant_id, entry_id, tag)
    select 't1', 'fb_' || i, 'tag' || i % 50 ${ids}`.execute(db);
  await sql`insert into deliveries (delivery_id, tenant_id, entry_id, round, channel, destination, status, attempts, fence,
      created_at, sent_at, reference)
    select 'dl_' || i, 't1', 'fb_' || i, 1, 'slack', 'slack:C1', 'sent', 1, 1, ${at(0)}, ${at(0)}, 'C1/' || i ${ids}`.execute(
    db,
  );
  await sql`analyze`.execute(db);
}

const now = at(60);
const claim = { destination: 'slack:#front-desk', now, ways: WAYS, lease_ms: 1 } as const;

it.each<[string, (db: Db) => Promise<unknown>]>([
  ['due destinations', (db) => dueDestinations(db, now)],
  ['due deliveries', (db) => claimSends(db, claim)],
  ['entries whose time has come', (db) => advanceDue(db, { now, ways: WAYS, limit: 10 })],
  ['next actions that cannot be right', (db) => repairNextActions(db, now)],
  ['what an entry was told through', (db) => outboxOf(db, 'fb_1')],
  ['the entries of a message', (db) => entriesOfMessage(db, 'C1/1')],
  ['the tags that are used', (db) => usedTags(db, 't1', 9)],
  ['the open entries', (db) => listEntries(db, { status: [] }, { limit: 50, cursor: null })],
])('reads no whole table: %s', async (_, query) => {
  const plan = await planOf(dialect.writer, 'explain', query);
  expect(plan).toContain('Index');
  expect(plan).not.toMatch(/Seq Scan on (deliveries|human_fallback|fallback_t)/);
});
