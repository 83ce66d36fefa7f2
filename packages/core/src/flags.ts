/**
 * Feature flags and their evaluation: pure, total, never throws.
 * The order is the contract's (section 4): plan, tenant, rollout, safe default.
 */
import type { PlanTerms } from './plans.ts';
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

/** One flag for one tenant. `setting` is the tenant's own, if it has one. */
export function evaluateFlag(
  flag: Flag,
  terms: Pick<PlanTerms, 'flags'>,
  setting?: FlagSetting,
): FlagEvaluation {
  const safe_value = SAFE_VALUES[flag];
  const nothingSet = { flag, enabled: safe_value, safe_value, updated_at: null, updated_by: null };
  if (!terms.flags.includes(flag)) return { ...nothingSet, reason: 'DISABLED', source: 'plan' };
  if (!setting) return { ...nothingSet, reason: 'DEFAULT', source: 'safe_default' };
  const { enabled, updated_at, updated_by } = setting;
  return { flag, enabled, reason: 'TARGETING_MATCH', source: 'tenant', safe_value, updated_at, updated_by };
}

/** Every flag, in the order of the contract. */
export function evaluateFlags(
  terms: Pick<PlanTerms, 'flags'>,
  settings: readonly FlagSetting[],
): FlagEvaluation[] {
  return FLAGS.map((flag) =>
    evaluateFlag(
      flag,
      terms,
      settings.find((setting) => setting.flag === flag),
    ),
  );
}

/** Whether a flag is on in a set of evaluations; a flag that is missing there has its safe value. */
export function isOn(evaluations: readonly FlagEvaluation[], flag: Flag): boolean {
  return evaluations.find((evaluation) => evaluation.flag === flag)?.enabled ?? SAFE_VALUES[flag];
}
