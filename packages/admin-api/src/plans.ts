/** What a tenant has paid for: its plan, what the plan gives, and what it means to go to another. */
import { type FlagChange, type LimitChange, PLAN_LIMITS, PLANS } from '@receptionist/core';
import { z } from 'zod';
import { flagEvaluation, instant } from './schemas.ts';

export const planBody = z.strictObject({
  plan: z.enum(PLANS),
  at: z
    .literal('month_end')
    .exactOptional()
    .describe("not now, but when the month ends in the tenant's time zone"),
});

const limit = z.union([z.number(), z.enum(['block', 'bill'])]).nullable();

const limitChange = z.object({
  limit: z.enum(PLAN_LIMITS),
  before: limit,
  after: limit,
}) satisfies z.ZodType<LimitChange>;

const flagChange = z.object({
  flag: flagEvaluation.shape.flag,
  before: flagEvaluation,
  after: flagEvaluation,
}) satisfies z.ZodType<FlagChange>;

export const planAnswer = z.object({
  tenant_id: z.string(),
  plan: z.enum(PLANS),
  previous_plan: z.enum(PLANS),
  changed_by: z.string(),
  changed_at: instant,
  /** `changed_at`, or the end of the month. */
  effective_at: instant,
  version: z.int(),
  previous_version: z.int(),
  /** The flags that get another value, and the limits that are not the same. */
  flags: z.array(flagChange),
  limits: z.array(limitChange),
  /** Calls that go on at this moment; none of them is touched. */
  live_calls: z.int(),
});

/** The present plan of a tenant, and the one that it goes to. */
export const tenantPlan = z.object({
  tenant_id: z.string(),
  plan: z.enum(PLANS),
  version: z.int(),
  next: z.object({ plan: z.enum(PLANS), at: instant, by: z.string() }).nullable(),
  live_calls: z.int(),
});
