import { existing, type Handlers } from './endpoints.ts';

export const plans: Pick<Handlers, 'putPlan'> = {
  async putPlan(tx, { params: { tenant_id }, body: { plan }, actor, now }) {
    await existing(tx.getTenant(tenant_id), 'tenant', tenant_id);
    const { previous_plan } = await tx.putOnPlan(tenant_id, plan, now);
    return {
      answer: { tenant_id, plan, previous_plan, changed_by: actor, changed_at: now },
      audit: {
        action: 'plan.set',
        target: `tenant:${tenant_id}`,
        before: { plan: previous_plan },
        after: { plan },
      },
    };
  },
};
