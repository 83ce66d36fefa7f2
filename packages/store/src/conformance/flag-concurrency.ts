/** Flags, rollouts, plans and limits, where two daemons are at them at the same moment. */
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '../store.ts';
import { at, seedTenant } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

const LIMIT = 5;

export function flagConcurrencyConforms(fresh: Fresh, openAnother: () => Promise<Store>): void {
  let other: Store;
  beforeEach(async () => {
    other = await openAnother();
    await seedTenant(fresh(), { plan: 'core' });
  });
  afterEach(() => other.close());

  const atOnce = <T>(times: number, work: (store: Store, i: number) => Promise<T>) =>
    Promise.allSettled(Array.from({ length: times }, (_, i) => work(i % 2 === 0 ? fresh() : other, i)));

  it('lets one of two admins change a flag that both looked at', async () => {
    const expected = { updated_at: null };
    const changed = await atOnce(6, (store, i) =>
      store.transact((tx) => tx.setFlag('t1', 'allow_rag', true, `admin${i}`, at(i), { expected })),
    );
    expect(countOf(changed, ({ status }) => status === 'fulfilled')).toBe(1);
    expect(countOf(changed, (one) => one.status === 'rejected' && one.reason.code === 'conflict')).toBe(5);
  });

  it('shows no version before those under it: who looks again and again misses none', async () => {
    const tenant_ids = Array.from({ length: 12 }, (_, i) => `tenant${i}`);
    for (const tenant_id of tenant_ids) await seedTenant(fresh(), { tenant_id, numbers: [] });
    let version = await fresh().read.flagVersion();
    const seen: string[] = [];
    const look = async () => {
      const changes = await fresh().read.flagChangesSince(version);
      version = changes.version;
      seen.push(...changes.tenant_ids);
    };
    let underway = true;
    const changing = atOnce(12, (store, i) =>
      store.transact((tx) => tx.setFlag(tenant_ids[i] ?? '', 'allow_rag', true, 'lex', at(1))),
    ).finally(() => {
      underway = false;
    });
    while (underway) {
      await look();
      // SQLite answers without waiting, and would let nobody else go on.
      await setImmediate();
    }
    await changing;
    await look();
    expect(seen.sort()).toEqual(tenant_ids.sort());
  });

  it('keeps a later change back until an earlier one is visible', async () => {
    await seedTenant(fresh(), { tenant_id: 't2', numbers: [] });
    const before = await fresh().read.flagVersion();
    const slow = Promise.withResolvers<void>();
    const changed = Promise.withResolvers<void>();
    const earlier = fresh().transact(async (tx) => {
      await tx.setFlag('t1', 'allow_rag', true, 'lex', at(1));
      changed.resolve();
      await slow.promise;
    });
    await changed.promise;
    const later = other.transact((tx) => tx.setFlag('t2', 'allow_rag', true, 'kim', at(1)));
    expect(await fresh().read.flagChangesSince(before)).toEqual({ version: before, tenant_ids: [] });
    slow.resolve();
    await earlier;
    await later;
    expect(await fresh().read.flagChangesSince(before)).toEqual({
      version: before + 2,
      tenant_ids: ['t1', 't2'],
    });
  });

  it('settles a rollout for tenants that come while it changes', async () => {
    const come = atOnce(8, (store, i) =>
      seedTenant(store, { tenant_id: `tenant${i}`, plan: 'core', numbers: [] }),
    );
    const roll = other.transact((tx) => tx.setRollout('allow_rag', { percent: 50 }, 'lex', at(1)));
    await Promise.all([come, roll]);
    expect((await fresh().read.getRollout('allow_rag')).tenants_on).toHaveLength(5);
  });

  it('gives a step of a rollout, and a change of plan that is due, to one daemon', async () => {
    await fresh().transact(async (tx) => {
      const steps = [{ percent: 50, at: at(1) }];
      await tx.setRolloutPlan('allow_rag', { steps, halt_if: null, by: 'lex' }, at(0));
      await tx.deferPlan('t1', 'free', at(1), 'lex', at(0));
    });
    const steps = await atOnce(4, (store) => store.transact((tx) => tx.claimDueRolloutStep(at(1))));
    const plans = await atOnce(4, (store) => store.transact((tx) => tx.applyDuePlans(at(1))));
    expect(countOf(steps, (one) => one.status === 'fulfilled' && one.value !== null)).toBe(1);
    expect(plans.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))).toHaveLength(1);
  });

  it('counts calls exactly: of 20 that begin at once, as many as there is room for', async () => {
    const begun = await atOnce(20, (store, i) => beginIfThereIsRoom(store, `CA${i}`));
    expect(countOf(begun, (one) => one.status === 'fulfilled' && one.value)).toBe(LIMIT);
    expect(countOf(begun, ({ status }) => status === 'rejected')).toBe(0);
    expect(await fresh().read.liveCalls('t1', at(1))).toBe(LIMIT);
  });

  it('counts a call no more once it has ended, or was silent for longer than callers are', async () => {
    await beginIfThereIsRoom(fresh(), 'CA1');
    await beginIfThereIsRoom(fresh(), 'CA2');
    await fresh().transact((tx) => tx.endConversation('CA1', 'caller_left', at(1)));
    expect(await fresh().read.liveCalls('t1', at(3_600 - 1))).toBe(1);
    expect(await fresh().read.liveCalls('t1', at(3_600))).toBe(0);
  });

  function beginIfThereIsRoom(store: Store, provider_id: string): Promise<boolean> {
    return store.transact(async (tx) => {
      await tx.holdCallSlot('t1');
      if ((await tx.liveCalls('t1', at(0))) >= LIMIT) return false;
      await tx.beginConversation({
        ...{ tenant_id: 't1', channel: 'voice', provider_id, caller: null },
        ...{ simulated: false, flags: [], at: at(0) },
      });
      return true;
    });
  }
}

function countOf<T>(
  results: PromiseSettledResult<T>[],
  belongs: (one: PromiseSettledResult<T>) => boolean,
): number {
  return results.filter(belongs).length;
}
