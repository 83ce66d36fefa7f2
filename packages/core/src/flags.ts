/**
 * Feature flags and their evaluation: pure, total, never throws.
 * The order is the contract's (section 4): plan, tenant, rollout, safe default.
 */
import type { Plan } from './plans.ts';
import type { Instant } from './tenant.ts';

/** The value a flag has when nothing else is known: the one that cannot hurt a caller or a tenant. */
export const SAFE_VALUES = {
  allow_ai_booking: false,
  allow_rag: false,
  require_human_review: true,
  allow_live_transfer: false,
  record_calls: false,
} as const satisfies Record<string, boolean>;

export type Flag = keyof typeof SAFE_VALUES;
export const FLAGS = Object.keys(SAFE_VALUES) as Flag[];

/** Other names that are accepted for a flag. */
const ALIASES: Record<string, Flag> = { enable_rag: 'allow_rag' };

/** The flag that a name means, or null where there is none. */
export function flagNamed(name: string): Flag | null {
  if (Object.hasOwn(SAFE_VALUES, name)) return name as Flag;
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] as Flag) : null;
}

/** A tenant's own setting, a row of `feature_flags`. */
export interface FlagSetting {
  flag: Flag;
  enabled: boolean;
  updated_at: Instant;
  updated_by: string;
}

export type FlagSource = 'plan' | 'tenant' | 'rollout' | 'safe_default';
export type FlagReason = 'DISABLED' | 'TARGETING_MATCH' | 'SPLIT' | 'DEFAULT' | 'STALE' | 'ERROR';

export interface FlagEvaluation {
  flag: Flag;
  enabled: boolean;
  reason: FlagReason;
  source: FlagSource;
  safe_value: boolean;
  updated_at: Instant | null;
  updated_by: string | null;
}

/** A tenant's place in a rollout. */
export interface FlagRollout {
  flag: Flag;
  /** Before it nothing changes; null: from the start. */
  starts_at: Instant | null;
  updated_at: Instant;
  updated_by: string;
}

/** All that decides a tenant's flags, as it was read at once. */
export interface FlagSnapshot {
  tenant_id: string;
  /** Grows with every change of flags, plans and rollouts: of two snapshots the one with the higher version is newer. */
  version: number;
  plan: Plan;
  /** The flags that the plan includes. */
  included: readonly Flag[];
  /** The tenant's own. */
  settings: readonly FlagSetting[];
  /** Those that the tenant is in. */
  rollouts: readonly FlagRollout[];
}

/** What decides, without whose it is. */
export type FlagTerms = Pick<FlagSnapshot, 'included' | 'settings' | 'rollouts'>;

/** One flag for one tenant: plan, the tenant's own setting, rollout, safe value. */
export function evaluateFlag(flag: Flag, terms: FlagTerms, now: Instant): FlagEvaluation {
  const safe_value = SAFE_VALUES[flag];
  if (!terms.included.includes(flag)) return nothingSet(flag, 'DISABLED', 'plan');
  for (const setting of terms.settings) {
    if (setting.flag !== flag) continue;
    const { enabled, updated_at, updated_by } = setting;
    return { flag, enabled, reason: 'TARGETING_MATCH', source: 'tenant', safe_value, updated_at, updated_by };
  }
  for (const rollout of terms.rollouts) {
    if (rollout.flag !== flag || (rollout.starts_at !== null && now < rollout.starts_at)) continue;
    const { updated_at, updated_by } = rollout;
    return {
      flag,
      enabled: !safe_value,
      reason: 'SPLIT',
      source: 'rollout',
      safe_value,
      updated_at,
      updated_by,
    };
  }
  return nothingSet(flag, 'DEFAULT', 'safe_default');
}

/** Every flag, in the order of the contract. */
export function evaluateFlags(terms: FlagTerms, now: Instant): FlagEvaluation[] {
  return FLAGS.map((flag) => evaluateFlag(flag, terms, now));
}

/** For how long a value that is not the safe one is believed while nothing can be read. */
export const STALE_MS = 5 * 60_000;

/**
 * One flag while nothing can be read. `unread_ms`: since when the snapshot could not be confirmed. The safe value is
 * believed without end; what may do more, for five minutes.
 */
export function evaluateStale(
  flag: Flag,
  snapshot: FlagTerms | null,
  now: Instant,
  unread_ms: number,
): FlagEvaluation {
  if (snapshot === null) return nothingSet(flag, 'ERROR', 'safe_default');
  const last = evaluateFlag(flag, snapshot, now);
  if (last.enabled !== last.safe_value && unread_ms > STALE_MS)
    return nothingSet(flag, 'ERROR', 'safe_default');
  return { ...last, reason: 'STALE' };
}

function nothingSet(flag: Flag, reason: FlagReason, source: FlagSource): FlagEvaluation {
  const safe_value = SAFE_VALUES[flag];
  return { flag, enabled: safe_value, reason, source, safe_value, updated_at: null, updated_by: null };
}

/** Whether a flag is on in a set of evaluations; a flag that is missing there has its safe value. */
export function isOn(evaluations: readonly FlagEvaluation[], flag: Flag): boolean {
  return evaluations.find((evaluation) => evaluation.flag === flag)?.enabled ?? SAFE_VALUES[flag];
}
