/**
 * The figures of a period. The database counts, a day at a time: on SQLite turns come in between, on Postgres each question ends
 * within our patience, and no more than a day's waits are here at once, however many entries there are.
 */
import { setImmediate as letOthersGo } from 'node:timers/promises';
import {
  type BreachedEntry,
  datesOf,
  dayOf,
  type EntryFigures,
  type Instant,
  insideSla,
  NOBODY_CAME,
  REASONS,
  type Reason,
  type Report,
  type ReportedDay,
  type ReportedPerson,
  SEVERITIES,
  type Severity,
  STATUSES,
  type Status,
  type WaitingTimes,
} from '@receptionist/core';
import { waitingTimes } from './report-waits.ts';
import { type Counts, counts, missed, type Reported, reportedEntries } from './reported-entries.ts';
import type { Db } from './schema.ts';
import type { ReportRequest } from './store.ts';

const MOST_TAGS = 100;
const MOST_NAMED = 20;

export async function report(db: Db, asked: ReportRequest): Promise<Report> {
  const days = await daysWithEntries(db, asked);
  const rows = await countsByDay(db, asked, days);
  const waits = await waitingTimes(db, days);
  const { acknowledge_missed: acknowledge, engage_missed: engage } = total(rows);
  const figures = figuresOf(rows, waits.whole.get('all'));
  return {
    ...asked,
    ...figures,
    open: total(rows.filter(({ status }) => status === 'open')).entries,
    by_status: tally(rows, 'status', STATUSES),
    by_severity: SEVERITIES.map((severity) => {
      const ofSeverity = rows.filter((row) => row.severity === severity);
      return { severity, ...figuresOf(ofSeverity, waits.severity.get(severity)) };
    }),
    by_reason: tally(rows, 'reason', REASONS).toSorted((a, b) => b.count - a.count),
    by_tag: await tagCounts(db, days),
    by_day: everyDay(asked, rows),
    by_tenant: byTenant(rows, waits.tenant),
    by_person: byPerson(waits.person),
    breaches: {
      ...{ entries: figures.breached, acknowledge, engage },
      latest: await latestBreaches(db, asked, days),
    },
  };
}

type Day = Reported & { day: string };

interface DayRow extends Counts {
  day: string;
  tenant_id: string;
  reason: Reason;
  severity: Severity;
  status: Status;
}

async function countsByDay(db: Db, asked: ReportRequest, days: readonly Day[]): Promise<DayRow[]> {
  const rows: DayRow[] = [];
  for (const { day, ...period } of days) {
    await letOthersGo();
    const counted = await reportedEntries(db, period)
      .select(['tenant_id', 'reason', 'severity', 'status'])
      .select(counts(asked.reported_at))
      .groupBy(['tenant_id', 'reason', 'severity', 'status'])
      .execute();
    rows.push(...counted.map((row) => ({ ...row, day })));
  }
  return rows;
}

/** From the first entry to the last: whoever asks for the whole past has not had entries since the year 2000. */
async function daysWithEntries(db: Db, asked: ReportRequest): Promise<Day[]> {
  const [first, last] = [await filedAt(db, asked, 'asc'), await filedAt(db, asked, 'desc')];
  if (first === undefined || last === undefined) return [];
  const until = new Date(Date.parse(last) + 1).toISOString();
  return datesOf({ since: first, until, time_zone: asked.time_zone }).map((day) => partOf(asked, day));
}

/** Found by the index; a minimum and a maximum at once would read all of it. */
async function filedAt(db: Db, asked: Reported, order: 'asc' | 'desc'): Promise<Instant | undefined> {
  const entry = await reportedEntries(db, asked)
    .select('created_at')
    .orderBy('created_at', order)
    .limit(1)
    .executeTakeFirst();
  return entry?.created_at;
}

function partOf({ since, until, tenant_id, time_zone }: ReportRequest, day: string): Day {
  const whole = dayOf(day, time_zone);
  return {
    day,
    since: whole.since > since ? whole.since : since,
    until: whole.until < until ? whole.until : until,
    tenant_id,
  };
}

function everyDay(asked: ReportRequest, rows: DayRow[]): ReportedDay[] {
  const [until = asked.until] = [asked.until, asked.reported_at].sort();
  const byDay = Map.groupBy(rows, ({ day }) => day);
  return datesOf({ ...asked, until }).map((day) => {
    const ofDay = byDay.get(day) ?? [];
    const { entries, breached } = total(ofDay);
    return {
      ...{ day, entries, breached },
      by_reason: tally(ofDay, 'reason', REASONS),
      by_severity: tally(ofDay, 'severity', SEVERITIES),
    };
  });
}

