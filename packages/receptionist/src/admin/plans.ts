import { invalid } from '@receptionist/admin-api';
import {
  endOfMonth,
  evaluateFlags,
  type FlagTerms,
  flagChanges,
  type Instant,
  limitChanges,
  type Plan,
  type PlanTerms,
} from '@receptionist/core';
import type { ReadVerbs, Verbs } from '@receptionist/store';
import { existing, type Handlers } from './endpoints.ts';

export const plans: Pick<Handlers, 'getPlan' | 'putPlan'> = {
  async getPlan(read, { params: { tenant_id }, time }) {
    const pinned = await existing(read.planOf(tenant_id), 'tenant', tenant_id);
    return { ...pinned, live_calls: await read.liveCalls(tenant_id, await time()) };
  },

  async putPlan(tx, { params: { tenant_id }, body: { plan, at }, actor, now }) {
    const { time_zone } = await existing(tx.getTenant(tenant_id), 'tenant', tenant_id);
    const before = await standing(tx, tenant_id);
    const effective_at = at === 'month_end' ? endOfMonth(now, time_zone) : now;
    const change = { tenant_id, plan, before, actor, now };
    const after = effective_at === now ? await putNow(tx, change) : await putOff(tx, change, effective_at);
    const flagsOf = ({ flags }: Standing) => evaluateFlags(flags, now);
    return {
      answer: {
        tenant_id,
        plan,
        previous_plan: before.terms.plan,
        changed_by: actor,
        changed_at: now,
        effective_at,
        version: after.terms.version,
        previous_version: before.terms.version,
        flags: flagChanges(flagsOf(before), flagsOf(after)),
        limits: limitChanges(before.terms, after.terms),
        live_calls: await tx.liveCalls(tenant_id, now),
      },
      audit: {
        action: effective_at === now ? 'plan.set' : 'plan.defer',
        target: `tenant:${tenant_id}`,
        before: { plan: before.terms.plan, version: before.terms.version },
        after: { plan, version: after.terms.version, ...(effective_at === now ? {} : { effective_at }) },
      },
    };
  },
};

/** A tenant on a plan: what the plan gives, and what makes its flags. */
interface Standing {
  terms: PlanTerms & { version: number };
  flags: FlagTerms;
}

async function standing(read: ReadVerbs, tenant_id: string): Promise<Standing> {
  const { plan, version } = await existing(read.planOf(tenant_id), 'tenant', tenant_id);
  const flags = await existing(read.flagSnapshot(tenant_id), 'tenant', tenant_id);
  return { terms: await read.planTerms(plan, version), flags };
}

interface PlanChange {
  tenant_id: string;
  plan: Plan;
  before: Standing;
  actor: string;
  now: Instant;
}

async function putNow(tx: Verbs, { tenant_id, plan, now }: PlanChange): Promise<Standing> {
  await tx.putOnPlan(tenant_id, plan, now);
  return standing(tx, tenant_id);
}

async function putOff(tx: Verbs, change: PlanChange, until: Instant): Promise<Standing> {
  const { tenant_id, plan, before, actor, now } = change;
  if (plan === before.terms.plan) {
    const message = `${tenant_id} is on ${plan} already. Without "at", a change that was put off is dropped.`;
    throw invalid('invalid_body', [{ path: 'plan', message }]);
  }
  await tx.deferPlan(tenant_id, plan, until, actor, now);
  const terms = await tx.planTerms(plan);
  return { terms, flags: { ...before.flags, included: terms.flags } };
}
