import { expect, it } from 'vitest';
import { at, seedTenant } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

export function tenantPlansConform(fresh: Fresh): void {
  const defer = (tenant_id: string, seconds: number) =>
    fresh().transact((tx) => tx.deferPlan(tenant_id, 'free', at(seconds), 'lex', at(0)));
  const apply = (seconds: number) => fresh().transact((tx) => tx.applyDuePlans(at(seconds)));

  it('changes a plan when it was decided to, once', async () => {
    await seedTenant(fresh(), { plan: 'pro' });
    await seedTenant(fresh(), { tenant_id: 't2', plan: 'core', numbers: [] });
    await defer('t1', 10);
    await defer('t2', 20);
    expect(await fresh().read.planOf('t1')).toEqual({
      ...{ tenant_id: 't1', plan: 'pro', version: 1 },
      next: { plan: 'free', at: at(10), by: 'lex' },
    });
    expect(await apply(9)).toEqual([]);
    expect(await apply(10)).toEqual([{ tenant_id: 't1', plan: 'free', previous_plan: 'pro', by: 'lex' }]);
    expect(await apply(10)).toEqual([]);
    expect(await fresh().read.planOf('t1')).toMatchObject({ plan: 'free', next: null });
    expect((await fresh().read.flagSnapshot('t1'))?.included).toEqual(['require_human_review']);
    expect(await fresh().read.planOf('t2')).toMatchObject({ plan: 'core', next: { at: at(20) } });
  });

  it('keeps the last of what was deferred, and forgets it when the plan changes at once', async () => {
    await seedTenant(fresh(), { plan: 'pro' });
    await defer('t1', 10);
    await defer('t1', 20);
    expect(await apply(10)).toEqual([]);
    await fresh().transact((tx) => tx.putOnPlan('t1', 'enterprise', at(11)));
    expect(await apply(20)).toEqual([]);
    expect(await fresh().read.planOf('t1')).toMatchObject({ plan: 'enterprise', next: null });
  });

  it('knows nobody who is not there, and no version that there never was', async () => {
    await expect(defer('t2', 10)).rejects.toMatchObject({ code: 'not_found' });
    expect(await fresh().read.planOf('t2')).toBeNull();
    expect(await fresh().read.planTerms('core', 1)).toMatchObject({ version: 1, concurrent_calls: 25 });
    await expect(fresh().read.planTerms('core', 2)).rejects.toMatchObject({ code: 'not_found' });
  });
}
