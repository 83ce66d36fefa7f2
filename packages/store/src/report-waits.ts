/** How long entries waited, from their filing. */
import { setImmediate as letOthersGo } from 'node:timers/promises';
import { type TimelineAction, type WaitingTimes, waitsOf } from '@receptionist/core';
import { type RawBuilder, SqliteAdapter, sql } from 'kysely';
import { type Reported, reportedEntries } from './reported-entries.ts';
import type { Db } from './schema.ts';

/** Of each severity, tenant and person, and under `all` of all. */
export type WaitsByGroup = Record<'whole' | 'severity' | 'tenant' | 'person', Map<string, WaitingTimes>>;

/** From how often each wait was had, in whole seconds, a rank is told as exactly as from all of them. */
export async function waitingTimes(db: Db, pieces: readonly Reported[]): Promise<WaitsByGroup> {
  const whole = createTallies();
  const severity = createTallies();
  const tenant = createTallies();
  const person = createTallies();
  for (const piece of pieces) {
    await letOthersGo();
    for (const entry of await waitsIn(db, piece)) {
      for (const { measure, seconds, by } of happenings(entry)) {
        if (seconds === null || by === null) continue;
        whole.add('all', measure, seconds);
        severity.add(entry.severity, measure, seconds);
        tenant.add(entry.tenant_id, measure, seconds);
        person.add(by, measure, seconds);
      }
    }
  }
  return {
    whole: whole.waits(),
    severity: severity.waits(),
    tenant: tenant.waits(),
    person: person.waits(),
  };
}

type WaitedFor = Awaited<ReturnType<typeof waitsIn>>[number];

function happenings(entry: WaitedFor) {
  return [
    { measure: 'time_to_acknowledge', seconds: entry.acknowledged_s, by: entry.acknowledged_by },
    { measure: 'time_to_engage', seconds: entry.engaged_s, by: entry.engaged_by },
    { measure: 'time_to_resolve', seconds: entry.resolved_s, by: entry.resolved_by },
  ] as const;
}

/** How many waited so many seconds. */
type Tally = Map<number, number>;

function createTallies() {
  const members = new Map<string, Record<keyof WaitingTimes, Tally>>();
  const talliesOf = (member: string) => {
    const known = members.get(member);
    if (known) return known;
    const fresh = { time_to_acknowledge: new Map(), time_to_engage: new Map(), time_to_resolve: new Map() };
    members.set(member, fresh);
    return fresh;
  };
  return {
    add(member: string, measure: keyof WaitingTimes, seconds: number): void {
      const tally = talliesOf(member)[measure];
      tally.set(seconds, (tally.get(seconds) ?? 0) + 1);
    },
    waits: (): Map<string, WaitingTimes> =>
      new Map(Array.from(members, ([member, tallies]) => [member, waitingTimesOf(tallies)])),
  };
}

function waitingTimesOf(tallies: Record<keyof WaitingTimes, Tally>): WaitingTimes {
  return {
    time_to_acknowledge: waitsOf(tallies.time_to_acknowledge),
    time_to_engage: waitsOf(tallies.time_to_engage),
    time_to_resolve: waitsOf(tallies.time_to_resolve),
  };
}

function waitsIn(db: Db, piece: Reported) {
  return reportedEntries(db, piece)
    .select(['severity', 'tenant_id', 'resolved_by'])
    .select([
      first<string | null>('acknowledged', 'acknowledged_by', 'actor').as('acknowledged_by'),
      first<string | null>('engaged', 'engaged_by', 'actor').as('engaged_by'),
      secondsUntil(db, first('acknowledged', 'acknowledged_at', 'at')).as('acknowledged_s'),
      secondsUntil(db, first('engaged', 'engaged_at', 'at')).as('engaged_s'),
      secondsUntil(db, sql`resolved_at`).as('resolved_s'),
    ])
    .execute();
}

/** The caller waited for the first who came. Later rounds begin by clearing the column, so that these few ask the timeline. */
function first<T>(
  action: TimelineAction,
  column: 'acknowledged_at' | 'acknowledged_by' | 'engaged_at' | 'engaged_by',
  member: 'at' | 'actor',
): RawBuilder<T> {
  return sql<T>`case when round = 1 then ${sql.ref(column)} else (
    select ${sql.ref(`event.${member}`)} from fallback_timeline as event
    where event.entry_id = human_fallback.entry_id and event.action = ${sql.lit(action)}
    order by event.seq limit 1) end`;
}

/** Rounded down; null where it has not come. Databases agree on no way to subtract instants. */
function secondsUntil(db: Db, at: RawBuilder<unknown>): RawBuilder<number | null> {
  const ms =
    db.getExecutor().adapter instanceof SqliteAdapter
      ? sql`(unixepoch(${at}, 'subsec') - unixepoch(created_at, 'subsec')) * 1000`
      : sql`extract(epoch from ${at} - created_at) * 1000`;
  return sql`cast(round(${ms}) as bigint) / 1000`;
}
