/** Fallback entries, the moves on them, and escalations filed by hand. */
import {
  CHANNELS,
  type Entry,
  type EntryWithHistory,
  NOTIFICATION_STATUSES,
  REASONS,
  SEVERITIES,
  STATUSES,
  TIMELINE_ACTIONS,
} from '@receptionist/core';
import { z } from 'zod';
import { adminUser, instant, line, pageOf, pageQuery, phone, prose, utterance } from './schemas.ts';

const tag = line(64);
const tags = z.array(tag).max(50);
/** Notes hold at most so many characters. */
export const MOST_NOTES = 10_000;
const notes = prose(MOST_NOTES);

export const assignBody = z.strictObject({ assignee: adminUser });
export const engageBody = z.strictObject({ how: line(200) });
export const joinBody = z.strictObject({ phone });
export const noteBody = z.strictObject({ text: notes });
export const tagBody = z
  .strictObject({ add: tags.default([]), remove: tags.default([]) })
  .refine(({ add, remove }) => add.length + remove.length > 0, 'Name at least one tag in "add" or "remove".');
export const resolveBody = z.strictObject({ notes, tags: tags.default([]) });
export const reopenBody = z.strictObject({ notes });

/** What the person who files it knows; members that are not named here are kept as they come. */
const contextByHand = z.looseObject({
  summary: prose(2000).exactOptional(),
  live: z.boolean().default(false),
  call_sid: line(64).nullable().default(null),
  slots: z.record(z.string(), z.unknown()).default({}),
  transcript: z
    .array(z.strictObject({ ...utterance.shape, text: prose(4000), at: instant.exactOptional() }))
    .max(200)
    .default([]),
});

export const escalationBody = z.strictObject({
  /** Null where the number was withheld. */
  caller: phone.nullable(),
  reason: z.enum(REASONS),
  severity: z.enum(SEVERITIES).exactOptional(),
  reason_detail: prose(1000).nullable().default(null),
  context: contextByHand.prefault({}),
});

export const escalationAnswer = z.object({ event_id: z.string() });

export const eventAnswer = z.object({
  event_id: z.string(),
  entry_id: z.string().nullable(),
  filed_at: instant.nullable(),
});

export const entryQuery = pageQuery.extend({
  /** None: those that are not resolved. */
  status: z.array(z.enum(STATUSES)).default([]),
  tenant_id: line(64).exactOptional(),
  severity: z.enum(SEVERITIES).exactOptional(),
  reason: z.enum(REASONS).exactOptional(),
  tag: tag.exactOptional(),
  assignee: adminUser.exactOptional(),
  /** Filed at or after. */
  since: instant.exactOptional(),
  q: line(200).exactOptional(),
  /** Whether the answer shall say how many there are in all. */
  count: z.boolean().default(false),
});

export const tagsQuery = z.strictObject({ tenant_id: line(64) });

export const usedTag = z.object({ tag: z.string() });

export const entry = z.object({
  entry_id: z.string(),
  tenant_id: z.string(),
  conversation_id: z.string().nullable(),
  channel: z.enum(CHANNELS),
  caller: z.string().nullable(),
  reason: z.enum(REASONS),
  reason_detail: z.string().nullable(),
  severity: z.enum(SEVERITIES),
  status: z.enum(STATUSES),
  created_at: instant,
  ack_due_at: instant,
  engage_due_at: instant,
  ack_breached: z.boolean(),
  engage_breached: z.boolean(),
  assignee: z.string().nullable(),
  acknowledged_by: z.string().nullable(),
  acknowledged_at: instant.nullable(),
  engaged_by: z.string().nullable(),
  engaged_at: instant.nullable(),
  resolved_by: z.string().nullable(),
  resolved_at: instant.nullable(),
  resolution_notes: z.string().nullable(),
  tags: z.array(z.string()),
}) satisfies z.ZodType<Entry>;

/** `total`: of all pages, where it was asked for. */
export const entryPage = pageOf(entry).extend({ total: z.int().exactOptional() });

export const entryWithHistory = entry.extend({
  context: z.looseObject({
    summary: z.string(),
    live: z.boolean(),
    call_sid: z.string().nullable(),
    slots: z.record(z.string(), z.unknown()),
    transcript: z.array(utterance),
  }),
  notifications: z.array(
    z.object({
      channel: z.string(),
      status: z.enum(NOTIFICATION_STATUSES),
      attempts: z.int(),
      sent_at: instant.nullable(),
      reference: z.string().nullable(),
    }),
  ),
  timeline: z.array(
    z.object({
      at: instant,
      actor: z.string(),
      action: z.enum(TIMELINE_ACTIONS),
      detail: z.string().nullable(),
    }),
  ),
}) satisfies z.ZodType<EntryWithHistory>;
