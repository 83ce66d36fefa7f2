/**
 * Whether a rollout does good or harm: what happened in calls with the flag on, beside calls with it off in the same time.
 */

/** Of the calls on one side. */
export interface Figures {
  tenants: number;
  calls: number;
  /** Calls of which a person was told. */
  escalations: number;
  /** Null, like the next: not measured. */
  bookings: number | null;
  /** Half of the turns took no longer, in milliseconds. */
  turn_ms_p50: number | null;
}

/** `too_few`: the numbers are too small to tell. */
export const VERDICTS = ['worse', 'better', 'no_difference', 'too_few'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Comparison {
  /** Rates are shares of the calls, 0 to 1; times are milliseconds. Null: nothing was measured. */
  on: number | null;
  off: number | null;
  /** Relative: 0.2 is a fifth more with the flag on. Null where there is nothing to compare with. */
  change: number | null;
  verdict: Verdict;
}

export interface FiguresCompared {
  escalation_rate: Comparison;
  booking_rate: Comparison;
  turn_ms: Comparison;
}

/** Fewer calls on either side say nothing. */
export const FEWEST_CALLS = 30;

/** Of the normal distribution: beyond it a difference comes by chance in fewer than 5 of 100 cases. */
const SIGNIFICANT_Z = 1.959964;

/** Medians are known without their spread: less than this is not told from chance. */
const SLOWER_BY = 0.1;

export function compareFigures(on: Figures, off: Figures): FiguresCompared {
  const enough = Math.min(on.calls, off.calls) >= FEWEST_CALLS;
  return {
    escalation_rate: compareShares(shareOf(on.escalations, on), shareOf(off.escalations, off), 'lower'),
    booking_rate: compareShares(shareOf(on.bookings, on), shareOf(off.bookings, off), 'higher'),
    turn_ms: compareTimes(on.turn_ms_p50, off.turn_ms_p50, enough),
  };
}

interface Share {
  /** Null: not counted. */
  count: number | null;
  of: number;
}

function shareOf(count: number | null, { calls }: Figures): Share {
  return { count: count === null ? null : Math.min(count, calls), of: calls };
}

/** Two-proportion z-test, pooled and two-sided. */
function compareShares(on: Share, off: Share, good: 'lower' | 'higher'): Comparison {
  const rates = compared(rateOf(on), rateOf(off));
  if (on.count === null || off.count === null || Math.min(on.of, off.of) < FEWEST_CALLS)
    return { ...rates, verdict: 'too_few' };
  const difference = on.count / on.of - off.count / off.of;
  const pooled = (on.count + off.count) / (on.of + off.of);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / on.of + 1 / off.of));
  if (Math.abs(difference) <= SIGNIFICANT_Z * deviation) return { ...rates, verdict: 'no_difference' };
  return { ...rates, verdict: difference < 0 === (good === 'lower') ? 'better' : 'worse' };
}

function rateOf({ count, of }: Share): number | null {
  return count === null || of === 0 ? null : count / of;
}

function compareTimes(on: number | null, off: number | null, enough: boolean): Comparison {
  const times = compared(on, off);
  if (times.change === null || !enough) return { ...times, verdict: 'too_few' };
  if (Math.abs(times.change) < SLOWER_BY) return { ...times, verdict: 'no_difference' };
  return { ...times, verdict: times.change < 0 ? 'better' : 'worse' };
}

function compared(on: number | null, off: number | null): Omit<Comparison, 'verdict'> {
  return { on, off, change: on === null || off === null || off === 0 ? null : on / off - 1 };
}
