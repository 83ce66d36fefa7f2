/** What the terminal, the page and the tables of the report say alike. */
import type { InsideSla, Report, ReportedDay, WaitingTimes } from '@receptionist/core';
import { moment, span } from '../moments.ts';

export const MEASURES = [
  ['time_to_acknowledge', 'acknowledge'],
  ['time_to_engage', 'engage'],
  ['time_to_resolve', 'resolve'],
] as const satisfies [keyof WaitingTimes, string][];

export const DEADLINES = ['acknowledge', 'engage'] as const;

/** How well a share of met deadlines is; who promised to answer in minutes has little to give away. */
export type Grade = 'good' | 'fair' | 'poor' | 'unknown';

export function gradeOf({ share }: InsideSla): Grade {
  if (share === null) return 'unknown';
  if (share >= 0.95) return 'good';
  return share >= 0.8 ? 'fair' : 'poor';
}

/** Rounded down: 100 % are all. */
export function percent({ share }: InsideSla): string {
  return share === null ? '-' : `${Math.floor(share * 1000) / 10} %`;
}

export function wait(seconds: number | null): string {
  return seconds === null ? '-' : span(seconds * 1000);
}

export function periodInWords({ since, until, tenant_id }: Report): string {
  return `${tenant_id ?? 'all tenants'}, ${moment(since)} until ${moment(until)}`;
}

/** Whose severity a row is about; null: all of them. */
export function bySeverity(report: Report) {
  return [{ name: 'all', ...report }, ...report.by_severity.map((row) => ({ name: row.severity, ...row }))];
}

/** One day, or some that are shown as one. */
export interface Bar {
  first: string;
  last: string;
  days: ReportedDay[];
  entries: number;
}

const DAYS_OF_A_BAR = [1, 7, 28, 91, 364] as const;

/** As many bars as there is room for at most. */
export function barsOf(days: readonly ReportedDay[], most: number): Bar[] {
  const size = DAYS_OF_A_BAR.find((size) => days.length / size <= most) ?? Math.ceil(days.length / most);
  const bars: Bar[] = [];
  for (let start = 0; start < days.length; start += size) {
    const part = days.slice(start, start + size);
    const entries = part.reduce((sum, day) => sum + day.entries, 0);
    bars.push({ first: part[0]?.day ?? '', last: part.at(-1)?.day ?? '', days: part, entries });
  }
  return bars;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026-11-03` → `3 Nov`. */
export function shortDate(day: string): string {
  const [, month, date] = day.split('-').map(Number);
  return `${date} ${MONTHS[(month ?? 1) - 1]}`;
}

export function nameOf({ first, last }: Pick<Bar, 'first' | 'last'>): string {
  return first === last ? shortDate(first) : `${shortDate(first)} to ${shortDate(last)}`;
}

/** In one sentence, for whoever must decide. */
export function breachesInWords({ entries, breaches }: Report): string {
  if (breaches.entries === 0) return 'No deadline was missed.';
  const { acknowledge, engage } = breaches;
  return `${breaches.entries} of ${entries} ${entries === 1 ? 'entry' : 'entries'} missed a deadline (acknowledge: ${acknowledge}, engage: ${engage}).`;
}
