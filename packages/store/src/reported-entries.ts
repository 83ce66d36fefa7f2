/** Which entries a report is about, and whether they met their deadlines. */
import type { Instant } from '@receptionist/core';
import { type QueryCreator, sql } from 'kysely';
import type { Tables } from './schema.ts';
import type { ReportRequest } from './store.ts';

export type Reported = Pick<ReportRequest, 'since' | 'until' | 'tenant_id'>;

/** Word for word as in the index, which holds the few that were. */
const NOT_SIMULATED = sql<boolean>`(human_fallback.conversation_id is null or human_fallback.conversation_id not in
  (select conversation_id from conversations where simulated))`;

/** Filed in the period, but for simulated conversations. */
export function reportedEntries(db: QueryCreator<Tables>, { since, until, tenant_id }: Reported) {
  const entries = db
    .selectFrom('human_fallback')
    .where('human_fallback.created_at', '>=', since)
    .where('human_fallback.created_at', '<', until)
    .where(NOT_SIMULATED);
  return tenant_id === null ? entries : entries.where('human_fallback.tenant_id', '=', tenant_id);
}

/**
 * A missed deadline stays marked through later rounds. One that has passed counts before the engine has marked it, and whoever
 * resolves at once has met both.
 */
export function missed(now: Instant) {
  return {
    acknowledge: sql<boolean>`(ack_breached or coalesce(acknowledged_at, resolved_at, ${now}) > ack_due_at)`,
    engage: sql<boolean>`(engage_breached or coalesce(engaged_at, resolved_at, ${now}) > engage_due_at)`,
  };
}

export interface Counts {
  entries: number;
  breached: number;
  acknowledge_inside: number;
  acknowledge_missed: number;
  engage_inside: number;
  engage_missed: number;
}

const ACKNOWLEDGED = sql<boolean>`coalesce(acknowledged_at, resolved_at) is not null`;
const ENGAGED = sql<boolean>`coalesce(engaged_at, resolved_at) is not null`;

/** The columns of `Counts`. */
export function counts(now: Instant) {
  const { acknowledge, engage } = missed(now);
  return [
    sql<number>`count(*)`.as('entries'),
    countOf(sql`${acknowledge} or ${engage}`).as('breached'),
    countOf(sql`${ACKNOWLEDGED} and not ${acknowledge}`).as('acknowledge_inside'),
    countOf(acknowledge).as('acknowledge_missed'),
    countOf(sql`${ENGAGED} and not ${engage}`).as('engage_inside'),
    countOf(engage).as('engage_missed'),
  ] as const;
}

function countOf(condition: ReturnType<typeof sql>) {
  return sql<number>`count(*) filter (where ${condition})`;
}
