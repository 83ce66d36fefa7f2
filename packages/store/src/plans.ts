import { type Flag, type Plan, type PlanTerms, Problem } from '@receptionist/core';
import type { Db } from './schema.ts';

export async function planTerms(
  db: Db,
  plan: Plan,
  version?: number,
): Promise<PlanTerms & { version: number }> {
  let query = db.selectFrom('plan_versions').selectAll().where('plan', '=', plan);
  if (version !== undefined) query = query.where('version', '=', version);
  const row = await query.orderBy('version', 'desc').limit(1).executeTakeFirst();
  if (!row) throw new Problem('not_found', `There is no version ${version} of the plan ${plan}.`);
  return { ...row, flags: JSON.parse(row.flags) };
}

/** The versions of plans that include the flag, as `plan.version`. */
export async function plansWith(db: Db, flag: Flag): Promise<Set<string>> {
  const rows = await db.selectFrom('plan_versions').select(['plan', 'version', 'flags']).execute();
  const including = rows.filter(({ flags }) => JSON.parse(flags).includes(flag));
  return new Set(including.map(({ plan, version }) => `${plan}.${version}`));
}
