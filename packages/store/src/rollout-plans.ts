/** Rollouts that go on by themselves. The row alone knows which step is next and when. */
import type { Flag, Instant } from '@receptionist/core';
import type { Selectable } from 'kysely';
import { toJson } from './columns.ts';
import type { FlagVerbs, RolloutPlan, RolloutStep } from './flag-verbs.ts';
import { hundredths, percentOf } from './rollouts.ts';
import type { Db, RolloutPlansTable } from './schema.ts';

export async function rolloutPlans(db: Db): Promise<RolloutPlan[]> {
  return (await db.selectFrom('rollout_plans').selectAll().orderBy('flag').execute()).map(toPlan);
}

export async function setRolloutPlan(
  db: Db,
  flag: Flag,
  { steps, halt_if, by }: { steps: readonly RolloutStep[]; halt_if: string | null; by: string },
  now: Instant,
): Promise<void> {
  const inOrder = steps.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const row = {
    ...{ steps: toJson(inOrder), next_step: 0, next_at: inOrder[0]?.at ?? null, halt_if },
    ...{ started_at: now, started_hundredths: hundredths(await percentOf(db, flag)) },
    ...{ stepped_at: null, stepped_from_hundredths: null, halted_at: null, halted_why: null },
    planned_by: by,
  };
  await db
    .insertInto('rollout_plans')
    .values({ flag, ...row })
    .onConflict((conflict) => conflict.column('flag').doUpdateSet(row))
    .execute();
}

export async function claimDueRolloutStep(
  db: Db,
  now: Instant,
  of?: Flag,
): Promise<Awaited<ReturnType<FlagVerbs['claimDueRolloutStep']>>> {
  let due = db
    .selectFrom('rollout_plans')
    .selectAll()
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .limit(1)
    .forUpdate()
    .skipLocked();
  if (of) due = due.where('flag', '=', of);
  const row = await due.executeTakeFirst();
  if (!row) return null;
  const { flag, steps } = toPlan(row);
  const next_step = steps.filter(({ at }) => at <= now).length;
  const step = steps[next_step - 1] as RolloutStep;
  const taken = {
    ...{ next_step, next_at: steps[next_step]?.at ?? null },
    ...{ stepped_at: now, stepped_from_hundredths: hundredths(await percentOf(db, flag)) },
  };
  await db.updateTable('rollout_plans').set(taken).where('flag', '=', flag).execute();
  return { plan: toPlan({ ...row, ...taken }), percent: step.percent };
}

export async function haltRollout(db: Db, flag: Flag, why: string, now: Instant): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('rollout_plans')
    .set({ halted_at: now, halted_why: why, next_at: null })
    .where('flag', '=', flag)
    .where('halted_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function clearRolloutPlan(db: Db, flag: Flag): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('rollout_plans').where('flag', '=', flag).executeTakeFirst();
  return numDeletedRows > 0n;
}

function toPlan({
  steps,
  started_hundredths,
  stepped_from_hundredths: from,
  planned_by: by,
  ...row
}: Selectable<RolloutPlansTable>): RolloutPlan {
  const stepped_from = from === null ? null : from / 100;
  return { ...row, steps: JSON.parse(steps), started_percent: started_hundredths / 100, stepped_from, by };
}
