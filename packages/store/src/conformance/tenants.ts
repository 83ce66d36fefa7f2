import { FLAGS, PLANS, type Tenant } from '@receptionist/core';
import { expect, it } from 'vitest';
import { aTenant, at, seedTenant } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

export function tenantsConform(fresh: Fresh): void {
  it('gives a tenant back as it came, by its id and by each of its numbers', async () => {
    const tenant = await seedTenant(fresh(), {
      numbers: ['+15005550009', '+15005550006'],
      facts: { address: '12 Harbor St' },
    });
    expect(await fresh().read.getTenant('t1')).toEqual(tenant);
    expect(await fresh().read.tenantByNumber('+15005550006')).toEqual(tenant);
    expect(await fresh().read.tenantByNumber('+15005550009')).toEqual(tenant);
    expect(await fresh().read.tenantByNumber('+15005550000')).toBeNull();
    expect(await fresh().read.getTenant('t2')).toBeNull();
  });

  it('gives a tenant that was written before there were phrases none', async () => {
    const { phrases: _, ...written } = aTenant();
    await fresh().transact((tx) => tx.createTenant(written as Tenant, at(0)));
    expect(await fresh().read.getTenant('t1')).toEqual(aTenant({ phrases: [] }));
  });

  it('refuses a second tenant with the id or a number of another, and says whose it is', async () => {
    await seedTenant(fresh());
    await expect(seedTenant(fresh())).rejects.toMatchObject({ code: 'already_exists' });
    await expect(seedTenant(fresh(), { tenant_id: 't2' })).rejects.toMatchObject({
      code: 'already_exists',
      message: expect.stringContaining('+15005550006 belongs to tenant t1'),
    });
    expect(await fresh().read.getTenant('t2')).toBeNull();
  });

  it('replaces a whole tenant, its numbers too', async () => {
    await seedTenant(fresh(), { facts: { address: 'old' } });
    const moved = aTenant({ numbers: ['+15005550007'], plan: 'core' });
    await fresh().transact((tx) => tx.replaceTenant(moved, at(1)));
    expect(await fresh().read.getTenant('t1')).toEqual(moved);
    expect(await fresh().read.tenantByNumber('+15005550006')).toBeNull();
    await expect(
      fresh().transact((tx) => tx.replaceTenant(aTenant({ tenant_id: 't2' }), at(1))),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('lists tenants page by page, each once', async () => {
    // Languages disagree on the order of these.
    for (const tenant_id of ['t_3', 't-1', 't2']) await seedTenant(fresh(), { tenant_id, numbers: [] });
    const first = await fresh().read.listTenants({ limit: 2, cursor: null });
    const second = await fresh().read.listTenants({ limit: 2, cursor: first.next_cursor });
    expect(first.items.map(({ tenant_id }) => tenant_id)).toEqual(['t-1', 't2']);
    expect(second).toEqual({ items: [aTenant({ tenant_id: 't_3', numbers: [] })], next_cursor: null });
  });

  it('puts a tenant on a plan and says which it was', async () => {
    await seedTenant(fresh());
    expect(await fresh().transact((tx) => tx.putOnPlan('t1', 'core', at(1)))).toEqual({
      ...{ previous_plan: 'free', previous_version: 1, version: 1 },
    });
    expect(await fresh().read.getTenant('t1')).toMatchObject({ plan: 'core' });
    await expect(fresh().transact((tx) => tx.putOnPlan('t2', 'core', at(1)))).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('knows the terms of every plan, and which flags it includes', async () => {
    const terms = await Promise.all(PLANS.map((plan) => fresh().read.planTerms(plan)));
    expect(Object.fromEntries(terms.map(({ plan, flags }) => [plan, flags]))).toEqual({
      free: ['require_human_review'],
      core: FLAGS.filter((flag) => flag !== 'record_calls'),
      pro: FLAGS,
      enterprise: FLAGS,
    });
    expect(terms[0]).toMatchObject({ beyond: 'block' });
    expect(terms[3]).toMatchObject({ included_voice_minutes: null, concurrent_calls: null });
  });

  it('sets, changes and unsets every flag of a tenant', async () => {
    await seedTenant(fresh());
    for (const flag of FLAGS) await fresh().transact((tx) => tx.setFlag('t1', flag, true, 'lex', at(1)));
    expect((await fresh().read.flagSnapshot('t1'))?.settings).toHaveLength(FLAGS.length);
    await fresh().transact((tx) => tx.setFlag('t1', 'allow_rag', false, 'kim', at(2)));
    for (const flag of FLAGS.filter((name) => name !== 'allow_rag')) {
      await fresh().transact((tx) => tx.unsetFlag('t1', flag, at(3)));
    }
    expect((await fresh().read.flagSnapshot('t1'))?.settings).toEqual([
      { flag: 'allow_rag', enabled: false, updated_at: at(2), updated_by: 'kim' },
    ]);
  });
}
