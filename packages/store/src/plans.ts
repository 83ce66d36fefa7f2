import type { Plan, PlanTerms } from '@receptionist/core';
import type { Db } from './schema.ts';

export async function planTerms(db: Db, plan: Plan): Promise<PlanTerms> {
  const row = await db.selectFrom('plans').selectAll().where('plan', '=', plan).executeTakeFirstOrThrow();
  return { ...row, flags: JSON.parse(row.flags) };
}
