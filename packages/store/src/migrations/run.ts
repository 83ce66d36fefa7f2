/** Goes through the migrations of a run, and says of each what became of it. */
import { Problem } from '@receptionist/core';
import type { StoreLog } from '../store.ts';
import { apply, HalfDoneError, type Hands } from './apply.ts';
import type { MigrationFile } from './files.ts';
import { claim } from './ledger.ts';
import type { Reporter } from './lock.ts';
import type { BackfillProgress, MigrationRun, UpOptions } from './migrations.ts';
import { wayOut } from './standing.ts';

/** Who runs what goes through a table in batches. */
export interface Backfills {
  /** To its end, and verified; or until somebody stops it. @throws Problem when it fails or is not verified */
  run(
    file: MigrationFile,
    options: { throttle: boolean; onProgress?: (progress: BackfillProgress) => void },
  ): Promise<'verified' | 'paused'>;
}

export interface Run extends Hands {
  /** Ids of those that are applied; grows. */
  done: Set<string>;
  backfills: Backfills | undefined;
  throttle: boolean;
  gate: UpOptions['gate'] | undefined;
  reporter: Reporter;
  log: StoreLog | undefined;
}

export async function applyAll(files: MigrationFile[], run: Run): Promise<MigrationRun> {
  const result: MigrationRun = { done: [], failed: null, not_run: [], waiting: [] };
  for (const [i, file] of files.entries()) {
    try {
      const outcome = await applyInTurn(file, run);
      if (outcome === 'applied') result.done.push(file.id);
      else if (outcome !== 'already') result.waiting.push({ id: file.id, why: outcome.why });
    } catch (error) {
      return { ...result, failed: failure(file, error), not_run: files.slice(i + 1).map(({ id }) => id) };
    }
  }
  return result;
}

type Outcome = 'applied' | 'already' | { why: string };

async function applyInTurn(file: MigrationFile, run: Run): Promise<Outcome> {
  const { done, gate, reporter, log, assertHeld } = run;
  const missing = file.needs.filter((id) => !done.has(id));
  if (missing.length > 0) return { why: `it needs ${missing.join(', ')}, which is not applied` };
  const why = (await gate?.(file)) ?? null;
  if (why !== null) return { why };
  await assertHeld();
  reporter.started(file);
  const outcome = file.backfill ? await backfill(file, run) : await applyOnce(file, run);
  if (typeof outcome === 'object') return outcome;
  done.add(file.id);
  reporter.done();
  if (outcome === 'applied') log?.info({ migration: file.id, phase: file.phase }, 'migration applied');
  return outcome;
}

async function applyOnce(file: MigrationFile, run: Run): Promise<Outcome> {
  return (await apply(file, run)) ? 'applied' : 'already';
}

/** Its row says that it is verified: it is written once that is so. */
async function backfill(file: MigrationFile, run: Run): Promise<Outcome> {
  const { backfills, throttle, migrator, dialect, reporter, now } = run;
  if (!backfills) throw new Problem('internal', `${file.id} is a backfill, and nothing here runs one.`);
  const started_at = await now();
  const startedAt = performance.now();
  const outcome = await backfills.run(file, { throttle, onProgress: reporter.backfilling });
  if (outcome === 'paused') return pausedIn(file.id);
  const duration_ms = Math.round(performance.now() - startedAt);
  const applied_at = await now();
  const claimed = await migrator.transact((transaction) =>
    claim(transaction, file, {
      ...{ state: 'done', dialect: dialect.name },
      ...{ started_at, applied_at, finished_at: applied_at, duration_ms },
    }),
  );
  return claimed ? 'applied' : 'already';
}

export function pausedIn(id: string): MigrationRun['waiting'][number] {
  return { id, why: `it was paused; run receptionistd migrate backfill resume ${id}` };
}

function failure({ id }: MigrationFile, error: unknown): MigrationRun['failed'] {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof HalfDoneError)) return { id, message, state: 'undone' };
  return { id, message: `${message.replace(/\.$/, '')}. ${wayOut(id)}`, state: 'dirty' };
}
