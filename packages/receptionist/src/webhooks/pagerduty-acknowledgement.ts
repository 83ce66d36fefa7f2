/** What PagerDuty's webhooks say. https://developer.pagerduty.com/docs/webhooks-overview */
import { cleanText, type Instant } from '@receptionist/core';
import { z } from 'zod';
import { readDedupKey } from '../notify/pagerduty-event.ts';

const NAME_LIMIT = 100;

/** Somebody pressed "Acknowledge" there. */
export interface Acknowledgement {
  event_id: string;
  entry_id: string;
  round: number;
  at: Instant;
  /** As PagerDuty knows them. */
  who: string;
}

const acknowledged = z.object({
  event: z.object({
    id: z.string().min(1).max(200),
    event_type: z.literal('incident.acknowledged'),
    occurred_at: z.iso.datetime({ offset: true }),
    // Whoever acknowledges by the Events API, as we do ourselves, is no user.
    agent: z.object({
      type: z.enum(['user', 'user_reference']),
      id: z.string().min(1),
      summary: z.string().nullish(),
    }),
    data: z.object({ incident_key: z.string() }),
  }),
});

/** Null: it is something else, or about nothing of ours. */
export function readAcknowledgement(body: unknown): Acknowledgement | null {
  const { data } = acknowledged.safeParse(body);
  const incident = data && readDedupKey(data.event.data.incident_key);
  if (!incident) return null;
  const { id, occurred_at, agent } = data.event;
  const at = new Date(occurred_at).toISOString();
  return { event_id: id, ...incident, at, who: cleanText(agent.summary || agent.id, NAME_LIMIT) };
}
