/** What it means for a tenant to go to another plan, for people. */
import type { Answer, Routes } from '@receptionist/admin-api';
import type { FlagChange, LimitChange, PlanLimit } from '@receptionist/core';
import { moment } from './moments.ts';

type PlanChange = Answer<Routes['putPlan']>;

const LIMIT_WORDS: Readonly<Record<PlanLimit, string>> = {
  included_voice_minutes: 'minutes of calls in a month',
  included_messages: 'texts in a month',
  beyond: 'beyond them',
  concurrent_calls: 'calls at once',
  documents: 'documents',
};

/** Each change on a line of its own; none where nothing changes. */
export function planChangesInWords({ flags, limits, live_calls }: PlanChange): string[] {
  return [
    ...flags.map(flagChangeInWords),
    ...limits.map(
      ({ limit, before, after }) => `${LIMIT_WORDS[limit]}: ${inWords(before)} → ${inWords(after)}`,
    ),
    ...liveCallsInWords(limits, live_calls),
  ];
}

function flagChangeInWords({ flag, before, after }: FlagChange): string {
  const value = `${flag}: ${before.enabled} → ${after.enabled}`;
  // A setting that has no effect now comes back with the plan.
  if (before.source === 'tenant') return `${value}, although ${before.updated_by} set it for this tenant`;
  if (after.source === 'tenant') return `${value}, as ${after.updated_by} set it for this tenant`;
  if (before.source === 'rollout' || after.source === 'rollout') return `${value}, by its rollout`;
  return value;
}

function inWords(limit: LimitChange['before']): string {
  return limit === null ? 'no limit' : String(limit);
}

function liveCallsInWords(limits: readonly LimitChange[], live_calls: number): string[] {
  const most = limits.find(({ limit }) => limit === 'concurrent_calls')?.after;
  if (typeof most !== 'number' || live_calls <= most) return [];
  return [`${live_calls} calls go on at this moment: none is cut, and the next ones leave a message`];
}

/** `t1 is on core, was on free`, and from when where that is later. */
export function planChangeInWords({
  tenant_id,
  plan,
  previous_plan,
  changed_at,
  effective_at,
}: PlanChange): string {
  if (effective_at !== changed_at)
    return `${tenant_id} stays on ${previous_plan} until ${moment(effective_at)}, and goes to ${plan} then`;
  if (plan === previous_plan) return `${tenant_id} stays on ${plan}`;
  return `${tenant_id} is on ${plan}, was on ${previous_plan}`;
}

/** `plan core, version 1; free from 2026-12-01 08:00:00 UTC, set by lex`. */
export function planInWords({ plan, version, next }: Answer<Routes['getPlan']>): string {
  const later = next === null ? '' : `; ${next.plan} from ${moment(next.at)}, set by ${next.by}`;
  return `plan ${plan}, version ${version}${later}`;
}
