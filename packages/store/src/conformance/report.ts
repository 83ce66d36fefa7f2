import type { Move } from '@receptionist/core';
import { expect, it } from 'vitest';
import type { ReportRequest, Store } from '../store.ts';
import { at, seedEntry, seedTenant, WAYS } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const MINUTE = 60;

export function reportConforms(fresh: Fresh): void {
  const report = (asked: Partial<ReportRequest> = {}) => fresh().read.report({ ...EVERYTHING, ...asked });

  it('is empty, and not broken, where nothing was filed', async () => {
    const { by_day, ...empty } = await report({ since: at(-DAY), until: at(0), reported_at: at(0) });
    expect(empty).toMatchObject({ entries: 0, open: 0, by_reason: [], by_tenant: [], by_person: [] });
    expect(empty.time_to_acknowledge).toEqual({ p50_s: null, p90_s: null, count: 0 });
    expect(empty.inside_sla.engage).toEqual({ share: null, count: 0, of: 0 });
    expect(empty.by_severity.map(({ severity, entries }) => [severity, entries])).toEqual([
      ['critical', 0],
      ['standard', 0],
    ]);
    expect(by_day.map(({ day, entries }) => [day, entries])).toEqual([
      ['2026-11-23', 0],
      ['2026-11-24', 0],
    ]);
  });

  it('takes for p50 and p90 the nearest rank, in whole seconds', async () => {
    await seedTenant(fresh());
    for (const seconds of [10, 9.999, 8, 7, 6, 5.001, 4, 3, 2, 1])
      await handled(fresh(), { acknowledge: seconds });
    const { time_to_acknowledge, by_tenant } = await report();
    expect(time_to_acknowledge).toEqual({ p50_s: 5, p90_s: 9, count: 10 });
    expect(by_tenant).toMatchObject([{ tenant_id: 't1', entries: 10, time_to_acknowledge }]);
  });

  it('counts reasons, tags, severities and states, the most frequent first', async () => {
    await seedTenant(fresh());
    await seedEntry(fresh(), { reason: 'payment' });
    await handled(fresh(), { tags: ['refund', 'vip'], resolve: 60 });
    await handled(fresh(), { tags: ['vip'], acknowledge: 5 });
    expect(await report()).toMatchObject({
      ...{ entries: 3, open: 1 },
      by_reason: [
        { reason: 'complaint', count: 2 },
        { reason: 'payment', count: 1 },
      ],
      by_tag: [
        { tag: 'vip', count: 2 },
        { tag: 'refund', count: 1 },
      ],
      by_status: [
        { status: 'open', count: 1 },
        { status: 'acknowledged', count: 1 },
        { status: 'resolved', count: 1 },
      ],
      by_severity: [
        { severity: 'critical', entries: 0 },
        { severity: 'standard', entries: 3 },
      ],
    });
  });

  it('judges a deadline once it was met or has passed, marked or not', async () => {
    await seedTenant(fresh());
    await handled(fresh(), { acknowledge: 14 * MINUTE, engage: 59 * MINUTE });
    await handled(fresh(), { acknowledge: 16 * MINUTE });
    await handled(fresh(), { resolve: 20 * MINUTE });
    await seedEntry(fresh());
    const soon = await report({ reported_at: at(15 * MINUTE) });
    expect(soon.inside_sla.acknowledge).toEqual({ share: 0.3333, count: 1, of: 3 });
    const later = await report({ reported_at: at(15 * MINUTE + 1) });
    expect(later.inside_sla).toEqual({
      acknowledge: { share: 0.25, count: 1, of: 4 },
      engage: { share: 1, count: 2, of: 2 },
    });
    expect(later.breaches).toMatchObject({ entries: 3, acknowledge: 3, engage: 0 });
    expect(later.breaches.latest).toHaveLength(3);
    expect(later.breaches.latest[0]).toMatchObject({ acknowledge: true, engage: false });
  });

  it('measures until the first who came, and keeps the missed deadline of an entry that went back', async () => {
    await seedTenant(fresh());
    const { entry_id } = await handled(fresh(), { acknowledge: 10 });
    await fresh().transact((tx) => tx.advanceDue({ now: at(HOUR), ways: WAYS, limit: 10 }));
    await move(fresh(), entry_id, { move: 'engage', how: 'phone' }, HOUR + 20, 'sam');
    const { time_to_acknowledge, time_to_engage, inside_sla, by_person } = await report();
    expect(time_to_acknowledge).toEqual({ p50_s: 10, p90_s: 10, count: 1 });
    expect(time_to_engage.p50_s).toBe(HOUR + 20);
    expect(inside_sla).toMatchObject({ acknowledge: { count: 1, of: 1 }, engage: { count: 0, of: 1 } });
    expect(by_person).toMatchObject([
      { user: 'lex', acknowledged: 1, engaged: 0, time_to_acknowledge: { p50_s: 10 } },
      { user: 'sam', acknowledged: 0, engaged: 1, time_to_engage: { p90_s: HOUR + 20 } },
    ]);
  });

  it('counts days on the clocks that were asked for, also on the day on which they are changed', async () => {
    await seedTenant(fresh(), { tenant_id: 't1' });
    // In Los Angeles 1 November goes from 07:00 until 08:00 UTC.
    for (const hour of [-571, -564, -563, -539, -538]) await seedEntry(fresh(), {}, hour * HOUR);
    const period = { since: at(-571 * HOUR), until: at(-530 * HOUR) };
    const days = async (time_zone: string) =>
      (await report({ ...period, time_zone })).by_day.map(({ day, entries }) => [day, entries]);
    expect(await days('America/Los_Angeles')).toEqual(LOS_ANGELES);
    expect(await days('UTC')).toEqual(GREENWICH);
  });

  it('leaves out other times, other tenants and simulated conversations', async () => {
    await seedTenant(fresh());
    await seedTenant(fresh(), { tenant_id: 't2', numbers: [] });
    await seedEntry(fresh(), {}, -1);
    await seedEntry(fresh(), {}, 0);
    await seedEntry(fresh(), {}, HOUR);
    await seedEntry(fresh(), { tenant_id: 't2' }, 1);
    const { conversation_id } = await fresh().transact((tx) =>
      tx.beginConversation({
        ...{ tenant_id: 't1', channel: 'voice', provider_id: 'CA1', caller: null, flags: [], at: at(1) },
        simulated: true,
      }),
    );
    await seedEntry(fresh(), { conversation_id }, 2);
    const hour = { since: at(0), until: at(HOUR) };
    expect((await report(hour)).by_tenant.map(({ tenant_id, entries }) => [tenant_id, entries])).toEqual([
      ['t1', 1],
      ['t2', 1],
    ]);
    expect(await report({ ...hour, tenant_id: 't2' })).toMatchObject({
      entries: 1,
      by_day: [{ entries: 1 }],
    });
  });
}

