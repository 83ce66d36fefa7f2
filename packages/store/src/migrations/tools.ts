/** The migrations of a database with all that belongs to them, for the commands; the daemon needs less, and loads less. */
import { Problem } from '@receptionist/core';
import type { DialectName } from '../dialect.ts';
import { migrationsFolder } from '../migrations-folder.ts';
import { openDialect, type StoreOptions } from '../open.ts';
import type { CopyProgress, CopyReport } from './copy.ts';
import { createDaemons, type RunningDaemon } from './daemons.ts';
import { type Drift, differencesAt, findDrift, findTenantDrift } from './drift.ts';
import { readMigrationFiles } from './files.ts';
import type { BaselineOptions, MigrationRun } from './migrations.ts';
import { createSchemaTools, type SchemaTools } from './schema-tools.ts';
import { ofTenancy } from './tenancy.ts';
import { createTenantMigrations, type TenantMigrations } from './tenants.ts';

export type { BackfillPlan } from './backfill.ts';
export type { BackfillState } from './backfill-rows.ts';
export type { ContractGates, Gate } from './contract.ts';
export type { CopyProgress, CopyReport } from './copy.ts';
export type { RunningDaemon, Series } from './daemons.ts';
export type { Drift } from './drift.ts';
export type { ContractOptions } from './schema-tools.ts';
export type * from './tenants.ts';
export type { Verification } from './verify.ts';

/** Those of the shared schema, and in `tenants` those of all tenants' schemas. */
export interface MigrationTools extends SchemaTools {
  readonly dialect: DialectName;
  /** Null: tenants have no schemas of their own. */
  readonly tenants: TenantMigrations | null;
  /** Refused where the schema is another than the one that `to` leaves. */
  baseline(options: Omit<BaselineOptions, 'differences'>): Promise<MigrationRun>;
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
  const { tenancy = 'shared', log } = options;
  const folder = migrationsFolder(dialect.name);
  const files = await readMigrationFiles(folder);
  const shared = ofTenancy({ dialect, tenancy }, createSchemaTools({ dialect, folder, now, log }));

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
    ...shared,
    dialect: dialect.name,
    tenants: tenancy === 'schema' ? createTenantMigrations({ dialect, now, log }) : null,
    baseline: (asked) =>
      shared.baseline({ ...asked, differences: (id) => differencesAt({ dialect, files }, id) }),
    daemons: createDaemons({ dialect, now, knows: async () => '' }).list,
    drift,
    copyFrom,
    close: dialect.close,
  };
}
