/** What became of the entries of a period. */
import { REASONS, type Report, SEVERITIES, STATUSES } from '@receptionist/core';
import { z } from 'zod';
import { instant, line, plannedInstant } from './schemas.ts';

export const reportQuery = z.strictObject({
  /** Filed at or after; 30 days before `until` if left out. */
  since: plannedInstant.exactOptional(),
  /** Filed before; now if left out. */
  until: plannedInstant.exactOptional(),
  tenant_id: line(64).exactOptional(),
});

const count = z.int();
const reason = z.enum(REASONS);
const severity = z.enum(SEVERITIES);

const waits = z.object({ p50_s: z.number().nullable(), p90_s: z.number().nullable(), count });
const insideSla = z.object({ share: z.number().nullable(), count, of: count });

const waitingTimes = z.object({
  time_to_acknowledge: waits,
  time_to_engage: waits,
  time_to_resolve: waits,
});

const entryFigures = z.object({
  ...{ entries: count, breached: count, ...waitingTimes.shape },
  inside_sla: z.object({ acknowledge: insideSla, engage: insideSla }),
});

const day = z.object({
  ...{ day: z.iso.date(), entries: count, breached: count },
  by_reason: z.array(z.object({ reason, count })),
  by_severity: z.array(z.object({ severity, count })),
});

const breachedEntry = z.object({
  ...{ entry_id: z.string(), tenant_id: z.string(), severity, reason, created_at: instant },
  ...{ acknowledge: z.boolean(), engage: z.boolean() },
});

export const reportAnswer = z.object({
  ...{ since: instant, until: instant, tenant_id: z.string().nullable(), time_zone: z.string() },
  ...{ reported_at: instant, ...entryFigures.shape, open: count },
  by_status: z.array(z.object({ status: z.enum(STATUSES), count })),
  by_severity: z.array(entryFigures.extend({ severity })),
  by_reason: z.array(z.object({ reason, count })),
  by_tag: z.array(z.object({ tag: z.string(), count })),
  by_day: z.array(day),
  by_tenant: z.array(entryFigures.extend({ tenant_id: z.string() })),
  by_person: z.array(
    waitingTimes.extend({ user: z.string(), acknowledged: count, engaged: count, resolved: count }),
  ),
  breaches: z.object({ entries: count, acknowledge: count, engage: count, latest: z.array(breachedEntry) }),
}) satisfies z.ZodType<Report>;
