/** The wall clock of a place in milliseconds, as if its hands pointed at UTC, so that it can be reckoned with. */
import { localTime } from './opening-hours.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What the clocks of a time zone show at an instant. Seconds are the same everywhere. */
export function wallClock(at: number, time_zone: string): number {
  const { date, minutes } = localTime(new Date(at).toISOString(), time_zone);
  return Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE + (((at % MINUTE) + MINUTE) % MINUTE);
}

/**
 * The first instant at which the clocks show `wall` or more: of a time that comes twice the first one, of a time that is
 * skipped the end of the gap. It never goes back as `wall` goes on.
 */
export function firstInstantAt(wall: number, time_zone: string): number {
  const offsetAt = (at: number) => wallClock(at, time_zone) - at;
  // No clock is a day away from UTC, and none is changed twice in two days.
  const [before, after] = [offsetAt(wall - DAY), offsetAt(wall + DAY)];
  const unchanged = wall - before;
  if (offsetAt(unchanged) === before) return unchanged;
  const changed = wall - after;
  if (offsetAt(changed) === after) return changed;
  return endOfGap(changed, unchanged, (at) => offsetAt(at) === before);
}

/** Between an instant before the change and one after it. */
function endOfGap(before: number, after: number, isBefore: (at: number) => boolean): number {
  if (after - before <= 1) return after;
  const middle = Math.floor((before + after) / 2);
  return isBefore(middle) ? endOfGap(middle, after, isBefore) : endOfGap(before, middle, isBefore);
}
