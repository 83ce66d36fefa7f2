/** The migrations of a database with all that belongs to them, for the commands; the daemon needs less, and loads less. */
import { Problem } from '@receptionist/core';
import type { DialectName } from '../dialect.ts';
import { migrationsFolder } from '../migrations-folder.ts';
import { openDialect, type StoreOptions } from '../open.ts';
import { type BackfillPlan, createBackfills } from './backfill.ts';
import type { BackfillState } from './backfill-rows.ts';
import { type ContractGates, createContractGates, recordOverride } from './contract.ts';
import type { CopyProgress, CopyReport } from './copy.ts';
import { createDaemons, describeDaemon, type RunningDaemon } from './daemons.ts';
import { type Drift, differencesAt, findDrift, findTenantDrift } from './drift.ts';
import { createMigrations } from './engine.ts';
import { type MigrationFile, readMigrationFiles } from './files.ts';
import type { BaselineOptions, DownOptions, MigrationRun, Migrations, UpOptions } from './migrations.ts';
import { createTenantMigrations, ofTenancy, type TenantMigrations } from './tenants.ts';
import type { Verification } from './verify.ts';

export type { BackfillPlan } from './backfill.ts';
export type { BackfillState } from './backfill-rows.ts';
export type { ContractGates, Gate } from './contract.ts';
export type { CopyProgress, CopyReport } from './copy.ts';
export type { RunningDaemon } from './daemons.ts';
export type { Drift } from './drift.ts';
export type { TenantRun, TenantStatus, TenantUpOptions } from './tenants.ts';
export type { Verification } from './verify.ts';

export interface ContractOptions extends Pick<UpOptions, 'wait_ms' | 'onProgress'> {
  /** In spite of what it waits for; the audit says who, and why. */
  override?: { actor: string; reason: string };
}

/** Ids are whole ones of files. @throws Problem `not_found` for others */
export interface MigrationTools extends Pick<Migrations, 'status' | 'plan'> {
  readonly dialect: DialectName;
  /** Null: tenants have no schemas of their own. */
  readonly tenants: TenantMigrations | null;
  /** `throttle`: whether backfills make way for others; they do if it is left out. */
  up(options: Omit<UpOptions, 'gate'> & { throttle?: boolean }): Promise<MigrationRun>;
  /** Refused while a daemon runs that needs what is taken back. */
  down(options: Omit<DownOptions, 'blockers'>): Promise<MigrationRun>;
  /** Refused where the schema is another than the one that `to` leaves. */
  baseline(options: Omit<BaselineOptions, 'differences'>): Promise<MigrationRun>;
  /** What a contract migration waits for. */
  gates(id: string): Promise<ContractGates>;
  /** Runs these contract migrations, in order and until something is in the way of one. */
  contract(ids: readonly string[], options: ContractOptions): Promise<MigrationRun>;
  backfills(): Promise<BackfillState[]>;
  planBackfill(id: string): Promise<BackfillPlan>;
  pauseBackfill(id: string): Promise<BackfillState>;
  /** Lets it go on; running it is another matter. */
  unpauseBackfill(id: string): Promise<BackfillState>;
  verify(id: string): Promise<Verification>;
  daemons(): Promise<RunningDaemon[]>;
  drift(): Promise<Drift>;
  /** Everything from a `sqlite:PATH` into this database, which must be Postgres. */
  copyFrom(url: string, onProgress: (progress: CopyProgress) => void): Promise<CopyReport>;
  close(): Promise<void>;
}

/** @throws Problem as `openStore`, and `internal` for migration files that contradict one another */
export async function openMigrationTools(options: StoreOptions): Promise<MigrationTools> {
  const dialect = await openDialect(options);
  const { now } = dialect;
  const folder = migrationsFolder(dialect.name);
  const files = await readMigrationFiles(folder);
  const parts = { dialect, folder, now, log: options.log };
  const backfills = createBackfills(parts);
  const { tenancy = 'shared' } = options;
  const migrationsWith = (runner: typeof backfills) =>
    ofTenancy({ dialect, tenancy }, createMigrations({ ...parts, backfills: runner }));
  const migrations = migrationsWith(backfills);
  const gates = createContractGates({ dialect, files, now });
  const daemons = createDaemons({ dialect, now, knows: async () => '' });

  function up({ throttle = true, ...asked }: Parameters<MigrationTools['up']>[0]): Promise<MigrationRun> {
    const paced: typeof backfills = {
      ...backfills,
      run: (file, run) => backfills.run(file, { ...run, throttle }),
    };
    return migrationsWith(paced).up(asked);
  }

  async function contract(
    ids: readonly string[],
    { override, ...run }: ContractOptions,
  ): Promise<MigrationRun> {
    const asked = { ...run, phases: ['contract' as const], to: ids.at(-1) ?? '' };
    if (!override) return migrations.up({ ...asked, gate: gates.gate });
    for (const id of ids) {
      const { gates: found } = await gates.explain(id);
      await recordOverride(dialect, { id, ...override, gates: found, at: await now() });
    }
    return migrations.up(asked);
  }

  async function needing(to: string): Promise<string[]> {
    const running = await daemons.list();
    return running.filter(({ knows }) => knows > to).map(describeDaemon);
  }

  async function drift(): Promise<Drift> {
    const shared = await findDrift({ dialect, files });
    if (tenancy === 'shared') return shared;
    const ofTenants = await readMigrationFiles(migrationsFolder('postgres-tenant'));
    const theirs = await findTenantDrift({ dialect, files: ofTenants });
    return { ...shared, differences: [...shared.differences, ...theirs] };
  }

  async function copyFrom(url: string, onProgress: (progress: CopyProgress) => void): Promise<CopyReport> {
    if (tenancy === 'schema')
      throw new Problem(
        'conflict',
        'The copy would put what callers said into the shared tables, with which TENANCY=schema does not start. Copy with TENANCY=shared, or begin with an empty database and `adminctl tenant import`.',
      );
    // SQLite's driver is needed here alone.
    const [{ copyDatabase }, { sqliteFile }] = await Promise.all([
      import('./copy.ts'),
      import('../dialect-sqlite.ts'),
    ]);
    return copyDatabase({ file: sqliteFile(url), target: dialect, onProgress });
  }

  return {
    dialect: dialect.name,
    tenants: tenancy === 'schema' ? createTenantMigrations({ dialect, now, log: options.log }) : null,
    status: migrations.status,
    plan: migrations.plan,
    up,
    down: (asked) => migrations.down({ ...asked, blockers: () => needing(asked.to) }),
    baseline: (asked) =>
      migrations.baseline({ ...asked, differences: (id) => differencesAt({ dialect, files }, id) }),
    gates: gates.explain,
    contract,
    backfills: backfills.status,
    planBackfill: async (id) => backfills.plan(fileNamed(files, id)),
    pauseBackfill: backfills.pause,
    unpauseBackfill: backfills.unpause,
    verify: async (id) => backfills.verify(fileNamed(files, id)),
    daemons: daemons.list,
    drift,
    copyFrom,
    close: dialect.close,
  };
}

function fileNamed(files: MigrationFile[], id: string): MigrationFile {
  const file = files.find((each) => each.id === id);
  if (file) return file;
  throw new Problem('not_found', `There is no migration ${id}. receptionistd migrate status lists them.`);
}