const EVERYTHING: ReportRequest = {
  since: at(-100 * DAY),
  until: at(2 * HOUR),
  tenant_id: null,
  time_zone: 'UTC',
  reported_at: at(2 * HOUR),
};

const LOS_ANGELES: [string, number][] = [
  ['2026-10-31', 2],
  ['2026-11-01', 2],
  ['2026-11-02', 1],
];
const GREENWICH: [string, number][] = [
  ['2026-10-31', 1],
  ['2026-11-01', 2],
  ['2026-11-02', 2],
];

interface Handled {
  /** Seconds after the filing. */
  acknowledge?: number;
  engage?: number;
  resolve?: number;
  tags?: string[];
}

/** An entry filed at the beginning, and what lex did with it. */
async function handled(store: Store, { acknowledge, engage, resolve, tags = [] }: Handled) {
  const entry = await seedEntry(store);
  if (tags.length > 0) await move(store, entry.entry_id, { move: 'tag', add: tags, remove: [] }, 0);
  if (acknowledge !== undefined) await move(store, entry.entry_id, { move: 'acknowledge' }, acknowledge);
  if (engage !== undefined) await move(store, entry.entry_id, { move: 'engage', how: 'phone' }, engage);
  if (resolve !== undefined)
    await move(store, entry.entry_id, { move: 'resolve', notes: 'done', tags: [] }, resolve);
  return entry;
}

function move(store: Store, entry_id: string, move: Move, seconds: number, by = 'lex') {
  return store.transact((tx) => tx.moveEntry(entry_id, move, by, at(seconds)));
}
