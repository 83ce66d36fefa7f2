/** What entries teach: drafts of lessons, and conversations taken again. */
import {
  CALLER_REASONS,
  CHANNELS,
  type LessonDraft,
  REASONS,
  type Replay,
  type ReplayedTurn,
} from '@receptionist/core';
import { z } from 'zod';
import { instant } from './schemas.ts';

export const lessonAnswer = z.object({
  entry_id: z.string(),
  tenant_id: z.string(),
  proposed: z.enum(['answer', 'phrase']).nullable(),
  why: z.string(),
  question: z.string().nullable(),
  answer: z.string().nullable(),
  phrase: z.string().nullable(),
  reason: z.enum(CALLER_REASONS),
}) satisfies z.ZodType<LessonDraft>;

const toldAt = z.object({ turn: z.int().nullable(), reason: z.enum(REASONS) });

const replayedTurn = z.object({
  turn: z.int(),
  at: instant,
  heard: z.string().nullable(),
  was: z.object({ said: z.string(), intent: z.string().nullable(), decision: z.string().nullable() }),
  now: z
    .object({
      said: z.string(),
      intent: z.string().nullable(),
      decision: z.enum(['answer', 'ask', 'book', 'escalate', 'end']),
      reason: z.enum(REASONS).nullable(),
      detail: z.string().nullable(),
      ends: z.boolean(),
      by_model: z.boolean(),
    })
    .nullable(),
  same: z.boolean(),
}) satisfies z.ZodType<ReplayedTurn>;

export const replayAnswer = z.object({
  entry_id: z.string(),
  tenant_id: z.string(),
  conversation_id: z.string(),
  channel: z.enum(CHANNELS),
  would_escalate: z.boolean().nullable(),
  why: z.string(),
  was: toldAt,
  now: toldAt.nullable(),
  turns: z.array(replayedTurn),
}) satisfies z.ZodType<Replay>;
