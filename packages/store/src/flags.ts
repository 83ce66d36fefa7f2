import type { Flag, FlagSetting, Instant } from '@receptionist/core';
import type { Db } from './schema.ts';

export async function flagSettings(db: Db, tenant_id: string): Promise<FlagSetting[]> {
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
