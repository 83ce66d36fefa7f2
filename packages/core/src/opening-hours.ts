/** When a tenant is open, and how a receptionist says so. Everything is decided on the tenant's own clock. */
import { sayList, sayTime } from './spoken.ts';
import { type Instant, type OpeningSpan, type Tenant, WEEKDAYS, type Weekday } from './tenant.ts';

export type OpeningHours = Pick<Tenant, 'time_zone' | 'opening_hours' | 'closed_dates'>;

/** Minutes after midnight; `to` is not part of the span. */
export interface Span {
  from: number;
  to: number;
}

/** A moment on the wall clock of a place. */
export interface LocalTime {
  /** `YYYY-MM-DD`. */
  date: string;
  /** Minutes after midnight, 0 to 1439. */
  minutes: number;
}

const MIDNIGHT = 24 * 60;
const DAYS_SEARCHED = 370;

/** `"09:00-12:30"` in minutes, or null where it is no span: the end may be `24:00` and must come after the start. */
export function parseSpan(text: OpeningSpan): Span | null {
  const [, fromHour, fromMinute, toHour, toMinute] = /^(\d\d):([0-5]\d)-(\d\d):([0-5]\d)$/.exec(text) ?? [];
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  return from < to && to <= MIDNIGHT ? { from, to } : null;
}

/** The wall clock in a time zone at an instant. @throws RangeError for a zone that Intl does not know */
export function localTime(at: Instant, time_zone: string): LocalTime {
  const part = Object.fromEntries(
    clockOf(time_zone)
      .formatToParts(new Date(at))
      .map(({ type, value }) => [type, value]),
  );
  return {
    date: `${part['year']}-${part['month']}-${part['day']}`,
    minutes: Number(part['hour']) * 60 + Number(part['minute']),
  };
}

/** Making one costs some 50 µs, a hundred times its use. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(time_zone: string): Intl.DateTimeFormat {
  const known = clocks.get(time_zone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-CA', {
    timeZone: time_zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  clocks.set(time_zone, clock);
  return clock;
}

export function weekdayOf(date: string): Weekday {
  // getUTCDay() begins with Sunday, a week here with Monday.
  return WEEKDAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7] as Weekday;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The open spans of a date in order; what touches or overlaps is one. */
export function spansOn(hours: OpeningHours, date: string): Span[] {
  return hours.closed_dates.includes(date) ? [] : spansOfWeekday(hours, weekdayOf(date));
}

function spansOfWeekday(hours: OpeningHours, weekday: Weekday): Span[] {
  const spans = hours.opening_hours[weekday].map(parseSpan).filter((span) => span !== null);
  const merged: Span[] = [];
  for (const span of spans.sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push(span);
  }
  return merged;
}

export function isOpen(hours: OpeningHours, now: Instant): boolean {
  const { date, minutes } = localTime(now, hours.time_zone);
  return spansOn(hours, date).some((span) => contains(span, minutes));
}

function contains(span: Span, minutes: number): boolean {
  return span.from <= minutes && minutes < span.to;
}

/** The next start of a span after `now`, or null where there is none within a year. */
export function nextOpening(hours: OpeningHours, now: Instant): LocalTime | null {
  const today = localTime(now, hours.time_zone);
  for (let days = 0; days <= DAYS_SEARCHED; days++) {
    const date = addDays(today.date, days);
    const next = spansOn(hours, date).find((span) => days > 0 || span.from > today.minutes);
    if (next) return { date, minutes: next.from };
  }
  return null;
}

/** `We are open now, until 5 PM.`, or `We are closed now; we open tomorrow, Tuesday, at 9 AM.` */
export function sayOpenNow(hours: OpeningHours, now: Instant): string {
  const { date, minutes } = localTime(now, hours.time_zone);
  const current = spansOn(hours, date).find((span) => contains(span, minutes));
  if (current)
    return current.to === MIDNIGHT ? 'We are open now.' : `We are open now, until ${sayTime(current.to)}.`;
  const next = nextOpening(hours, now);
  if (!next) return 'We are closed now.';
  return `We are closed now; we open ${nameDay(next.date, date)} at ${sayTime(next.minutes)}.`;
}

/** The hours of one date, `YYYY-MM-DD`: `We are open tomorrow, Friday, from 9 AM to 3 PM.` */
export function sayHoursOn(hours: OpeningHours, date: string, now: Instant): string {
  const spans = spansOn(hours, date);
  const day = nameDay(date, localTime(now, hours.time_zone).date);
  return spans.length === 0
    ? `We are closed ${day.replace(/,$/, '')}.`
    : `We are open ${day} ${saySpans(spans)}.`;
}

/** The whole week, neighbouring days with the same hours as one. */
export function sayHoursOfWeek(hours: OpeningHours): string {
  const runs = runsOfWeek(hours);
  const open = runs.filter((run) => run.hours !== null);
  const closed = runs.filter((run) => run.hours === null);
  if (open.length === 0) return 'We have no regular opening hours.';
  const week = open.map((run) => `${sayRun(run.days)} ${run.hours}`).join('; ');
  return `We are open ${week}.${closed.length > 0 ? ` We are closed on ${sayList(closed.map((run) => sayRun(run.days)))}.` : ''}`;
}

interface Run {
  days: Weekday[];
  /** Null: closed. */
  hours: string | null;
}

function runsOfWeek(hours: OpeningHours): Run[] {
  const runs: Run[] = [];
  for (const weekday of WEEKDAYS) {
    const spans = spansOfWeekday(hours, weekday);
    const said = spans.length === 0 ? null : saySpans(spans);
    const last = runs.at(-1);
    if (last && last.hours === said) last.days.push(weekday);
    else runs.push({ days: [weekday], hours: said });
  }
  return runs;
}

function sayRun(days: Weekday[]): string {
  const names = days.map(capitalized);
  if (names.length === WEEKDAYS.length) return 'every day';
  return names.length > 2 ? `${names[0]} to ${names.at(-1)}` : sayList(names);
}

function saySpans(spans: Span[]): string {
  const [only] = spans;
  if (spans.length === 1 && only?.from === 0 && only.to === MIDNIGHT) return 'around the clock';
  return sayList(spans.map(({ from, to }) => `from ${sayTime(from)} to ${sayTime(to)}`));
}

/** `today`, `tomorrow, Tuesday,`, `on Friday`, and with the date from a week on: `on Monday, January 4,`. */
function nameDay(date: string, today: string): string {
  if (date === today) return 'today';
  const weekday = capitalized(weekdayOf(date));
  if (date === addDays(today, 1)) return `tomorrow, ${weekday},`;
  if (date > today && date < addDays(today, 7)) return `on ${weekday}`;
  return `on ${weekday}, ${monthAndDay.format(new Date(`${date}T00:00:00Z`))},`;
}

const monthAndDay = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', month: 'long', day: 'numeric' });

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
