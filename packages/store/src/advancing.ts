/** Entries whose next action has come, and those that have none that can be right. */
import { advance, type Entry, type Instant, nextActionAt, type Watched, type Ways } from '@receptionist/core';
import { queueAlerts } from './alerts.ts';
import { ROUND_AT, writeChange } from './fallbacks.ts';
import { outboxOf } from './outbox.ts';
import type { Db } from './schema.ts';
import type { AdvancedEntry } from './store.ts';
import { type EscalationTerms, escalationTerms } from './tenants.ts';
import { OURSELVES } from './timeline.ts';

type WatchedEntry = Watched & Pick<Entry, 'entry_id' | 'tenant_id'>;

const WATCHED_COLUMNS = [
  'entry_id', 'tenant_id', 'severity', 'status', 'ack_due_at', 'engage_due_at', 'ack_breached', 'engage_breached', 'round',
  'steps_taken',
] as const; // biome-ignore format: a list of words

export async function advanceDue(
  db: Db,
  { now, ways, limit }: { now: Instant; ways: Ways; limit: number },
): Promise<AdvancedEntry[]> {
  const rows = await watchedRows(db)
    .where('next_action_at', '<=', now)
    .orderBy('next_action_at')
    .limit(limit)
    .execute();
  const termsOf = termsReader(db);
  const advanced: AdvancedEntry[] = [];
  for (const row of rows) {
    const entry = toWatched(row);
    advanced.push(await advanceEntry(db, { entry, tenant: await termsOf(entry), ways, now }));
  }
  return advanced;
}

async function advanceEntry(
  db: Db,
  { entry, tenant, ways, now }: { entry: WatchedEntry; tenant: EscalationTerms; ways: Ways; now: Instant },
): Promise<AdvancedEntry> {
  const { entry_id, tenant_id } = entry;
  const { changes, timeline, tell, next_action_at } = advance(entry, tenant, now);
  const outbox = timeline.length + tell.length > 0 ? await outboxOf(db, entry_id) : [];
  await writeChange(db, entry, { changes, timeline, next_action_at, by: OURSELVES, outbox }, now);
  const present = { ...entry, ...changes };
  const alerted = await queueAlerts(db, { entry: present, tell, tenant, ways, outbox, now });
  const happened = timeline.map(({ action }) => action);
  return {
    ...{ entry_id, tenant_id, ...alerted, returned: happened.includes('returned') },
    missed: (['ack', 'engage'] as const).filter((deadline) => happened.includes(`${deadline}_missed`)),
  };
}

/** An engine that works has done what was due this long ago. */
const OVERDUE_MS = 60_000;
/**
 * Where a tenant has deadlines or steps beyond this, core must say that they are meant. A minute more than an engaged entry is
 * left alone: one may have been engaged since the cycle asked for the time.
 */
const FAR_MS = (24 * 60 + 1) * 60_000;
/** In one transaction; what is left is repaired by the next. */
const MOST_REPAIRED = 500;

export async function repairNextActions(db: Db, now: Instant): Promise<string[]> {
  const suspects = [
    ...(await watchedRows(db)
      .where('next_action_at', 'is', null)
      .where('status', '<>', 'resolved')
      .limit(MOST_REPAIRED)
      .execute()),
    ...(await watchedRows(db)
      .where('next_action_at', '<', plus(now, -OVERDUE_MS))
      .orderBy('next_action_at')
      .limit(MOST_REPAIRED)
      .execute()),
    ...(await watchedRows(db)
      .where('next_action_at', '>', plus(now, FAR_MS))
      .orderBy('next_action_at', 'desc')
      .limit(MOST_REPAIRED)
      .execute()),
  ];
  const termsOf = termsReader(db);
  const repaired: string[] = [];
  for (const row of suspects) {
    const entry = toWatched(row);
    const meant = nextActionAt(entry, await termsOf(entry), now) ?? now;
    if (row.next_action_at !== null && row.next_action_at > now && row.next_action_at <= meant) continue;
    await setNextAction(db, entry, meant > now ? meant : now);
    repaired.push(entry.entry_id);
  }
  return repaired;
}

async function setNextAction(db: Db, { entry_id }: WatchedEntry, next_action_at: Instant): Promise<void> {
  await db.updateTable('human_fallback').set({ next_action_at }).where('entry_id', '=', entry_id).execute();
}

/** Those that others hold are left to them. */
function watchedRows(db: Db) {
  return db
    .selectFrom('human_fallback')
    .select([...WATCHED_COLUMNS, ROUND_AT, 'next_action_at'])
    .forNoKeyUpdate()
    .skipLocked();
}

type WatchedRow = Awaited<ReturnType<ReturnType<typeof watchedRows>['execute']>>[number];

function toWatched({ next_action_at: _, ...row }: WatchedRow): WatchedEntry {
  const { ack_breached, engage_breached } = row;
  return { ...row, ack_breached: Boolean(ack_breached), engage_breached: Boolean(engage_breached) };
}

/** Asks once for each tenant. */
function termsReader(db: Db): (owned: { tenant_id: string }) => Promise<EscalationTerms> {
  const read = new Map<string, Promise<EscalationTerms>>();
  return ({ tenant_id }) => {
    const terms = read.get(tenant_id) ?? escalationTerms(db, { tenant_id });
    read.set(tenant_id, terms);
    return terms;
  };
}

function plus(from: Instant, ms: number): Instant {
  return new Date(Date.parse(from) + ms).toISOString();
}
