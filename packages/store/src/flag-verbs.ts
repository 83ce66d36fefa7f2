/** What is asked and changed about flags, rollouts and plans; a part of the store's verbs. */
import type { Figures, Flag, FlagSnapshot, Instant, Plan, PlanTerms } from '@receptionist/core';

/** A rollout as it stands; where there never was one, 0 percent and nobody. */
export interface Rollout {
  flag: Flag;
  /** 0 to 100, two decimals. */
  percent: number;
  /** Before it nothing changes; null: from the start. */
  starts_at: Instant | null;
  /** Those that are in whatever the percentage, also where their plan does not include the flag; by id. */
  tenants: string[];
  /** All that are in by name or share and whose plan includes the flag, in the order in which a growing rollout takes them. */
  tenants_on: string[];
  updated_at: Instant | null;
  updated_by: string | null;
}

/** What is left out stays as it is. */
export interface RolloutTerms {
  percent: number;
  tenants?: readonly string[] | undefined;
  starts_at?: Instant | null | undefined;
}

/** Who comes and goes, and who is in then, in the order of `Rollout.tenants_on`. */
export interface RolloutEffect {
  added: string[];
  removed: string[];
  tenants_on: string[];
}

export interface RolloutStep {
  percent: number;
  at: Instant;
}

/** A rollout that goes on by itself. */
export interface RolloutPlan {
  flag: Flag;
  /** In the order of their times. */
  steps: RolloutStep[];
  /** How many of the steps are behind it, and when the next is due; null: none is left, or it was halted. */
  next_step: number;
  next_at: Instant | null;
  /** In core's words; null: nothing halts it. */
  halt_if: string | null;
  started_at: Instant;
  started_percent: number;
  /** When the last step was taken, and from which percentage; null before the first. */
  stepped_at: Instant | null;
  stepped_from: number | null;
  halted_at: Instant | null;
  halted_why: string | null;
  by: string;
}

/** How a flag is used, by the tenants whose plan includes it. */
export interface FlagUse {
  flag: Flag;
  /** How many there are. */
  tenants: number;
  /** How many of them have it on, and off, by their own setting. */
  on: number;
  off: number;
  /** The last of all own settings, whatever the plan. */
  last_set_at: Instant | null;
  rollout: Rollout;
}

/** A tenant's plan, pinned, and what it was decided to become. */
export interface TenantPlan {
  tenant_id: string;
  plan: Plan;
  version: number;
  next: { plan: Plan; at: Instant; by: string } | null;
}

/** What somebody saw before deciding: null for no own setting. */
export interface Seen {
  expected?: { updated_at: Instant | null } | undefined;
}

export interface FlagReadVerbs {
  /** The terms of a plan; without `version` the newest. */
  planTerms(plan: Plan, version?: number): Promise<PlanTerms & { version: number }>;
  planOf(tenant_id: string): Promise<TenantPlan | null>;

  /** All that decides the tenant's flags, read at once, or null. */
  flagSnapshot(tenant_id: string): Promise<FlagSnapshot | null>;
  /** Of those tenants that are there, by id. */
  flagSnapshots(tenant_ids: readonly string[]): Promise<FlagSnapshot[]>;
  /** Grows with every change that can change an evaluation. */
  flagVersion(): Promise<number>;
  /** Whose flags may have changed since; `all` also where that is no longer known. Versions become visible in their order. */
  flagChangesSince(version: number): Promise<{ version: number; tenant_ids: string[] | 'all' }>;
  /** Of every flag, or of one. */
  flagSettingsOfAll(flag?: Flag): Promise<FlagUse[]>;

  getRollout(flag: Flag): Promise<Rollout>;
  /** All there are, those that were halted or are through too. */
  rolloutPlans(): Promise<RolloutPlan[]>;
  /**
   * Calls that began from `since` on and before `until`, by what the flag was for each: `on` is the value that a rollout gives.
   * Calls under a plan without the flag are left out; simulated ones too, unless asked for.
   */
  rolloutFigures(
    flag: Flag,
    since: Instant,
    until: Instant,
    options?: { simulated: boolean },
  ): Promise<{ on: Figures; off: Figures }>;

  /**
   * Calls that go on and are served: begun within the last 4 hours, the longest that Twilio lets one be, and not ended. Those over
   * the plan's limit, which only leave a message (core: `call_limit` in their state), take no place; simulated ones are counted
   * by themselves.
   */
  liveCalls(tenant_id: string, now: Instant, options?: { simulated: boolean }): Promise<number>;
}

export interface FlagVerbs {
  /** At once, on the newest version of the plan; a change that was deferred is forgotten. @throws Problem `not_found` */
  putOnPlan(
    tenant_id: string,
    plan: Plan,
    at: Instant,
  ): Promise<{ previous_plan: Plan; previous_version: number; version: number }>;
  /** Later, in the place of what was deferred before. @throws Problem `not_found` */
  deferPlan(tenant_id: string, plan: Plan, due_at: Instant, by: string, now: Instant): Promise<void>;
  /** What was deferred and is due, some hundred at most, those that waited longest first; others' are left to them. */
  applyDuePlans(now: Instant): Promise<{ tenant_id: string; plan: Plan; previous_plan: Plan; by: string }[]>;

  /** @throws Problem `conflict` where another setting stands there than was `expected`, naming who made it and when */
  setFlag(
    tenant_id: string,
    flag: Flag,
    enabled: boolean,
    by: string,
    at: Instant,
    seen?: Seen,
  ): Promise<void>;
  /** @throws Problem `conflict`, as setFlag */
  unsetFlag(tenant_id: string, flag: Flag, at: Instant, seen?: Seen): Promise<void>;

  /** @throws Problem `not_found` for a tenant named that is not there */
  setRollout(flag: Flag, terms: RolloutTerms, by: string, at: Instant): Promise<RolloutEffect>;
  /** In the place of the one before. The percentage at the moment is where it starts. */
  setRolloutPlan(
    flag: Flag,
    plan: { steps: readonly RolloutStep[]; halt_if: string | null; by: string },
    now: Instant,
  ): Promise<void>;
  /**
   * Take the step that is due: of several the last, which stands for them all. Nobody else takes it; whoever did sets the
   * rollout to `percent` in the same transaction.
   */
  claimDueRolloutStep(now: Instant, flag?: Flag): Promise<{ plan: RolloutPlan; percent: number } | null>;
  /** False, and nothing written, where it was halted or taken away meanwhile. */
  haltRollout(flag: Flag, why: string, now: Instant): Promise<boolean>;
  /** False: there was none. */
  clearRolloutPlan(flag: Flag): Promise<boolean>;

  /** Whoever counts the tenant's calls and begins one in this transaction does so alone, on all daemons. */
  holdCallSlot(tenant_id: string): Promise<void>;
}
