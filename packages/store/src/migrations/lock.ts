/** The work of one migrator, with connections of its own, while no other one is at the same schema. */
import type { Dialect, Migrator } from '../dialect.ts';
import type { MigrationFile } from './files.ts';
import type { BackfillProgress, MigrationProgress } from './migrations.ts';

export interface LockOptions {
  wait_ms?: number | undefined;
  reporter: Reporter;
}

/** @param work must ask `assertHeld` before each step: the lock is lost with its connection */
export async function underLock<T>(
  { dialect, schema }: { dialect: Dialect; schema?: string | undefined },
  { wait_ms, reporter }: LockOptions,
  work: (migrator: Migrator, assertHeld: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const migrator = await dialect.connectMigrator({ schema, wait_ms, onWait: reporter.waiting });
  try {
    const lock = await migrator.lock();
    try {
      return await work(migrator, lock.assertHeld);
    } finally {
      await lock.release();
    }
  } finally {
    await migrator.close();
  }
}

export interface Reporter {
  started(file: MigrationFile): void;
  waiting(holder: string): void;
  backfilling(progress: BackfillProgress): void;
  done(): void;
}

/** Tells what happens to which migration, beginning with the one that is to come. */
export function createReporter(
  onProgress: ((progress: MigrationProgress) => void) | undefined,
  first: MigrationFile | undefined,
): Reporter {
  let current = first;
  const tell = (step: MigrationProgress['step'], more: Partial<MigrationProgress> = {}) => {
    if (current)
      onProgress?.({ id: current.id, phase: current.phase, step, message: null, backfill: null, ...more });
  };
  return {
    started(file) {
      current = file;
      tell('started');
    },
    waiting: (message) => tell('waiting_for_lock', { message }),
    backfilling: (backfill) => tell('backfilling', { backfill }),
    done: () => tell('done'),
  };
}
