import { FLAGS, type Plan } from '@receptionist/core';
import { expect, it } from 'vitest';
import type { Store } from '../store.ts';
import { aTenant, at, seedTenant } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

const DAY = 86_400;

export function flagsConform(fresh: Fresh): void {
  const seed = (tenant_id: string, plan: Plan = 'core') =>
    seedTenant(fresh(), { tenant_id, plan, numbers: [] });
  const set = (enabled: boolean, by: string, seconds: number, expected: number | null) =>
    fresh().transact((tx) =>
      tx.setFlag('t1', 'allow_rag', enabled, by, at(seconds), { expected: seenAt(expected) }),
    );
  const unset = (seconds: number, expected: number | null) =>
    fresh().transact((tx) => tx.unsetFlag('t1', 'allow_rag', at(seconds), { expected: seenAt(expected) }));
  const seenAt = (seconds: number | null) => ({ updated_at: seconds === null ? null : at(seconds) });

  it('reads all that decides flags at once, with its version', async () => {
    await seed('t1');
    await fresh().transact(async (tx) => {
      await tx.setFlag('t1', 'record_calls', true, 'lex', at(1));
      await tx.setRollout('allow_rag', { percent: 100, tenants: ['t1'], starts_at: at(9) }, 'kim', at(2));
    });
    expect(await fresh().read.flagSnapshot('t1')).toEqual({
      ...{ tenant_id: 't1', plan: 'core', version: await fresh().read.flagVersion() },
      included: FLAGS.filter((flag) => flag !== 'record_calls'),
      settings: [{ flag: 'record_calls', enabled: true, updated_at: at(1), updated_by: 'lex' }],
      rollouts: [{ flag: 'allow_rag', starts_at: at(9), updated_at: at(2), updated_by: 'kim' }],
    });
    expect(await fresh().read.flagSnapshot('t2')).toBeNull();
  });

  it('reads the snapshots of many tenants', async () => {
    for (const tenant_id of ['t2', 't1', 't3']) await seed(tenant_id);
    const snapshots = await fresh().read.flagSnapshots(['t3', 't1', 'nobody']);
    expect(snapshots.map(({ tenant_id }) => tenant_id)).toEqual(['t1', 't3']);
    expect(await fresh().read.flagSnapshots([])).toEqual([]);
  });

  it('tells the later of two admins who was first, and does nothing', async () => {
    await seed('t1');
    await set(true, 'lex', 1, null);
    await expect(set(false, 'kim', 2, null)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`lex switched it on at ${at(1)}`),
      details: { setting: { enabled: true, updated_at: at(1), updated_by: 'lex' } },
    });
    await expect(unset(2, null)).rejects.toMatchObject({ code: 'conflict' });
    expect((await fresh().read.flagSnapshot('t1'))?.settings).toMatchObject([{ updated_by: 'lex' }]);
    await set(false, 'kim', 2, 1);
    await unset(3, 2);
    await expect(set(true, 'lex', 4, 2)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('somebody removed its setting'),
      details: { setting: null },
    });
    expect((await fresh().read.flagSnapshot('t1'))?.settings).toEqual([]);
  });

  it('says whose flags a change can have changed', async () => {
    const changes: [string, (store: Store) => Promise<unknown>, string[] | 'all'][] = [
      ['a new tenant', () => seed('t1', 'free'), ['t1']],
      ['another', () => seed('t2'), ['t2']],
      ['a setting', () => set(true, 'lex', 1, null), ['t1']],
      ['no setting', () => unset(2, 1), ['t1']],
      ['no setting, again', () => unset(3, null), []],
      ['a plan', (store) => store.transact((tx) => tx.putOnPlan('t1', 'pro', at(1))), ['t1']],
      ['a rollout', (store) => rollOut(store, 100), 'all'],
      ['a deferred plan', (store) => defer(store, 't2'), []],
      ['that plan when it is due', (store) => store.transact((tx) => tx.applyDuePlans(at(9))), ['t2']],
      ['a new name', (store) => replace(store, { name: 'Southside' }), []],
      ['a plan with the rest of the tenant', (store) => replace(store, { plan: 'core' }), ['t1']],
    ];
    for (const [what, change, expected] of changes) {
      const before = await fresh().read.flagVersion();
      await change(fresh());
      const { version, tenant_ids } = await fresh().read.flagChangesSince(before);
      expect([what, tenant_ids]).toEqual([what, expected]);
      expect(version).toBe(await fresh().read.flagVersion());
      expect(version > before).toBe(expected.length > 0);
    }
  });

  it('forgets changes after a day, and then says that all may have changed', async () => {
    await seed('t1');
    await fresh().transact((tx) => tx.setFlag('t1', 'allow_rag', true, 'lex', at(60)));
    const { version } = await fresh().read.flagChangesSince(0);
    expect(await fresh().read.flagChangesSince(0)).toEqual({ version, tenant_ids: ['t1'] });
    await fresh().transact((tx) => tx.forgetExpired(at(DAY + 1)));
    expect(await fresh().read.flagChangesSince(0)).toEqual({ version, tenant_ids: 'all' });
    expect(await fresh().read.flagChangesSince(version - 1)).toEqual({ version, tenant_ids: ['t1'] });
    expect(await fresh().read.flagChangesSince(version + 1)).toEqual({ version, tenant_ids: 'all' });
  });

  it('counts how each flag is used where the plan includes it', async () => {
    for (const tenant_id of ['t1', 't2', 't3']) await seed(tenant_id);
    await seed('t4', 'free');
    await fresh().transact(async (tx) => {
      await tx.setFlag('t1', 'allow_rag', true, 'lex', at(1));
      await tx.setFlag('t2', 'allow_rag', false, 'lex', at(2));
      await tx.setFlag('t4', 'allow_rag', true, 'lex', at(3));
    });
    const rollout = await fresh().read.getRollout('allow_rag');
    expect(await fresh().read.flagSettingsOfAll('allow_rag')).toEqual([
      { flag: 'allow_rag', tenants: 3, on: 1, off: 1, last_set_at: at(3), rollout },
    ]);
    expect((await fresh().read.flagSettingsOfAll()).map(({ flag }) => flag)).toEqual(FLAGS);
  });

  const rollOut = (store: Store, percent: number) =>
    store.transact((tx) => tx.setRollout('allow_rag', { percent }, 'lex', at(1)));
  const defer = (store: Store, tenant_id: string) =>
    store.transact((tx) => tx.deferPlan(tenant_id, 'free', at(9), 'lex', at(1)));
  const replace = (store: Store, changes: { name?: string; plan?: Plan }) =>
    store.transact((tx) => tx.replaceTenant(aTenant({ numbers: [], plan: 'pro', ...changes }), at(1)));
}
