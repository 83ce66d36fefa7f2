/** Rollouts: who is in one, its steps over days, and how the calls of those in it go. */
import { type Figures, HALT_CONDITIONS, haltCondition, STALENESSES, VERDICTS } from '@receptionist/core';
import { z } from 'zod';
import { flagEvaluation, instant, plannedInstant } from './schemas.ts';
import { distinctList, tenantId } from './tenant.ts';

const percent = z
  .number()
  .min(0, 'It must be 0 to 100.')
  .max(100, 'It must be 0 to 100.')
  .multipleOf(0.01, 'It may have two decimals at most.');

export const rolloutBody = z.strictObject({
  percent: percent.describe('of the tenants whose plan includes the flag'),
  tenants: distinctList(tenantId, 2000)
    .exactOptional()
    .describe('those who are in whatever the percentage; left out: as they are'),
  starts_at: plannedInstant
    .nullable()
    .exactOptional()
    .describe('before it nothing changes; left out: as it is'),
});

const haltIf = z
  .string()
  .refine((text) => haltCondition(text) !== null, `It must be one of: ${HALT_CONDITIONS}.`)
  .nullable()
  .default(null);

const step = z.strictObject({
  percent,
  at: plannedInstant.exactOptional().describe('only the first step may leave it out: now'),
});

/** A later step comes later and takes in more. */
const steps = z
  .array(step)
  .min(1, 'There must be a step.')
  .max(100, 'There may be 100 at most.')
  .superRefine((all, context) => {
    for (const [index, { at, percent }] of all.entries()) {
      const before = all[index - 1];
      if (before === undefined) continue;
      const wrong = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [index, path], message });
      if (at === undefined) wrong('at', 'It is missing.');
      else if (before.at !== undefined && Date.parse(at) <= Date.parse(before.at))
        wrong('at', 'It must come after the step before.');
      if (percent <= before.percent) wrong('percent', 'It must be more than in the step before.');
    }
  });

export const rolloutPlanBody = z.strictObject({ steps, halt_if: haltIf });

const rolloutPlan = z.object({
  steps: z.array(z.object({ percent: z.number(), at: instant })),
  /** How many of the steps are behind it. */
  next_step: z.int(),
  next_at: instant.nullable(),
  halt_if: z.string().nullable(),
  started_at: instant,
  /** The percentage before its first step. */
  started_percent: z.number(),
  /** When the last step was taken, and from which percentage. */
  stepped_at: instant.nullable(),
  stepped_from: z.number().nullable(),
  halted_at: instant.nullable(),
  halted_why: z.string().nullable(),
  by: z.string(),
});

const flag = flagEvaluation.shape.flag;

export const rollout = z.object({
  flag,
  percent: z.number(),
  /** Whatever their own setting. */
  tenants_on: z.array(z.string()),
  starts_at: instant.nullable(),
  /** Those of them who are in whatever the percentage. */
  tenants: z.array(z.string()),
  updated_at: instant.nullable(),
  updated_by: z.string().nullable(),
  plan: rolloutPlan.nullable(),
});

/** With those who came in and went by it. */
export const rolloutAnswer = rollout.extend({ added: z.array(z.string()), removed: z.array(z.string()) });

const figures = z.object({
  tenants: z.int(),
  calls: z.int(),
  escalations: z.int(),
  bookings: z.int().nullable(),
  turn_ms_p50: z.number().nullable(),
}) satisfies z.ZodType<Figures>;

const comparison = z.object({
  on: z.number().nullable(),
  off: z.number().nullable(),
  change: z.number().nullable(),
  verdict: z.enum(VERDICTS),
});

/** How the calls with the flag on went, beside those with it off. */
export const rolloutStatus = z.object({
  flag,
  percent: z.number(),
  since: instant,
  until: instant,
  on: figures,
  off: figures,
  compared: z.object({ escalation_rate: comparison, booking_rate: comparison, turn_ms: comparison }),
  plan: rolloutPlan.nullable(),
});

/** A flag over all tenants. */
export const flagUse = z.object({
  flag,
  safe_value: z.boolean(),
  meaning: z.string(),
  owner: z.string(),
  since: z.iso.date(),
  kind: z.enum(['permission', 'release']),
  /** How many tenants there are whose plan includes it, who has it on and off by an own setting, and who is in its rollout. */
  tenants: z.int(),
  on: z.int(),
  off: z.int(),
  in_rollout: z.int(),
  percent: z.number(),
  changed_at: instant.nullable(),
  /** Why it could go, or null. */
  stale: z.enum(STALENESSES).nullable(),
});
