import { expect, it } from 'vitest';
import type { ClaimedDelivery, DeliveryResult, Store } from '../store.ts';
import { anEvent, at, entryOf, seedEntry, seedTenant } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

export function deliveriesConform(fresh: Fresh): void {
  it('claims what is due, critical and then oldest first, for the time of a lease', async () => {
    await seedTenant(fresh());
    const older = await seedEntry(fresh(), {}, 0);
    const newer = await seedEntry(fresh(), {}, 1);
    const critical = await seedEntry(fresh(), { live: true }, 2);
    const claimed = await claim(fresh(), 2);
    expect(claimed.map(({ entry_id }) => entry_id)).toEqual(
      [critical, older, newer].map(({ entry_id }) => entry_id),
    );
    expect(claimed[0]).toMatchObject({ tenant_id: 't1', channel: 'slack', attempts: 0, fence: 1 });
    expect((await entryOf(fresh(), older)).notifications).toMatchObject([{ status: 'sending', attempts: 1 }]);
    expect(await claim(fresh(), 31)).toEqual([]);
    expect(await claim(fresh(), 32, 1)).toMatchObject([
      { entry_id: critical.entry_id, attempts: 1, fence: 2 },
    ]);
  });

  it('records what was sent, once, with its place in the timeline', async () => {
    const { entry, delivery } = await seedClaimed(fresh());
    expect(await record(fresh(), delivery, { status: 'sent', reference: 'C1/12.5' }, 3)).toBe(true);
    expect(await record(fresh(), delivery, { status: 'sent', reference: 'C1/12.6' }, 4)).toBe(false);
    const { notifications, timeline } = await entryOf(fresh(), entry);
    expect(notifications).toEqual([
      { channel: 'slack', status: 'sent', attempts: 1, sent_at: at(3), reference: 'C1/12.5' },
    ]);
    expect(timeline.slice(1)).toEqual([
      { at: at(3), actor: 'receptionistd', action: 'alerted', detail: 'slack' },
    ]);
    expect(await claim(fresh(), 9_999)).toEqual([]);
  });

  it('tries again when it was told to', async () => {
    const { entry, delivery } = await seedClaimed(fresh());
    await record(fresh(), delivery, { status: 'waiting', why: 'HTTP 500', next_attempt_at: at(10) }, 1);
    expect((await entryOf(fresh(), entry)).notifications).toMatchObject([{ status: 'waiting', attempts: 1 }]);
    expect(await claim(fresh(), 9)).toEqual([]);
    expect(await claim(fresh(), 10)).toMatchObject([{ attempts: 1, fence: 2 }]);
  });

  it.each([
    ['skipped', 0],
    ['failed', 1],
  ] as const)('is done with what was %s', async (status, attempts) => {
    const { entry, delivery } = await seedClaimed(fresh());
    expect(await record(fresh(), delivery, { status, why: 'resolved meanwhile' }, 1)).toBe(true);
    const { notifications, timeline } = await entryOf(fresh(), entry);
    expect(notifications).toMatchObject([{ status, attempts, sent_at: null }]);
    expect(timeline).toHaveLength(1);
    expect(await claim(fresh(), 9_999)).toEqual([]);
  });

  it('does not let a worker record whose lease went to another', async () => {
    const { entry, delivery } = await seedClaimed(fresh());
    const [second] = await claim(fresh(), 60);
    expect(await record(fresh(), delivery, { status: 'failed', why: 'slow' }, 61)).toBe(false);
    expect(await record(fresh(), second as ClaimedDelivery, { status: 'sent', reference: null }, 62)).toBe(
      true,
    );
    expect((await entryOf(fresh(), entry)).notifications).toMatchObject([{ status: 'sent', attempts: 2 }]);
  });

  it('counts what waits, and since when it is due', async () => {
    await seedTenant(fresh());
    const nothing = {
      unfiled_events: 0,
      waiting_deliveries: 0,
      oldest_due_at: null,
      open_entries: { critical: 0, standard: 0 },
    };
    expect(await fresh().read.backlog(at(0))).toEqual(nothing);
    await fresh().transact((tx) => tx.emitEscalate(anEvent({ at: at(5) })));
    await seedEntry(fresh(), { live: true }, 3);
    expect(await fresh().read.backlog(at(9))).toEqual({
      unfiled_events: 1,
      waiting_deliveries: 1,
      oldest_due_at: at(3),
      open_entries: { critical: 1, standard: 0 },
    });
    await claim(fresh(), 9);
    expect(await fresh().read.backlog(at(10))).toMatchObject({ waiting_deliveries: 1, oldest_due_at: at(5) });
    expect(await fresh().read.backlog(at(1))).toMatchObject({ oldest_due_at: null });
  });
}

function claim(store: Store, seconds: number, limit = 10): Promise<ClaimedDelivery[]> {
  return store.transact((tx) => tx.claimDeliveries({ now: at(seconds), limit, lease_ms: 30_000 }));
}

function record(
  store: Store,
  delivery: ClaimedDelivery,
  result: DeliveryResult,
  seconds: number,
): Promise<boolean> {
  return store.transact((tx) => tx.recordDelivery(delivery, result, at(seconds)));
}

async function seedClaimed(
  store: Store,
): Promise<{ entry: { entry_id: string }; delivery: ClaimedDelivery }> {
  await seedTenant(store);
  const entry = await seedEntry(store);
  const [delivery] = await claim(store, 0);
  if (!delivery) throw new Error('nothing was due');
  return { entry, delivery };
}
