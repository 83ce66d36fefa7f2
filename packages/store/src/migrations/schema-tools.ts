/** All that people do with the migrations of one schema: the shared one, or a tenant's. */
import { type Instant, Problem } from '@receptionist/core';
import type { Dialect } from '../dialect.ts';
import type { StoreLog } from '../store.ts';
import { type BackfillPlan, createBackfills } from './backfill.ts';
import type { BackfillState } from './backfill-rows.ts';
import { settingsOf } from './backfill-runner.ts';
import { type ContractGates, createContractGates, recordOverride } from './contract.ts';
import { createDaemons } from './daemons.ts';
import { createMigrations } from './engine.ts';
import { type MigrationFile, readMigrationFiles } from './files.ts';
import type { BackfillProgress, DownOptions, MigrationRun, Migrations, UpOptions } from './migrations.ts';
import { pausedIn } from './run.ts';
import type { Verification } from './verify.ts';

export interface ContractOptions extends Pick<UpOptions, 'wait_ms' | 'onProgress'> {
  /** In spite of what it waits for; the audit says who, and why. */
  override?: { actor: string; reason: string };
}

/** What people may say about a run of a backfill. */
export type BackfillRunOptions = Pick<UpOptions, 'throttle' | 'onProgress'>;

/** Ids are whole ones of files. @throws Problem `not_found` for others */
export interface SchemaTools extends Pick<Migrations, 'status' | 'plan' | 'baseline'> {
  /** Of the files, in order; also for a database that has no memory of them. */
  ids(): Promise<string[]>;
  up(options?: Omit<UpOptions, 'gate'>): Promise<MigrationRun>;
  /** Refused while a daemon runs that needs what is taken back. */
  down(options: Omit<DownOptions, 'blockers'>): Promise<MigrationRun>;
  /** What `down` would take back, the newest first. @throws Problem as it */
  planDown(options: Omit<DownOptions, 'blockers'>): Promise<string[]>;
  /** What a contract migration waits for. */
  gates(id: string): Promise<ContractGates>;
  /** Runs these contract migrations, in order and until something is in the way of one. */
  contract(ids: readonly string[], options: ContractOptions): Promise<MigrationRun>;
  backfills(): Promise<BackfillState[]>;
  /**
   * To its end, with those before it, and verified; also one that is applied, where it was found not to be right.
   * @throws Problem `invalid_parameter` for what is no backfill
   */
  runBackfill(id: string, options: BackfillRunOptions): Promise<MigrationRun>;
  planBackfill(id: string): Promise<BackfillPlan>;
  pauseBackfill(id: string): Promise<BackfillState>;
  /** Pauses one that has not begun, too. */
  holdBackfill(id: string): Promise<BackfillState>;
  /** Lets it go on; running it is another matter. */
  unpauseBackfill(id: string): Promise<BackfillState>;
  verify(id: string): Promise<Verification>;
}

export interface SchemaToolsOptions {
  dialect: Dialect;
  folder: URL;
  /** A tenant's; without it ours. */
  schema?: string | undefined;
  now: () => Promise<Instant>;
  log: StoreLog | undefined;
}

export function createSchemaTools(options: SchemaToolsOptions): SchemaTools {
  const { dialect, folder, schema, now } = options;
  const backfills = createBackfills(options);
  const migrations = createMigrations({ ...options, backfills });
  const daemons = createDaemons({ dialect, now, knows: async () => '' });
  const files = () => readMigrationFiles(folder);
  const file = async (id: string) => fileNamed(await files(), id);
  const gates = async () => createContractGates({ dialect, schema, files: await files(), now });

  /** While somebody runs who knows what goes. */
  function guarded(wanted: Omit<DownOptions, 'blockers'>): DownOptions {
    const series = schema === undefined ? 'shared' : 'tenants';
    return { ...wanted, blockers: () => daemons.newerThan(wanted.to, series) };
  }

  async function contract(
    ids: readonly string[],
    { override, ...run }: ContractOptions,
  ): Promise<MigrationRun> {
    const { explain, gate } = await gates();
    const asked = { ...run, phases: ['contract' as const], to: ids.at(-1) ?? '' };
    if (!override) return migrations.up({ ...asked, gate });
    for (const id of ids) {
      const target = schema === undefined ? id : `${schema}/${id}`;
      const { gates: found } = await explain(id);
      await recordOverride(dialect, { target, ...override, gates: found, at: await now() });
    }
    return migrations.up(asked);
  }

  async function runBackfill(id: string, options: BackfillRunOptions): Promise<MigrationRun> {
    const wanted = backfillNamed(await files(), id);
    const run = await migrations.up({ ...options, phases: ['backfill'], to: id });
    if (run.failed || run.waiting.length > 0) return run;
    const isOpen = (await backfills.status()).some((one) => one.id === id && one.state !== 'verified');
    return isOpen ? runAgain(wanted, options) : run;
  }

  /** One that is applied, but was found not to be right; or its next run, where that was stopped. */
  async function runAgain(
    wanted: MigrationFile,
    { throttle = true, onProgress }: BackfillRunOptions,
  ): Promise<MigrationRun> {
    const { id, phase } = wanted;
    const tell = (backfill: BackfillProgress) =>
      onProgress?.({ id, phase, step: 'backfilling', message: null, backfill });
    try {
      const outcome = await backfills.run(wanted, { throttle, onProgress: tell });
      return { ...NO_RUN, ...(outcome === 'verified' ? { done: [id] } : { waiting: [pausedIn(id)] }) };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { ...NO_RUN, failed: { id, message: error.message, state: 'undone' } };
    }
  }

  return {
    ids: async () => (await files()).map(({ id }) => id),
    status: migrations.status,
    plan: migrations.plan,
    baseline: migrations.baseline,
    up: migrations.up,
    down: (wanted) => migrations.down(guarded(wanted)),
    planDown: (wanted) => migrations.planDown(guarded(wanted)),
    gates: async (id) => (await gates()).explain(id),
    contract,
    backfills: backfills.status,
    runBackfill,
    planBackfill: async (id) => backfills.plan(await file(id)),
    pauseBackfill: backfills.pause,
    holdBackfill: async (id) => backfills.holdBack(await file(id)),
    unpauseBackfill: backfills.unpause,
    verify: async (id) => backfills.verify(await file(id)),
  };
}

const NO_RUN: Readonly<MigrationRun> = { done: [], failed: null, not_run: [], waiting: [] };

/** @throws Problem `not_found`, `invalid_parameter` for a migration of another kind */
export function backfillNamed(files: readonly MigrationFile[], id: string): MigrationFile {
  const file = fileNamed(files, id);
  settingsOf(file);
  return file;
}

function fileNamed(files: readonly MigrationFile[], id: string): MigrationFile {
  const file = files.find((each) => each.id === id);
  if (file) return file;
  throw new Problem('not_found', `There is no migration ${id}. receptionistd migrate status lists them.`);
}
