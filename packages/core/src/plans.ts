/** Plans: what a tenant has paid for. The rows live in the table `plans`; the names and their order are fixed here. */
import type { Flag } from './flags.ts';

export const PLANS = ['free', 'core', 'pro', 'enterprise'] as const;
export type Plan = (typeof PLANS)[number];

export interface PlanTerms {
  plan: Plan;
  /** Minutes of calls in a month, or null: no limit. */
  included_voice_minutes: number | null;
  /** Texts in a month, sent and received, or null: no limit. */
  included_messages: number | null;
  /** What happens beyond them. `block` refuses what is new and never cuts a live call. */
  beyond: 'block' | 'bill';
  /** Calls at the same time, or null: no limit. */
  concurrent_calls: number | null;
  /** Documents in the tenant's knowledge, or null: no limit. */
  documents: number | null;
  flags: Flag[];
}

export function isPlan(name: string): name is Plan {
  return (PLANS as readonly string[]).includes(name);
}
