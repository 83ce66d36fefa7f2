/**
 * How fast a backfill may go beside people who wait for answers. Pure: what a batch cost goes in, the size of the next batch and
 * the rest before it come out.
 */

export interface Pressure {
  /** Of the batch, with what it waited for. */
  batch_ms: number;
  /** Others who wait for a lock on the table, or on us. */
  waiting: number;
  /** How long a commit takes that writes nothing of ours; null: not asked this time. */
  probe_ms: number | null;
  /** Of the slowest replica; null: there is none. */
  replica_lag_ms: number | null;
}

export interface Limits {
  /** Rows; what the file asks for. */
  batch: number;
  /** What a batch is made to take. */
  batch_ms: number;
  /** Share of the time in which we work, from 0 to 1. */
  duty: number;
}

/** A batch of that length is felt by a caller only as the commit of somebody else; two cores, docs/measurements.md. */
export const POSTGRES_PACE = { batch_ms: 20, duty: 0.4 };
/** There it also holds the only write lock, and the event loop of whoever runs it. */
export const SQLITE_PACE = { batch_ms: 8, duty: 0.4 };

const MOST_REPLICA_LAG_MS = 1_000;
/** A commit at rest takes less than a millisecond or two, and is as noisy. */
const PROBE_NOISE_MS = 5;
const SHORTEST_RETREAT_MS = 50;
const LONGEST_RETREAT_MS = 2_000;
/** Of what the file asks for: fewer rows would cost more than they do, and more hold their locks for long. */
const LEAST_SHARE = 0.05;
const MOST_SHARE = 10;

export interface Throttle {
  /** Rows of the next batch. */
  readonly batch: number;
  /** Ms to rest before the next batch. */
  after(pressure: Pressure): number;
  /** Ms to rest before it is tried again: it met others. */
  afterConflict(): number;
}

export function createThrottle({ batch: wanted, batch_ms: target, duty }: Limits): Throttle {
  let batch = wanted;
  let atRest: number | null = null;
  let retreats = 0;

  function isUnderPressure({ waiting, probe_ms, replica_lag_ms }: Pressure): boolean {
    if (waiting > 0 || (replica_lag_ms ?? 0) > MOST_REPLICA_LAG_MS) return true;
    if (probe_ms === null) return false;
    atRest = Math.min(atRest ?? probe_ms, probe_ms);
    return probe_ms > 2 * atRest + PROBE_NOISE_MS;
  }

  function retreat(): number {
    return Math.min(SHORTEST_RETREAT_MS * 2 ** retreats++, LONGEST_RETREAT_MS);
  }

  /** Shrinks at once and grows slowly. */
  function resize(factor: number): void {
    const next = batch * Math.min(Math.max(factor, 0.25), 1.25);
    batch = Math.round(Math.min(Math.max(next, wanted * LEAST_SHARE, 1), wanted * MOST_SHARE));
  }

  return {
    get batch() {
      return batch;
    },
    after(pressure) {
      resize(target / Math.max(pressure.batch_ms, 0.1));
      const rest = pressure.batch_ms * (1 / duty - 1);
      if (isUnderPressure(pressure)) return Math.max(rest, retreat());
      retreats = 0;
      return rest;
    },
    afterConflict() {
      resize(0.5);
      return retreat();
    },
  };
}
