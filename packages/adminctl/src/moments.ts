/** Times as people say them. JSON has the instants themselves. */
import type { Entry, Instant } from '@receptionist/core';
import { CommandError } from './failure.ts';

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** The two largest units: `1m 20s`, `2d 3h`. */
export function span(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const largest = UNITS.findIndex(([, size]) => seconds >= size);
  const [unit, size] = UNITS[largest] ?? ['s', 1];
  const [smaller, smallerSize] = UNITS[largest + 1] ?? ['', 1];
  const rest = smaller ? Math.floor((seconds % size) / smallerSize) : 0;
  const whole = `${Math.floor(seconds / size)}${unit}`;
  return rest > 0 ? `${whole} ${rest}${smaller}` : whole;
}

export function ago(at: Instant, now: Date): string {
  return `${span(now.getTime() - Date.parse(at))} ago`;
}

/** To the second, in UTC: `2026-11-03 14:07:09 UTC`. */
export function moment(at: Instant): string {
  return at.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}

/** What the entry's clock says: `ack in 1m 20s`, `engage missed 3m ago`, or its state where no deadline is left. */
export function due(entry: Pick<Entry, 'status' | 'ack_due_at' | 'engage_due_at'>, now: Date): string {
  if (entry.status === 'open') return countdown('ack', entry.ack_due_at, now);
  if (entry.status === 'acknowledged') return countdown('engage', entry.engage_due_at, now);
  return entry.status;
}

/** `soon`: less than a quarter of the time since it was filed is left. `none`: no deadline is left to be met. */
export function urgency(
  entry: Pick<Entry, 'status' | 'created_at' | 'ack_due_at' | 'engage_due_at'>,
  now: Date,
): 'overdue' | 'soon' | 'calm' | 'none' {
  const due_at = deadline(entry);
  if (due_at === null) return 'none';
  const left = Date.parse(due_at) - now.getTime();
  if (left < 0) return 'overdue';
  return left < (Date.parse(due_at) - Date.parse(entry.created_at)) / 4 ? 'soon' : 'calm';
}

/** The one that counts next, or null. */
function deadline({
  status,
  ack_due_at,
  engage_due_at,
}: Pick<Entry, 'status' | 'ack_due_at' | 'engage_due_at'>): Instant | null {
  if (status === 'open') return ack_due_at;
  return status === 'acknowledged' ? engage_due_at : null;
}

export function countdown(what: string, at: Instant, now: Date): string {
  const left = Date.parse(at) - now.getTime();
  return left >= 0 ? `${what} in ${span(left)}` : `${what} missed ${span(left)} ago`;
}

const SECONDS_OF: Record<string, number> = Object.fromEntries(UNITS);

/** `2h`, `90m`, `7d` before now, or an instant or date as it stands. */
export function sinceFrom(text: string, now: Date): Instant {
  return timeFrom(text, (ms) => now.getTime() - ms);
}

/** `2h`, `90m`, `7d` after the beginning, or an instant or date as it stands. */
export function untilFrom(text: string, beginning: Date): Instant {
  return timeFrom(text, (ms) => beginning.getTime() + ms);
}

function timeFrom(text: string, reckon: (ms: number) => number): Instant {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const at = count && unit ? reckon(Number(count) * (SECONDS_OF[unit] ?? 0) * 1000) : isoTime(text);
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  throw new CommandError(
    'usage',
    `"${text}" is neither a span nor a time.`,
    'For example: 2h, 3d, 2026-11-03, 2026-11-03T14:00:00Z',
  );
}

/** Only ISO 8601: `Date.parse` takes "2" for a month. Without an offset it is UTC. */
function isoTime(text: string): number {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)) return Number.NaN;
  return Date.parse(/T.*(Z|[+-]\d\d:\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`);
}
