/** What others feel of a backfill, as the database tells it. */
import { sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { Db } from '../schema.ts';
import type { Pressure } from './throttle.ts';

/** Asking costs a millisecond, and the answer changes no faster. */
const ASK_EVERY_MS = 100;

export type Crowd = Pick<Pressure, 'waiting' | 'replica_lag_ms'>;

export interface PressureGauge {
  /** In the transaction of the batch, before it ends: who waits for its rows does so until then. */
  crowd(transaction: Db, table: string): Promise<Crowd>;
  /** Between two batches. */
  probe(): Promise<number | null>;
}

const NOBODY: Crowd = { waiting: 0, replica_lag_ms: null };

export function createPressureGauge(dialect: Dialect): PressureGauge {
  // Who writes to SQLite holds all of it: the batch's own time says everything.
  if (dialect.name === 'sqlite') return { crowd: async () => NOBODY, probe: async () => null };
  const crowdIsDue = atMostEvery(ASK_EVERY_MS);
  const probeIsDue = atMostEvery(ASK_EVERY_MS);
  let replica_lag_ms: number | null = null;
  return {
    async crowd(transaction, table) {
      // Whoever waited has been let in; a replica that was behind still is.
      if (!crowdIsDue()) return { waiting: 0, replica_lag_ms };
      const crowd = await askCrowd(transaction, table);
      replica_lag_ms = crowd.replica_lag_ms;
      return crowd;
    },
    async probe() {
      if (!probeIsDue()) return null;
      const begun = performance.now();
      await dialect.commitNothing();
      return performance.now() - begun;
    },
  };
}

/** A role without pg_monitor sees no replica's lag, and then none counts. */
async function askCrowd(transaction: Db, table: string): Promise<Crowd> {
  const { rows } = await sql<Crowd>`
    select
      (select count(*) from pg_locks
       where not granted and (relation = to_regclass(${table}) or transactionid = pg_current_xact_id()::xid)) as waiting,
      (select (max(extract(epoch from replay_lag)) * 1000)::float8 from pg_stat_replication) as replica_lag_ms`.execute(
    transaction,
  );
  return rows[0] ?? NOBODY;
}

function atMostEvery(ms: number): () => boolean {
  let due = 0;
  return () => {
    if (performance.now() < due) return false;
    due = performance.now() + ms;
    return true;
  };
}
