/** Which plan a tenant is on, and what follows from a change of it. */
import { type Instant, type Plan, Problem } from '@receptionist/core';
import { holdFlags, noteFlagChanges } from './flag-changes.ts';
import type { FlagVerbs, TenantPlan } from './flag-verbs.ts';
import { planTerms } from './plans.ts';
import { settleRollouts } from './rollouts.ts';
import type { Db } from './schema.ts';

/** Changed at once; of more, the rest waits for the next look. */
const MOST_DUE_PLANS = 200;

export async function planOf(db: Db, tenant_id: string): Promise<TenantPlan | null> {
  const row = await db
    .selectFrom('tenants')
    .select(['plan', 'plan_version', 'next_plan', 'next_plan_at', 'next_plan_by'])
    .where('tenant_id', '=', tenant_id)
    .executeTakeFirst();
  if (!row) return null;
  const { plan, plan_version: version, next_plan, next_plan_at: at, next_plan_by: by } = row;
  const next = next_plan !== null && at !== null && by !== null ? { plan: next_plan, at, by } : null;
  return { tenant_id, plan, version, next };
}

export async function putOnPlan(
  db: Db,
  tenant_id: string,
  plan: Plan,
  at: Instant,
): Promise<Awaited<ReturnType<FlagVerbs['putOnPlan']>>> {
  const row = await db
    .selectFrom('tenants')
    .select(['plan', 'plan_version'])
    .where('tenant_id', '=', tenant_id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!row) throw noTenant(tenant_id);
  const { version } = await pinPlan(db, [tenant_id], plan, at);
  await plansChanged(db, [tenant_id], at);
  return { previous_plan: row.plan, previous_version: row.plan_version, version };
}

/** On the newest version; what was deferred is forgotten. */
async function pinPlan(db: Db, tenant_ids: string[], plan: Plan, at: Instant) {
  const { version } = await planTerms(db, plan);
  await db
    .updateTable('tenants')
    .set({ plan, plan_version: version, updated_at: at })
    .set({ next_plan: null, next_plan_at: null, next_plan_by: null })
    .where('tenant_id', 'in', tenant_ids)
    .execute();
  return { version };
}

/** After the tenants came, or changed their plans: which flags they have, and who is in the rollouts, follows. */
async function plansChanged(db: Db, tenant_ids: readonly string[], at: Instant): Promise<void> {
  await holdFlags(db);
  const takenIn = await settleRollouts(db);
  await noteFlagChanges(db, [...new Set([...tenant_ids, ...takenIn])], at);
}

export async function deferPlan(
  db: Db,
  tenant_id: string,
  plan: Plan,
  due_at: Instant,
  by: string,
  now: Instant,
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('tenants')
    .set({ next_plan: plan, next_plan_at: due_at, next_plan_by: by, updated_at: now })
    .where('tenant_id', '=', tenant_id)
    .executeTakeFirst();
  if (!numUpdatedRows) throw noTenant(tenant_id);
}

export async function applyDuePlans(
  db: Db,
  now: Instant,
): Promise<Awaited<ReturnType<FlagVerbs['applyDuePlans']>>> {
  const due = await db
    .selectFrom('tenants')
    .select(['tenant_id', 'plan as previous_plan', 'next_plan as plan', 'next_plan_by as by'])
    .where('next_plan_at', '<=', now)
    .orderBy('next_plan_at')
    .orderBy('tenant_id')
    .limit(MOST_DUE_PLANS)
    .forNoKeyUpdate()
    .skipLocked()
    .$narrowType<{ plan: Plan; by: string }>()
    .execute();
  if (due.length === 0) return [];
  for (const [plan, same] of Map.groupBy(due, (one) => one.plan)) await pinPlan(db, idsOf(same), plan, now);
  await plansChanged(db, idsOf(due), now);
  return due;
}

function idsOf(tenants: readonly { tenant_id: string }[]): string[] {
  return tenants.map(({ tenant_id }) => tenant_id);
}

export function noTenant(tenant_id: string): Problem {
  return new Problem('not_found', `There is no tenant ${tenant_id}.`);
}
