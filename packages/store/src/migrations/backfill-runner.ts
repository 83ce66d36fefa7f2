/** One run of a backfill, batch by batch, until its end or until somebody pauses it. */
import { setImmediate as letOthersRun, setTimeout as sleep } from 'node:timers/promises';
import { type Instant, Problem } from '@receptionist/core';
import type { Dialect, Migrator } from '../dialect.ts';
import type { Db } from '../schema.ts';
import type { StoreLog } from '../store.ts';
import {
  type BackfillRow,
  leaseFrom,
  lockRow,
  readCursor,
  updateBackfill,
  writeCursor,
} from './backfill-rows.ts';
import { forRange, type Key, nextRange } from './key-ranges.ts';
import type { BackfillProgress } from './migrations.ts';
import { type Crowd, createPressureGauge, type PressureGauge } from './pressure.ts';
import { createThrottle, POSTGRES_PACE, SQLITE_PACE } from './throttle.ts';

/** What the runner needs of a migration file of phase `backfill`. */
export interface BackfillFile {
  id: string;
  backfill: { table: string; key: readonly string[]; batch: number } | null;
  /** One statement, as key-ranges.ts reads it, that leaves alone what is done already. */
  script: string;
  verify: string | null;
}

export interface RunOptions {
  /** False: as fast as it goes, with batches of the file's size. */
  throttle?: boolean;
  onProgress?: (progress: BackfillProgress) => void;
}

/** After so many in a row it is no accident. */
const MOST_CONFLICTS = 10;
const TRY_AGAIN_MS = 250;

interface RunnerOptions extends RunOptions {
  dialect: Dialect;
  now: () => Promise<Instant>;
  log?: StoreLog | undefined;
  migrator: Migrator;
  scope: string;
  file: BackfillFile;
  /** The name under which it holds the row. */
  runner: string;
}

/** What became of a batch, or why there was none. */
type Step =
  | { kind: 'batch'; cursor: Key; done_rows: number; crowd: Crowd | null }
  | { kind: 'done' | 'paused' };

export function createRunner({
  dialect,
  migrator,
  scope,
  file,
  runner,
  now,
  log,
  ...options
}: RunnerOptions) {
  const { batch, ...keyed } = settingsOf(file);
  const throttle =
    options.throttle === false
      ? null
      : createThrottle({ batch, ...(dialect.name === 'sqlite' ? SQLITE_PACE : POSTGRES_PACE) });
  const gauge: PressureGauge | null = throttle && createPressureGauge(dialect);
  const row = (db: Db) => updateBackfill(db, scope, file.id).where('holder', '=', runner);

  async function toTheEnd(begun: BackfillRow): Promise<'done' | 'paused'> {
    const report = createReport(begun, options.onProgress);
    let cursor = readCursor(begun.cursor);
    let conflicts = 0;
    for (;;) {
      const startedAt = performance.now();
      try {
        const step = await advance(cursor);
        if (step.kind !== 'batch') return finish(step.kind);
        conflicts = 0;
        cursor = step.cursor;
        report(step.done_rows);
        await rest(performance.now() - startedAt, step.crowd);
      } catch (error) {
        if (!isPassing(dialect, error) || ++conflicts > MOST_CONFLICTS) throw await fail(error);
        await sleep(throttle?.afterConflict() ?? TRY_AGAIN_MS);
      }
    }
  }

  async function advance(after: Key | null): Promise<Step> {
    const at = await now();
    return migrator.transact(async (trx) => {
      const { state, holder, done_rows } = await lockRow(trx, scope, file.id);
      if (holder !== runner) throw takenOver(file.id, holder);
      if (state !== 'running') return { kind: 'paused' };
      const range = await nextRange(trx, keyed, { after, rows: throttle?.batch ?? batch });
      if (!range) return { kind: 'done' };
      await forRange(file.script, range).execute(trx);
      const done = { done_rows: done_rows + range.rows, cursor: writeCursor(range.upto) };
      await row(trx)
        .set({ ...done, batch: throttle?.batch ?? batch, updated_at: at, lease_until: leaseFrom(at) })
        .execute();
      const crowd = (await gauge?.crowd(trx, keyed.table)) ?? null;
      return { kind: 'batch', cursor: range.upto, done_rows: done.done_rows, crowd };
    });
  }

  async function rest(batch_ms: number, crowd: Crowd | null): Promise<void> {
    if (!throttle || !gauge || !crowd) return letOthersRun();
    await sleep(throttle.after({ batch_ms, ...crowd, probe_ms: await gauge.probe() }));
  }

  async function finish(kind: 'done' | 'paused'): Promise<'done' | 'paused'> {
    const at = await now();
    const free = { holder: null, lease_until: null, updated_at: at };
    await migrator.transact((trx) =>
      kind === 'paused'
        ? row(trx).set(free).execute()
        : row(trx)
            .set((eb) => ({ ...free, state: 'done', finished_at: at, total_rows: eb.ref('done_rows') }))
            .execute(),
    );
    log?.info({ backfill: file.id }, `backfill ${kind}`);
    return kind;
  }

  async function fail(error: unknown): Promise<Problem> {
    const last_error = error instanceof Error ? error.message : String(error);
    const updated_at = await now();
    await migrator.transact((trx) =>
      row(trx).set({ state: 'failed', last_error, holder: null, lease_until: null, updated_at }).execute(),
    );
    return new Problem(
      'internal',
      `The backfill ${file.id} stopped: ${last_error}. What it did before is kept; run it again, and it goes on from there.`,
      { cause: error },
    );
  }

  return { toTheEnd };
}

/** @throws Problem `invalid_parameter` for a migration of another kind */
export function settingsOf({ id, backfill }: BackfillFile): NonNullable<BackfillFile['backfill']> {
  if (backfill) return backfill;
  throw new Problem(
    'invalid_parameter',
    `The migration ${id} has no "-- table": it is no backfill that runs in batches.`,
  );
}

function takenOver(id: string, holder: string | null): Problem {
  return new Problem(
    'conflict',
    `The backfill ${id} is now run by ${holder ?? 'nobody'}; this runner stopped.`,
  );
}

/** Whether the same batch may well succeed in a moment. What SQL itself refuses (class 42) will not. */
function isPassing(dialect: Dialect, error: unknown): boolean {
  if (dialect.isConflict(error)) return true;
  if (!(error instanceof Problem) || error.code !== 'unavailable') return false;
  const { cause } = error;
  return !(cause instanceof Error && 'code' in cause && String(cause.code).startsWith('42'));
}

function createReport({ done_rows: before, total_rows }: BackfillRow, tell: RunOptions['onProgress']) {
  const begun = performance.now();
  return (done_rows: number) => {
    const rows_per_s = (done_rows - before) / ((performance.now() - begun) / 1_000);
    const total = Math.max(total_rows, done_rows);
    tell?.({ done_rows, total_rows: total, rows_per_s, seconds_left: (total - done_rows) / rows_per_s });
  };
}
