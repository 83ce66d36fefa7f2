/**
 * What goes over the wire, but for tenants and fallback entries, which have files of their own.
 * Bodies are strict: an unknown member is a mistake. Answers are open: members may be added. No transforms, so that
 * JSON Schema can say all of it.
 */
import {
  CHANNELS,
  FLAGS,
  type FlagEvaluation,
  type FlagReason,
  type FlagSource,
  type Outcome,
  PLANS,
  PROBLEMS,
  type ProblemCode,
} from '@receptionist/core';
import { z } from 'zod';

const NO_CONTROL_CHARACTERS = /^[^\p{Cc}]*$/u;
const NO_CONTROL_CHARACTERS_BUT_LAYOUT = /^(?:[^\p{Cc}]|[\t\n\r])*$/u;

/** A line in somebody's words. */
export const line = (max: number) =>
  words(max).regex(NO_CONTROL_CHARACTERS, 'It must not hold control characters.');

/** Some lines in somebody's words. */
export const prose = (max: number) =>
  words(max).regex(
    NO_CONTROL_CHARACTERS_BUT_LAYOUT,
    'It must not hold control characters other than tabs and line breaks.',
  );

const words = (max: number) =>
  z.string().max(max, `It may have ${max} characters at most.`).regex(/\S/, 'It must not be blank.');

export const phone = z.e164('It must be a number in E.164, for example +14155550123.');
export const instant = z.iso.datetime({
  error: 'It must be an instant in UTC, for example 2026-11-22T09:00:00Z.',
  abort: true,
});

const FIRST = Date.parse('2000-01-01T00:00:00Z');
const LAST = Date.parse('2100-01-01T00:00:00Z');

/** Calendars of other centuries are not those that plans are reckoned by. */
export const plannedInstant = instant.refine(
  (at) => FIRST <= Date.parse(at) && Date.parse(at) <= LAST,
  'It must be in this century.',
);

/** `?dry_run=true` says what would come of it, and changes nothing. */
export const dryRunQuery = z.strictObject({ dry_run: z.boolean().default(false) });

/** Who an admin says they are; `sub` of the token. */
export const adminUser = line(128);

export const pageQuery = z.strictObject({
  limit: z.int().min(1).max(500).default(50),
  cursor: z.string().min(1).max(1000).exactOptional(),
});

/** `next_cursor` is null on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() });

/** When the setting was made that the admin saw; null: there was none. Left out: whatever stands there. */
const expected_updated_at = instant.nullable().exactOptional();

export const flagBody = z.strictObject({ enabled: z.boolean(), expected_updated_at });

/** A query has no null: there `none` stands for it. */
export const unsetFlagQuery = z.strictObject({
  expected_updated_at: z.union([instant, z.literal('none')]).exactOptional(),
});

const FLAG_REASONS = [
  'DISABLED',
  'TARGETING_MATCH',
  'SPLIT',
  'DEFAULT',
  'STALE',
  'ERROR',
] as const satisfies FlagReason[];
const FLAG_SOURCES = ['plan', 'tenant', 'rollout', 'safe_default'] as const satisfies FlagSource[];

export const flagEvaluation = z.object({
  flag: z.enum(FLAGS),
  enabled: z.boolean(),
  reason: z.enum(FLAG_REASONS),
  source: z.enum(FLAG_SOURCES),
  safe_value: z.boolean(),
  updated_at: instant.nullable(),
  updated_by: z.string().nullable(),
}) satisfies z.ZodType<FlagEvaluation>;

export const flagsAnswer = z.object({
  tenant_id: z.string(),
  plan: z.enum(PLANS),
  flags: z.array(flagEvaluation),
  /** The tenant's own, also those that have no effect because the plan does not include them. */
  settings: z.array(
    z.object({ flag: z.enum(FLAGS), enabled: z.boolean(), updated_at: instant, updated_by: z.string() }),
  ),
});

const OUTCOMES = [
  'answered',
  'message_taken',
  'escalated',
  'caller_left',
  'silence',
  'abuse',
  'failed',
] as const satisfies Outcome[];

export const conversation = z.object({
  conversation_id: z.string(),
  tenant_id: z.string(),
  channel: z.enum(CHANNELS),
  caller: z.string().nullable(),
  started_at: instant,
  ended_at: instant.nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  simulated: z.boolean(),
  flags: z.array(flagEvaluation),
});

export const utterance = z.object({
  speaker: z.enum(['caller', 'receptionist']),
  text: z.string(),
  at: instant,
  confidence: z.number().exactOptional(),
});

export const conversationWithTurns = conversation.extend({
  turns: z.array(utterance.extend({ intent: z.string().nullable(), decision: z.string().nullable() })),
});

export const auditQuery = pageQuery.extend({
  actor: line(128).exactOptional(),
  action: line(128).exactOptional(),
  target: line(256).exactOptional(),
  since: instant.exactOptional(),
});

export const auditRow = z.object({
  at: instant,
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  request_id: z.string(),
  address: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
});

/** RFC 9457. Some codes bring further members, for example `holder` with `already_acknowledged`. */
export const problemAnswer = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(Object.keys(PROBLEMS) as ProblemCode[]),
  request_id: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).exactOptional(),
});
export type ProblemAnswer = z.output<typeof problemAnswer>;
