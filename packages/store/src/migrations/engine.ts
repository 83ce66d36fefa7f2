/**
 * Applies migrations one by one, each in a transaction of its own where it can be, and claims its row in schema_migrations
 * first: whoever comes second finds the row and goes on to the next one.
 */
import type { Instant } from '@receptionist/core';
import type { Dialect } from '../dialect.ts';
import type { Db } from '../schema.ts';
import type { StoreLog } from '../store.ts';
import { takeBaseline } from './baseline.ts';
import { planDown, takeDown } from './down.ts';
import type { MigrationFile } from './files.ts';
import { claim, ensureEngineTables } from './ledger.ts';
import { createReporter, underLock } from './lock.ts';
import type { MigrationRun, Migrations, UpOptions } from './migrations.ts';
import { applyAll, type Backfills } from './run.ts';
import { select } from './selection.ts';
import { readStanding, toStatuses } from './standing.ts';
import { splitStatements } from './statements.ts';

export type { Backfills } from './run.ts';

export interface MigrationOptions {
  dialect: Dialect;
  folder: URL;
  now: () => Promise<Instant>;
  log: StoreLog | undefined;
  /** A tenant's, with a schema_migrations of its own; without it ours. */
  schema?: string | undefined;
  backfills?: Backfills | undefined;
}

export function createMigrations(options: MigrationOptions): Migrations {
  const { dialect, schema } = options;
  return {
    async status() {
      const standing = await readStanding(options);
      const isBegun = [...standing.rows.values()].some(({ state }) => state === 'running');
      return toStatuses(standing, isBegun ? await dialect.migrating(schema) : null);
    },
    up: (wanted = {}) => takeUp(options, wanted),
    planDown: async (wanted) => (await planDown(options, wanted)).map(({ id }) => id),
    down: (wanted) => takeDown(options, wanted),
    baseline: (wanted) => takeBaseline(options, wanted),
    async plan(wanted = {}) {
      const { run } = select(await readStanding(options), wanted);
      return run.map(({ id, phase, transaction, script }) => ({
        ...{ id, phase, transaction },
        statements: splitStatements(script),
      }));
    },
  };
}

async function takeUp(options: MigrationOptions, wanted: UpOptions): Promise<MigrationRun> {
  const { dialect, schema, now, log, backfills } = options;
  const { run, waiting } = select(await readStanding(options), wanted);
  if (run.length === 0) return { done: [], failed: null, not_run: [], waiting };
  const reporter = createReporter(wanted.onProgress, run[0]);
  return underLock(options, { wait_ms: wanted.wait_ms, reporter }, async (migrator, assertHeld) => {
    const standing = await readStanding(options);
    const selected = select(standing, wanted);
    await migrator.transact(async (transaction) => {
      await ensureEngineTables(dialect, transaction, schema);
      if (standing.isEmpty) await planContracts(transaction, selected.run, options);
    });
    const { done } = standing;
    const result = await applyAll(selected.run, {
      ...{ dialect, migrator, schema, now, log, backfills, done, assertHeld, reporter },
      ...{ gate: wanted.gate, throttle: wanted.throttle ?? true },
    });
    return { ...result, waiting: [...result.waiting, ...selected.waiting] };
  });
}

/** A first run that is killed goes on with them the next time, although the database is not empty any more. */
async function planContracts(
  db: Db,
  files: MigrationFile[],
  { dialect, now }: MigrationOptions,
): Promise<void> {
  const applied_at = await now();
  for (const file of files.filter(({ phase }) => phase === 'contract'))
    await claim(db, file, { state: 'planned', applied_at, dialect: dialect.name });
}
