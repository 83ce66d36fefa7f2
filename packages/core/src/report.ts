/** How the people fared who were asked to help: the words of the report, and what is reckoned in it. docs/operations.md explains. */
import type { Entry, Reason, Status } from './fallback.ts';
import { addDays, localTime } from './opening-hours.ts';
import type { Instant, Severity } from './tenant.ts';
import { firstInstantAt } from './wall-clock.ts';

/** From the filing, over the entries for which it has happened. */
export interface Waits {
  /** Whole seconds, rounded down, by the nearest rank: one of those that were measured. Null where there is none. */
  p50_s: number | null;
  p90_s: number | null;
  count: number;
}

/** `count` of the `of` entries whose deadline was met or has passed; of those whose deadline is ahead nobody knows yet. */
export interface InsideSla {
  /** 0 to 1, or null where `of` is 0. */
  share: number | null;
  count: number;
  of: number;
}

export interface WaitingTimes {
  time_to_acknowledge: Waits;
  time_to_engage: Waits;
  time_to_resolve: Waits;
}

/** What is said of all entries, and of each tenant's and each severity's. */
export interface EntryFigures extends WaitingTimes {
  entries: number;
  /** Those with a missed deadline. */
  breached: number;
  inside_sla: { acknowledge: InsideSla; engage: InsideSla };
}

export interface ReportedDay {
  /** `YYYY-MM-DD`, on the clocks of the report's time zone. */
  day: string;
  entries: number;
  breached: number;
  by_reason: { reason: Reason; count: number }[];
  by_severity: { severity: Severity; count: number }[];
}

export interface ReportedPerson extends WaitingTimes {
  user: string;
  acknowledged: number;
  engaged: number;
  resolved: number;
}

export interface BreachedEntry extends Pick<Entry, 'entry_id' | 'tenant_id' | 'severity' | 'reason'> {
  created_at: Instant;
  acknowledge: boolean;
  engage: boolean;
}

/** Of the entries that were filed in the period, as they are at `reported_at`. */
export interface Report extends EntryFigures {
  since: Instant;
  /** Not part of the period. */
  until: Instant;
  tenant_id: string | null;
  /** Whose days `by_day` counts: the tenant's, or UTC for all of them. */
  time_zone: string;
  reported_at: Instant;
  /** Those that nobody has acknowledged. */
  open: number;
  by_status: { status: Status; count: number }[];
  by_severity: (EntryFigures & { severity: Severity })[];
  by_reason: { reason: Reason; count: number }[];
  /** The most frequent ones. */
  by_tag: { tag: string; count: number }[];
  /** Every day of the period until now. */
  by_day: ReportedDay[];
  by_tenant: (EntryFigures & { tenant_id: string })[];
  by_person: ReportedPerson[];
  /** How many entries missed a deadline, and each of the two; the latest of them. */
  breaches: { entries: number; acknowledge: number; engage: number; latest: BreachedEntry[] };
}

/**
 * Of how many waited so many seconds each. By the nearest rank: the shortest wait that so many of 100 did not exceed, in whole
 * numbers, so that no rounding decides.
 */
export function waitsOf(tally: ReadonlyMap<number, number>): Waits {
  const waits = [...tally].sort(([a], [b]) => a - b);
  const count = waits.reduce((sum, [, times]) => sum + times, 0);
  return {
    p50_s: atRank(waits, Math.ceil((count * 50) / 100)),
    p90_s: atRank(waits, Math.ceil((count * 90) / 100)),
    count,
  };
}

/** `waits` in order, each with how often it was had. */
function atRank(waits: readonly [seconds: number, times: number][], rank: number): number | null {
  let counted = 0;
  for (const [seconds, times] of waits) {
    counted += times;
    if (counted >= rank) return seconds;
  }
  return null;
}

export const NOBODY_CAME: WaitingTimes = {
  time_to_acknowledge: waitsOf(new Map()),
  time_to_engage: waitsOf(new Map()),
  time_to_resolve: waitsOf(new Map()),
};

export function insideSla(count: number, missed: number): InsideSla {
  const of = count + missed;
  return { share: of === 0 ? null : Math.round((count / of) * 10_000) / 10_000, count, of };
}

/** The dates of a period, the first and the last perhaps in part. */
export function datesOf({
  since,
  until,
  time_zone,
}: Pick<Report, 'since' | 'until' | 'time_zone'>): string[] {
  const last = localTime(new Date(Date.parse(until) - 1).toISOString(), time_zone).date;
  const dates: string[] = [];
  for (let date = localTime(since, time_zone).date; date <= last; date = addDays(date, 1)) dates.push(date);
  return dates;
}

/** When a date begins and ends on the clocks of a time zone. */
export function dayOf(date: string, time_zone: string): { since: Instant; until: Instant } {
  const midnight = (of: string) =>
    new Date(firstInstantAt(Date.parse(`${of}T00:00:00Z`), time_zone)).toISOString();
  return { since: midnight(date), until: midnight(addDays(date, 1)) };
}
