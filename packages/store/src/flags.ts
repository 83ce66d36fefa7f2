import type { Flag, FlagSetting, FlagSnapshot, Instant } from '@receptionist/core';
import { planTerms } from './plans.ts';
import type { Db } from './schema.ts';

export async function flagSnapshot(db: Db, tenant_id: string): Promise<FlagSnapshot | null> {
  const tenant = await db
    .selectFrom('tenants')
    .select('plan')
    .where('tenant_id', '=', tenant_id)
    .executeTakeFirst();
  if (!tenant) return null;
  const { flags: included } = await planTerms(db, tenant.plan);
  const settings = await flagSettings(db, tenant_id);
  return { tenant_id, version: 0, plan: tenant.plan, included, settings, rollouts: [] };
}

async function flagSettings(db: Db, tenant_id: string): Promise<FlagSetting[]> {
  const rows = await db
    .selectFrom('feature_flags')
    .select(['flag', 'enabled', 'updated_at', 'updated_by'])
    .where('tenant_id', '=', tenant_id)
    .execute();
  return rows.map((row) => ({ ...row, enabled: Boolean(row.enabled) }));
}

export async function setFlag(
  db: Db,
  tenant_id: string,
  flag: Flag,
  enabled: boolean,
  by: string,
  at: Instant,
): Promise<void> {
  const setting = { enabled, updated_at: at, updated_by: by };
  await db
    .insertInto('feature_flags')
    .values({ tenant_id, flag, ...setting })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'flag']).doUpdateSet(setting))
    .execute();
}

export async function unsetFlag(db: Db, tenant_id: string, flag: Flag): Promise<void> {
  await db.deleteFrom('feature_flags').where('tenant_id', '=', tenant_id).where('flag', '=', flag).execute();
}