/** How many of each, without those there are none of. */
function tally<Name extends 'reason' | 'severity' | 'status'>(
  rows: DayRow[],
  name: Name,
  values: readonly DayRow[Name][],
) {
  return values.flatMap((value) => {
    const count = total(rows.filter((row) => row[name] === value)).entries;
    return count === 0 ? [] : [{ [name]: value, count } as Record<Name, DayRow[Name]> & { count: number }];
  });
}

const NOTHING: Counts = {
  entries: 0,
  breached: 0,
  acknowledge_inside: 0,
  acknowledge_missed: 0,
  engage_inside: 0,
  engage_missed: 0,
};

function total(rows: readonly Counts[]): Counts {
  const names = Object.keys(NOTHING) as (keyof Counts)[];
  const sum = (name: keyof Counts) => rows.reduce((sum, row) => sum + row[name], 0);
  return Object.fromEntries(names.map((name) => [name, sum(name)])) as unknown as Counts;
}

function figuresOf(rows: readonly Counts[], waits = NOBODY_CAME): EntryFigures {
  const { entries, breached, ...of } = total(rows);
  return {
    ...{ entries, breached, ...waits },
    inside_sla: {
      acknowledge: insideSla(of.acknowledge_inside, of.acknowledge_missed),
      engage: insideSla(of.engage_inside, of.engage_missed),
    },
  };
}

async function tagCounts(db: Db, days: readonly Reported[]): Promise<Report['by_tag']> {
  const counts = new Map<string, number>();
  for (const day of days) {
    await letOthersGo();
    const rows = await reportedEntries(db, day)
      .innerJoin('fallback_tags', 'fallback_tags.entry_id', 'human_fallback.entry_id')
      .select(({ fn }) => ['tag', fn.countAll<number>().as('count')])
      .groupBy('tag')
      .execute();
    for (const { tag, count } of rows) counts.set(tag, (counts.get(tag) ?? 0) + count);
  }
  const tags = Array.from(counts, ([tag, count]) => ({ tag, count }));
  return tags.sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1)).slice(0, MOST_TAGS);
}

function byTenant(rows: readonly DayRow[], waits: Map<string, WaitingTimes>): Report['by_tenant'] {
  const tenants = Array.from(
    Map.groupBy(rows, ({ tenant_id }) => tenant_id),
    ([tenant_id, ofTenant]) => ({ tenant_id, ...figuresOf(ofTenant, waits.get(tenant_id)) }),
  );
  return tenants.sort((a, b) => b.entries - a.entries || (a.tenant_id < b.tenant_id ? -1 : 1));
}

/** Who did most stands first. */
function byPerson(waits: Map<string, WaitingTimes>): ReportedPerson[] {
  const people = Array.from(waits, ([user, times]) => ({
    user,
    acknowledged: times.time_to_acknowledge.count,
    engaged: times.time_to_engage.count,
    resolved: times.time_to_resolve.count,
    ...times,
  }));
  const done = ({ acknowledged, engaged, resolved }: ReportedPerson) => acknowledged + engaged + resolved;
  return people.sort((a, b) => done(b) - done(a) || (a.user < b.user ? -1 : 1));
}

async function latestBreaches(
  db: Db,
  { reported_at }: ReportRequest,
  days: readonly Reported[],
): Promise<BreachedEntry[]> {
  const { acknowledge, engage } = missed(reported_at);
  const latest: BreachedEntry[] = [];
  for (const day of days.toReversed()) {
    if (latest.length === MOST_NAMED) break;
    await letOthersGo();
    const rows = await reportedEntries(db, day)
      .where(({ or }) => or([acknowledge, engage]))
      .select(['entry_id', 'tenant_id', 'severity', 'reason', 'created_at'])
      .select([acknowledge.as('acknowledge'), engage.as('engage')])
      .orderBy('created_at', 'desc')
      .orderBy('entry_id', 'desc')
      .limit(MOST_NAMED - latest.length)
      .execute();
    latest.push(
      ...rows.map((row) => ({ ...row, acknowledge: Boolean(row.acknowledge), engage: Boolean(row.engage) })),
    );
  }
  return latest;
}
