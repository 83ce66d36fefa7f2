import { byRank, type Flag, type Instant, Problem, rolloutChange } from '@receptionist/core';
import { chunks } from './chunks.ts';
import { holdFlags, noteFlagChanges } from './flag-changes.ts';
import type { Rollout, RolloutEffect, RolloutTerms } from './flag-verbs.ts';
import { plansWith } from './plans.ts';
import type { Db } from './schema.ts';

/** Who is in: some by name, some by their share, some by both. */
interface Members {
  listed: ReadonlySet<string>;
  shared: ReadonlySet<string>;
}

export async function getRollout(db: Db, flag: Flag): Promise<Rollout> {
  const rollout = await rolloutRow(db, flag);
  const members = await membersOf(db, flag);
  return {
    flag,
    percent: rollout.percent,
    starts_at: rollout.starts_at,
    tenants: [...members.listed].sort(),
    tenants_on: byRank(flag, (await populationOf(db, flag)).filter(isIn(members))),
    updated_at: rollout.updated_at,
    updated_by: rollout.updated_by,
  };
}

export async function setRollout(
  db: Db,
  flag: Flag,
  terms: RolloutTerms,
  by: string,
  at: Instant,
): Promise<RolloutEffect> {
  await holdFlags(db);
  await refuseUnknown(db, terms.tenants ?? []);
  const { before, after, effect } = await foresee(db, flag, terms);
  await keepRollout(db, flag, terms, by, at);
  await keepMembers(db, flag, false, before.shared, after.shared);
  await keepMembers(db, flag, true, before.listed, after.listed);
  await noteFlagChanges(db, 'all', at);
  return effect;
}

/** Those that the shares ask for now; nobody is thrown out. Answers who came in anywhere. */
export async function settleRollouts(db: Db): Promise<string[]> {
  const rollouts = await db
    .selectFrom('flag_rollouts')
    .select('flag')
    .where('percent_hundredths', '>', 0)
    .execute();
  const takenIn: string[] = [];
  for (const { flag } of rollouts) {
    const { before, after } = await foresee(db, flag, { percent: await percentOf(db, flag) });
    await keepMembers(db, flag, false, before.shared, after.shared);
    takenIn.push(...after.shared.difference(before.shared));
  }
  return takenIn;
}

/** Of the two ways in each is decided by itself: who is named takes nobody's share. */
async function foresee(
  db: Db,
  flag: Flag,
  { percent, tenants }: RolloutTerms,
): Promise<{ before: Members; after: Members; effect: RolloutEffect }> {
  const from = await percentOf(db, flag);
  const population = await populationOf(db, flag);
  const before = await membersOf(db, flag);
  const after = {
    listed: tenants ? new Set(tenants) : before.listed,
    shared: sharedAfter(flag, { from, percent, population, members: before.shared }),
  };
  const [wasIn, willBeIn] = [isIn(before), isIn(after)];
  const ranked = byRank(flag, population);
  const effect = {
    added: ranked.filter((tenant_id) => willBeIn(tenant_id) && !wasIn(tenant_id)),
    removed: ranked.filter((tenant_id) => wasIn(tenant_id) && !willBeIn(tenant_id)),
    tenants_on: ranked.filter(willBeIn),
  };
  return { before, after, effect };
}

function sharedAfter(
  flag: Flag,
  change: { from: number; percent: number; population: string[]; members: ReadonlySet<string> },
): Set<string> {
  const { from, percent, population, members } = change;
  const { added, removed } = rolloutChange({ flag, percent, before: from, population, members });
  // Whose plan lost the flag keeps their place in it, but not through a cut: it would outlast a rollout of 0 percent.
  const stayed = percent < from ? members.intersection(new Set(population)) : members;
  return stayed.difference(new Set(removed)).union(new Set(added));
}

function isIn({ listed, shared }: Members): (tenant_id: string) => boolean {
  return (tenant_id) => listed.has(tenant_id) || shared.has(tenant_id);
}

export async function percentOf(db: Db, flag: Flag): Promise<number> {
  return (await rolloutRow(db, flag)).percent;
}

async function rolloutRow(db: Db, flag: Flag) {
  const row = await db.selectFrom('flag_rollouts').selectAll().where('flag', '=', flag).executeTakeFirst();
  if (!row) return { percent: 0, starts_at: null, updated_at: null, updated_by: null };
  const { percent_hundredths, starts_at, updated_at, updated_by } = row;
  return { percent: percent_hundredths / 100, starts_at, updated_at, updated_by };
}

async function keepRollout(
  db: Db,
  flag: Flag,
  { percent, starts_at }: RolloutTerms,
  updated_by: string,
  updated_at: Instant,
): Promise<void> {
  const row = {
    percent_hundredths: hundredths(percent),
    ...(starts_at === undefined ? {} : { starts_at }),
    ...{ updated_at, updated_by },
  };
  await db
    .insertInto('flag_rollouts')
    .values({ flag, starts_at: null, ...row })
    .onConflict((conflict) => conflict.column('flag').doUpdateSet(row))
    .execute();
}

/** 0.07 * 100 is not quite 7. */
export function hundredths(percent: number): number {
  return Math.round(percent * 100);
}

async function populationOf(db: Db, flag: Flag): Promise<string[]> {
  const plans = await plansWith(db, flag);
  const tenants = await db.selectFrom('tenants').select(['tenant_id', 'plan', 'plan_version']).execute();
  return tenants
    .filter(({ plan, plan_version }) => plans.has(`${plan}.${plan_version}`))
    .map(({ tenant_id }) => tenant_id);
}

async function membersOf(db: Db, flag: Flag): Promise<Members> {
  const rows = await db
    .selectFrom('rollout_members')
    .select(['tenant_id', 'listed'])
    .where('flag', '=', flag)
    .execute();
  const ids = (listed: boolean) =>
    new Set(rows.filter((row) => Boolean(row.listed) === listed).map(({ tenant_id }) => tenant_id));
  return { listed: ids(true), shared: ids(false) };
}

async function keepMembers(
  db: Db,
  flag: Flag,
  listed: boolean,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): Promise<void> {
  for (const gone of chunks([...before.difference(after)])) {
    await db
      .deleteFrom('rollout_members')
      .where('flag', '=', flag)
      .where('listed', '=', listed)
      .where('tenant_id', 'in', gone)
      .execute();
  }
  for (const come of chunks([...after.difference(before)])) {
    const rows = come.map((tenant_id) => ({ flag, tenant_id, listed }));
    await db.insertInto('rollout_members').values(rows).execute();
  }
}

/** @throws Problem `not_found` */
async function refuseUnknown(db: Db, tenant_ids: readonly string[]): Promise<void> {
  const known = new Set<string>();
  for (const some of chunks(tenant_ids)) {
    const rows = await db.selectFrom('tenants').select('tenant_id').where('tenant_id', 'in', some).execute();
    for (const { tenant_id } of rows) known.add(tenant_id);
  }
  const unknown = tenant_ids.filter((tenant_id) => !known.has(tenant_id));
  if (unknown.length === 0) return;
  throw new Problem('not_found', `There is no tenant ${unknown.join(', ')}. Nothing was changed.`, {
    details: { tenant_ids: unknown },
  });
}
