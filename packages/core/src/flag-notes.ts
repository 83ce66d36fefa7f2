/** What people should know of each flag: whose it is, since when, what it is for, and when it could go. */
import { type Flag, SAFE_VALUES } from './flags.ts';
import type { Instant } from './tenant.ts';

/** `permission`: what a tenant may have, as long as it is sold. `release`: until everybody has it. */
export type FlagKind = 'permission' | 'release';

export interface FlagNote {
  /** Whom to ask before it goes. */
  owner: string;
  /** The day it came. */
  since: string;
  kind: FlagKind;
  /** What it switches. */
  meaning: string;
}

export const FLAG_NOTES: Readonly<Record<Flag, FlagNote>> = {
  allow_ai_booking: {
    owner: 'conversation',
    since: '2026-11-22',
    kind: 'permission',
    meaning: 'the receptionist may book, move and cancel appointments',
  },
  allow_rag: {
    owner: 'knowledge',
    since: '2026-11-22',
    kind: 'permission',
    meaning: "answers may come from the tenant's documents",
  },
  require_human_review: {
    owner: 'conversation',
    since: '2026-11-22',
    kind: 'permission',
    meaning: "what the receptionist books waits for a human's approval",
  },
  allow_live_transfer: {
    owner: 'telephony',
    since: '2026-11-22',
    kind: 'permission',
    meaning: "a live caller may be put through to a person's phone",
  },
  record_calls: {
    owner: 'telephony',
    since: '2026-11-22',
    kind: 'permission',
    meaning: 'calls are recorded, after the consent sentence',
  },
};

/** How a flag is used, by the tenants whose plan includes it. */
export interface FlagUsage {
  flag: Flag;
  /** How many there are. */
  tenants: number;
  /** How many of them have it on, and off, by their own setting, and how many are in its rollout. */
  on: number;
  off: number;
  in_rollout: number;
  /** The last change of a setting or of the rollout; null: never. */
  changed_at: Instant | null;
}

/** So long nobody touched what is forgotten. */
const UNTOUCHED_MS = 14 * 24 * 60 * 60_000;

/** Why a flag could go, or null: for 14 days nobody was given it, or everybody has it. */
export function staleness(usage: FlagUsage, now: Instant): Staleness | null {
  const { flag, tenants, on, off, in_rollout, changed_at } = usage;
  const lastTouched = changed_at ?? `${FLAG_NOTES[flag].since}T00:00:00.000Z`;
  if (Date.parse(now) - Date.parse(lastTouched) < UNTOUCHED_MS) return null;
  const [given, withheld] = SAFE_VALUES[flag] ? [off, on] : [on, off];
  if (given === 0 && in_rollout === 0) return 'unused';
  return withheld === 0 && Math.max(given, in_rollout) === tenants ? 'everywhere' : null;
}

export const STALENESSES = ['unused', 'everywhere'] as const;
export type Staleness = (typeof STALENESSES)[number];
