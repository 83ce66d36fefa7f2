import type { Plan } from '@receptionist/core';
import { expect, it } from 'vitest';
import type { RolloutTerms } from '../store.ts';
import { at, seedTenant } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

export function rolloutsConform(fresh: Fresh): void {
  const seed = (tenant_id: string, plan: Plan = 'core') =>
    seedTenant(fresh(), { tenant_id, plan, numbers: [] });
  const seedTen = async () => {
    for (let i = 0; i < 10; i++) await seed(`tenant${i}`);
  };
  const rollOut = (terms: RolloutTerms, seconds = 1) =>
    fresh().transact((tx) => tx.setRollout('allow_rag', terms, 'lex', at(seconds)));
  const rollout = () => fresh().read.getRollout('allow_rag');
  const tenantsOn = async () => (await rollout()).tenants_on;

  it('is at 0 percent where there never was one', async () => {
    await seed('t1');
    expect(await rollout()).toEqual({
      ...{ flag: 'allow_rag', percent: 0, starts_at: null, tenants: [], tenants_on: [] },
      ...{ updated_at: null, updated_by: null },
    });
  });

  it('takes in the share it is told, and only those whose plan includes the flag', async () => {
    await seedTen();
    await seed('free', 'free');
    const first = await rollOut({ percent: 20 });
    expect(first.tenants_on).toHaveLength(2);
    expect(first).toEqual({ added: first.tenants_on, removed: [], tenants_on: await tenantsOn() });
    const second = await rollOut({ percent: 55.55 });
    expect(second.tenants_on).toHaveLength(6);
    expect(second.tenants_on).toEqual([...first.tenants_on, ...second.added]);
    expect(await rollout()).toMatchObject({ percent: 55.55, updated_at: at(1), updated_by: 'lex' });
    expect((await rollOut({ percent: 20 })).tenants_on).toEqual(first.tenants_on);
    expect((await rollOut({ percent: 100 })).tenants_on).not.toContain('free');
  });

  it('takes in who is named besides the share, until the name is taken away', async () => {
    await seedTen();
    const [first, second] = (await rollOut({ percent: 20 })).tenants_on;
    const outside =
      Array.from({ length: 10 }, (_, i) => `tenant${i}`).find((id) => ![first, second].includes(id)) ?? '';
    const named = await rollOut({ percent: 20, tenants: [outside, first ?? ''] });
    expect(named).toEqual({ added: [outside], removed: [], tenants_on: [first, second, outside] });
    expect((await rollout()).tenants).toEqual([outside, first].sort());
    expect((await rollOut({ percent: 10 })).tenants_on).toEqual([first, outside]);
    expect((await rollOut({ percent: 0 })).tenants_on).toEqual([first, outside]);
    expect((await rollOut({ percent: 0, tenants: [] })).removed).toEqual([first, outside]);
  });

  it('keeps its start where none is told', async () => {
    await rollOut({ percent: 10, starts_at: at(60) });
    await rollOut({ percent: 20 });
    expect(await rollout()).toMatchObject({ percent: 20, starts_at: at(60) });
    await rollOut({ percent: 20, starts_at: null });
    expect(await rollout()).toMatchObject({ starts_at: null });
  });

  it('refuses who is not there', async () => {
    await seed('t1');
    await expect(rollOut({ percent: 10, tenants: ['t1', 't2'] })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('no tenant t2'),
    });
    expect(await rollout()).toMatchObject({ percent: 0, updated_at: null });
  });

  it('takes in newcomers as far as its share goes, throws nobody out for them, and says whose flags that changed', async () => {
    await seedTen();
    const before = (await rollOut({ percent: 20 })).tenants_on;
    const version = await fresh().read.flagVersion();
    for (let i = 10; i < 20; i++) await seed(`tenant${i}`);
    const after = await tenantsOn();
    expect(after).toHaveLength(4);
    expect(after).toEqual(expect.arrayContaining(before));
    const { tenant_ids } = await fresh().read.flagChangesSince(version);
    expect(tenant_ids).toEqual(expect.arrayContaining(after.filter((one) => !before.includes(one))));
    for (const tenant_id of after) {
      expect((await fresh().read.flagSnapshot(tenant_id))?.rollouts).toMatchObject([{ flag: 'allow_rag' }]);
    }
  });

  it('takes in who comes to a plan with the flag, and keeps the place of who leaves it for a while', async () => {
    await seed('t1', 'free');
    await rollOut({ percent: 100 });
    const put = (plan: Plan) => fresh().transact((tx) => tx.putOnPlan('t1', plan, at(2)));
    expect(await tenantsOn()).toEqual([]);
    await put('core');
    expect(await tenantsOn()).toEqual(['t1']);
    await put('free');
    expect(await tenantsOn()).toEqual([]);
    await rollOut({ percent: 0 });
    await put('core');
    expect(await tenantsOn()).toEqual([]);
  });

  it('goes on by itself: of steps that are due together the last stands for all', async () => {
    await seedTen();
    await rollOut({ percent: 10 });
    const steps = [
      { percent: 100, at: at(30) },
      { percent: 20, at: at(10) },
      { percent: 50, at: at(20) },
    ];
    const plan = { steps, halt_if: 'escalation_rate > +20%', by: 'lex' };
    await fresh().transact((tx) => tx.setRolloutPlan('allow_rag', plan, at(5)));
    const claim = (seconds: number) => fresh().transact((tx) => tx.claimDueRolloutStep(at(seconds)));

    expect(await claim(9)).toBeNull();
    const [planned] = await fresh().read.rolloutPlans();
    expect(planned).toEqual({
      ...{ flag: 'allow_rag', steps: [steps[1], steps[2], steps[0]], halt_if: plan.halt_if, by: 'lex' },
      ...{ next_step: 0, next_at: at(10), started_at: at(5), started_percent: 10 },
      ...{ stepped_at: null, stepped_from: null, halted_at: null, halted_why: null },
    });
    const stepped = { ...planned, next_step: 2, next_at: at(30), stepped_at: at(25), stepped_from: 10 };
    expect(await claim(25)).toEqual({ plan: stepped, percent: 50 });
    expect(await claim(25)).toBeNull();
    expect((await claim(30))?.plan).toMatchObject({ next_step: 3, next_at: null });
    expect(await claim(99)).toBeNull();
  });

  it('halts once, takes no step after that, and can be planned anew', async () => {
    const plan = { steps: [{ percent: 50, at: at(10) }], halt_if: null, by: 'lex' };
    const setPlan = (seconds: number) =>
      fresh().transact((tx) => tx.setRolloutPlan('allow_rag', plan, at(seconds)));
    const halt = () => fresh().transact((tx) => tx.haltRollout('allow_rag', 'it hurts', at(6)));
    const claim = () => fresh().transact((tx) => tx.claimDueRolloutStep(at(10)));
    await setPlan(5);
    expect([await halt(), await halt(), await claim()]).toEqual([true, false, null]);
    expect(await fresh().read.rolloutPlans()).toMatchObject([{ halted_at: at(6), halted_why: 'it hurts' }]);
    await setPlan(7);
    expect(await claim()).toMatchObject({ plan: { halted_at: null, started_at: at(7) }, percent: 50 });
    const clear = () => fresh().transact((tx) => tx.clearRolloutPlan('allow_rag'));
    expect([await clear(), await clear(), await halt()]).toEqual([true, false, false]);
    expect(await fresh().read.rolloutPlans()).toEqual([]);
  });
}
