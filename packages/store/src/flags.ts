import {
  FLAGS,
  type Flag,
  type FlagRollout,
  type FlagSetting,
  type FlagSnapshot,
  type Instant,
  Problem,
} from '@receptionist/core';
import { sql } from 'kysely';
import { chunks } from './chunks.ts';
import { holdFlags, noteFlagChanges } from './flag-changes.ts';
import type { FlagUse, Seen } from './flag-verbs.ts';
import { plansWith } from './plans.ts';
import { getRollout } from './rollouts.ts';
import type { Db } from './schema.ts';

export async function flagSnapshot(db: Db, tenant_id: string): Promise<FlagSnapshot | null> {
  const [snapshot] = await flagSnapshots(db, [tenant_id]);
  return snapshot ?? null;
}

export async function flagSnapshots(db: Db, tenant_ids: readonly string[]): Promise<FlagSnapshot[]> {
  const snapshots: FlagSnapshot[] = [];
  for (const some of chunks(tenant_ids)) {
    const byTenant = Map.groupBy(await standing(db, some), ({ tenant_id }) => tenant_id);
    snapshots.push(...[...byTenant.values()].map(toSnapshot));
  }
  return snapshots;
}

type Standing = Awaited<ReturnType<typeof standing>>[number];

/** Where it is a rollout that the tenant is in, `enabled` is null. */
type SetRow = Omit<FlagSetting & FlagRollout, 'enabled'> & {
  tenant_id: string;
  enabled: boolean | number | null;
};

/** In one statement, so that all of it is of one version: a row for each setting and rollout, or one where there is neither. */
function standing(db: Db, tenant_ids: readonly string[]) {
  const settings = db
    .selectFrom('feature_flags')
    .select(['tenant_id', 'flag', 'enabled', 'updated_at', 'updated_by'])
    .select(sql<null>`null`.as('starts_at'))
    .where('tenant_id', 'in', tenant_ids)
    .$castTo<SetRow>();
  const rollouts = db
    .selectFrom('rollout_members as member')
    .innerJoin('flag_rollouts as rollout', 'rollout.flag', 'member.flag')
    .select(['member.tenant_id', 'member.flag', sql<null>`null`.as('enabled')])
    .select(['rollout.updated_at', 'rollout.updated_by', 'rollout.starts_at'])
    .where('member.tenant_id', 'in', tenant_ids)
    .$castTo<SetRow>();
  return (
    db
      .selectFrom('tenants as tenant')
      .innerJoin('plan_versions as terms', (join) =>
        join.onRef('terms.plan', '=', 'tenant.plan').onRef('terms.version', '=', 'tenant.plan_version'),
      )
      .crossJoin('flag_state')
      // Not `union all`: who is in a rollout both by name and by share is in it once.
      .leftJoin(settings.union(rollouts).as('set'), 'set.tenant_id', 'tenant.tenant_id')
      .select(['tenant.tenant_id', 'tenant.plan', 'terms.flags as included', 'flag_state.version'])
      .select(['set.flag', 'set.enabled', 'set.starts_at', 'set.updated_at', 'set.updated_by'])
      .where('tenant.tenant_id', 'in', tenant_ids)
      .orderBy('tenant.tenant_id')
      .orderBy('set.flag')
      .execute()
  );
}

function toSnapshot(rows: Standing[]): FlagSnapshot {
  const [{ tenant_id, version, plan, included }] = rows as [Standing];
  const settings: FlagSetting[] = [];
  const rollouts: FlagRollout[] = [];
  for (const { flag, enabled, starts_at, updated_at, updated_by } of rows) {
    if (flag === null || updated_at === null || updated_by === null) continue;
    if (enabled === null) rollouts.push({ flag, starts_at, updated_at, updated_by });
    else settings.push({ flag, enabled: Boolean(enabled), updated_at, updated_by });
  }
  return { tenant_id, version, plan, included: JSON.parse(included), settings, rollouts };
}

export async function setFlag(
  db: Db,
  tenant_id: string,
  flag: Flag,
  enabled: boolean,
  by: string,
  at: Instant,
  seen: Seen = {},
): Promise<void> {
  await holdSetting(db, tenant_id, flag, seen);
  const setting = { enabled, updated_at: at, updated_by: by };
  await db
    .insertInto('feature_flags')
    .values({ tenant_id, flag, ...setting })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'flag']).doUpdateSet(setting))
    .execute();
  await noteFlagChanges(db, [tenant_id], at);
}

export async function unsetFlag(
  db: Db,
  tenant_id: string,
  flag: Flag,
  at: Instant,
  seen: Seen = {},
): Promise<void> {
  await holdSetting(db, tenant_id, flag, seen);
  const { numDeletedRows } = await db
    .deleteFrom('feature_flags')
    .where('tenant_id', '=', tenant_id)
    .where('flag', '=', flag)
    .executeTakeFirst();
  if (numDeletedRows > 0n) await noteFlagChanges(db, [tenant_id], at);
}

/** @throws Problem `conflict` */
async function holdSetting(db: Db, tenant_id: string, flag: Flag, { expected }: Seen): Promise<void> {
  await holdFlags(db);
  if (!expected) return;
  const found = await db
    .selectFrom('feature_flags')
    .select(['enabled', 'updated_at', 'updated_by'])
    .where('tenant_id', '=', tenant_id)
    .where('flag', '=', flag)
    .executeTakeFirst();
  if ((found?.updated_at ?? null) === expected.updated_at) return;
  const setting = found ? { ...found, enabled: Boolean(found.enabled) } : null;
  const happened = setting
    ? `${setting.updated_by} switched it ${setting.enabled ? 'on' : 'off'} at ${setting.updated_at}`
    : 'somebody removed its setting';
  throw new Problem(
    'conflict',
    `${flag} of tenant ${tenant_id} was changed after you looked: ${happened}. Nothing was done. Look again (adminctl show-flags --tenant ${tenant_id}), then decide.`,
    { details: { setting } },
  );
}

/** Tenants that have it on and off are counted where the plan includes the flag: elsewhere a setting does nothing. */
export async function flagSettingsOfAll(db: Db, flag?: Flag): Promise<FlagUse[]> {
  const uses: FlagUse[] = [];
  for (const one of flag ? [flag] : FLAGS) uses.push(await flagUse(db, one));
  return uses;
}

async function flagUse(db: Db, flag: Flag): Promise<FlagUse> {
  const plans = await plansWith(db, flag);
  const rows = await db
    .selectFrom('tenants as tenant')
    .leftJoin('feature_flags as setting', (join) =>
      join.onRef('setting.tenant_id', '=', 'tenant.tenant_id').on('setting.flag', '=', flag),
    )
    .select(({ fn }) => [
      ...(['plan', 'plan_version', 'enabled'] as const),
      fn.countAll<number>().as('tenants'),
      fn.max('setting.updated_at').as('last_set_at'),
    ])
    .groupBy(['plan', 'plan_version', 'enabled'])
    .execute();
  const included = rows.filter(({ plan, plan_version }) => plans.has(`${plan}.${plan_version}`));
  const count = (belongs: (enabled: boolean | number | null) => boolean) =>
    included.filter(({ enabled }) => belongs(enabled)).reduce((sum, { tenants }) => sum + tenants, 0);
  return {
    flag,
    tenants: count(() => true),
    on: count((enabled) => enabled !== null && Boolean(enabled)),
    off: count((enabled) => enabled !== null && !enabled),
    last_set_at:
      rows
        .flatMap(({ last_set_at }) => last_set_at ?? [])
        .sort()
        .at(-1) ?? null,
    rollout: await getRollout(db, flag),
  };
}
