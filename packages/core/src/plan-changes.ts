/** What it means for a tenant to go from one plan to another. */
import type { Flag, FlagEvaluation } from './flags.ts';
import type { PlanTerms } from './plans.ts';
import type { Instant } from './tenant.ts';
import { firstInstantAt, wallClock } from './wall-clock.ts';

export const PLAN_LIMITS = [
  'included_voice_minutes',
  'included_messages',
  'beyond',
  'concurrent_calls',
  'documents',
] as const satisfies (keyof PlanTerms)[];
export type PlanLimit = (typeof PLAN_LIMITS)[number];

export interface LimitChange {
  limit: PlanLimit;
  /** Null: no limit. */
  before: PlanTerms[PlanLimit];
  after: PlanTerms[PlanLimit];
}

export function limitChanges(before: PlanTerms, after: PlanTerms): LimitChange[] {
  return PLAN_LIMITS.filter((limit) => before[limit] !== after[limit]).map((limit) => ({
    limit,
    before: before[limit],
    after: after[limit],
  }));
}

export interface FlagChange {
  flag: Flag;
  before: FlagEvaluation;
  after: FlagEvaluation;
}

/** The flags that get another value. */
export function flagChanges(
  before: readonly FlagEvaluation[],
  after: readonly FlagEvaluation[],
): FlagChange[] {
  return after.flatMap((evaluation) => {
    const was = before.find(({ flag }) => flag === evaluation.flag);
    if (was === undefined || was.enabled === evaluation.enabled) return [];
    return [{ flag: evaluation.flag, before: was, after: evaluation }];
  });
}

/** When the month that it is in this time zone is over. */
export function endOfMonth(now: Instant, time_zone: string): Instant {
  const local = new Date(wallClock(Date.parse(now), time_zone));
  const firstOfNext = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1);
  return new Date(firstInstantAt(firstOfNext, time_zone)).toISOString();
}
