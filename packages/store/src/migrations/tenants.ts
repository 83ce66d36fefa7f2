/**
 * The schemas of tenants, with `TENANCY=schema`: the same files for each, a lock and a schema_migrations of its own. One that
 * fails stops no other, and who runs it again touches only those that are not up to date.
 */
import { type Instant, Problem } from '@receptionist/core';
import { sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { migrationsFolder } from '../migrations-folder.ts';
import type { StoreLog } from '../store.ts';
import { SCHEMA_PREFIX, schemaOf } from '../tenant-schemas.ts';
import type { ContractGates } from './contract.ts';
import { renewDaemons } from './daemons.ts';
import { readMigrationFiles } from './files.ts';
import type {
  DownOptions,
  MigrationPlan,
  MigrationProgress,
  MigrationStatus,
  UpOptions,
} from './migrations.ts';
import { backfillNamed, type ContractOptions, createSchemaTools, type SchemaTools } from './schema-tools.ts';
import { createTenantBackfills, type TenantBackfills } from './tenant-backfills.ts';
import {
  goRound,
  inParallel,
  JOBS,
  messageOf,
  type RoundOptions,
  requireCanary,
  type TenantRun,
} from './tenant-rounds.ts';

export type {
  TenantBackfill,
  TenantBackfillPlan,
  TenantBackfills,
  TenantVerification,
} from './tenant-backfills.ts';
export type { TenantRun } from './tenant-rounds.ts';

export interface TenantStatus {
  tenant_id: string;
  /** The name of the schema. */
  scope: string;
  /** Empty where that could not be read. */
  migrations: MigrationStatus[];
  /** Why not. */
  error: string | null;
}

/** What the pending contracts of a tenant wait for. */
export interface TenantGates extends Pick<TenantStatus, 'tenant_id' | 'scope' | 'error'> {
  gates: ContractGates[];
}

export interface TenantPlan extends MigrationPlan {
  /** Whose schemas lack it. */
  tenant_ids: string[];
}

interface Watched {
  onProgress?: ((tenant_id: string, progress: MigrationProgress) => void) | undefined;
}

export interface TenantUpOptions
  extends Pick<UpOptions, 'to' | 'wait_ms' | 'throttle'>,
    RoundOptions,
    Watched {}

export interface TenantContractOptions
  extends Pick<ContractOptions, 'wait_ms' | 'override'>,
    RoundOptions,
    Watched {
  /** The last one. */
  to?: string | undefined;
}

export interface TenantBackfillOptions
  extends Pick<UpOptions, 'throttle'>,
    Pick<RoundOptions, 'onTenant'>,
    Watched {}

export interface TenantDownOptions extends Pick<DownOptions, 'to' | 'yes_lose_data' | 'wait_ms'>, Watched {}

/** Ids are whole ones of tenants' files; what is answered about each tenant comes by tenant id. */
export interface TenantMigrations extends TenantBackfills {
  /** In the order in which they apply. */
  ids(): Promise<string[]>;
  /** Who is where. */
  status(): Promise<TenantStatus[]>;
  /** What `up` would run, each file once. */
  plan(options?: Pick<UpOptions, 'to'>): Promise<TenantPlan[]>;
  /** Of each that was not up to date. @throws Problem `not_found` for a canary that is no tenant */
  up(options?: TenantUpOptions): Promise<TenantRun[]>;
  /** As that of one schema, of each where anything is left of it. @throws Problem `invalid_parameter` for what is no backfill */
  runBackfill(id: string, options: TenantBackfillOptions): Promise<TenantRun[]>;
  /** What `down` would take back somewhere, the newest first. @throws Problem `conflict` where one tenant would lose by it */
  planDown(options: TenantDownOptions): Promise<string[]>;
  /** Of each that had something to take back. @throws Problem as `planDown`, before anything is changed */
  down(options: TenantDownOptions): Promise<TenantRun[]>;
  /** Of each with contracts that are pending, up to this one; all if it is left out. */
  gates(to?: string): Promise<TenantGates[]>;
  /** Of each with contracts that were pending. A canary whose gates are closed keeps the others waiting, too. */
  contract(options: TenantContractOptions): Promise<TenantRun[]>;
}

export function createTenantMigrations({
  dialect,
  folder = migrationsFolder('postgres-tenant'),
  now,
  log,
}: {
  dialect: Dialect;
  folder?: URL;
  now: () => Promise<Instant>;
  log: StoreLog | undefined;
}): TenantMigrations {
  const toolsOf = (tenant_id: string): SchemaTools =>
    createSchemaTools({ dialect, folder, now, log, schema: schemaOf(tenant_id) });

  const theirBackfills = createTenantBackfills({ tenantIds, toolsOf });

  async function tenantIds(): Promise<string[]> {
    const rows = await dialect.reader
      .selectFrom('tenants')
      .select('tenant_id')
      .orderBy('tenant_id')
      .execute();
    return rows.map(({ tenant_id }) => tenant_id);
  }

  async function status(): Promise<TenantStatus[]> {
    return inParallel(JOBS, await tenantIds(), async (tenant_id) => {
      const who = { tenant_id, scope: `${SCHEMA_PREFIX}${tenant_id}` };
      try {
        return { ...who, migrations: await toolsOf(tenant_id).status(), error: null };
      } catch (error) {
        return { ...who, migrations: [], error: messageOf(error) };
      }
    });
  }

  /** Who has any of these to do, or cannot be read. */
  async function behind(isMeant: (migration: MigrationStatus, tenant_id: string) => boolean) {
    const all = await status();
    const planned = ({ tenant_id, migrations }: TenantStatus) =>
      migrations.filter((migration) => isMeant(migration, tenant_id)).map(toId);
    const stops = all.map((tenant) => ({ ...tenant, planned: planned(tenant) }));
    return { all, stops: stops.filter(({ error, planned }) => error !== null || planned.length > 0) };
  }

  async function plan({ to }: Pick<UpOptions, 'to'> = {}): Promise<TenantPlan[]> {
    const plans = await inParallel(JOBS, await tenantIds(), async (tenant_id) => {
      // What is wrong with one that cannot be read is told by its status.
      const files = await toolsOf(tenant_id)
        .plan(to === undefined ? {} : { to })
        .catch(() => []);
      return { tenant_id, files };
    });
    const tenant_ids = (id: string) =>
      plans.filter(({ files }) => files.some((file) => file.id === id)).map(toTenant);
    const files = new Map(plans.flatMap((own) => own.files).map((file) => [file.id, file]));
    return [...files.values()]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((file) => ({ ...file, tenant_ids: tenant_ids(file.id) }));
  }

  async function up(options: TenantUpOptions = {}): Promise<TenantRun[]> {
    const { jobs, canary, onTenant, onProgress, ...asked } = options;
    await renewDaemons(dialect);
    const { all, stops } = await behind(
      (migration) => isPending(migration) && isAsked(migration.id, asked.to),
    );
    requireCanary(canary, all.map(toTenant));
    const isStuck = ({ failed }: TenantRun) => failed !== null;
    const visit = async (tenant: TenantStatus) => {
      await ensureSchema(dialect, schemaOf(tenant.tenant_id));
      const tell = tellAbout(tenant, onProgress);
      return toolsOf(tenant.tenant_id).up({ ...phasesFor(tenant, all), ...asked, ...tell });
    };
    return goRound(stops, { jobs, canary, onTenant }, { visit, isStuck, tries: 2 });
  }

  async function runBackfill(
    id: string,
    { onTenant, onProgress, ...asked }: TenantBackfillOptions,
  ): Promise<TenantRun[]> {
    backfillNamed(await readMigrationFiles(folder), id);
    const states = (await theirBackfills.backfills()).filter((one) => one.id === id);
    const open = new Set(states.filter(({ state }) => state !== 'verified').map(toTenant));
    const { stops } = await behind((migration, tenant_id) => {
      if (migration.id === id && open.has(tenant_id)) return true;
      return isPending(migration) && migration.phase === 'backfill' && isAsked(migration.id, id);
    });
    const visit = async (tenant: TenantStatus) => {
      await ensureSchema(dialect, schemaOf(tenant.tenant_id));
      return toolsOf(tenant.tenant_id).runBackfill(id, { ...asked, ...tellAbout(tenant, onProgress) });
    };
    return goRound(stops, { onTenant }, { visit, isStuck: () => false, tries: 2 });
  }

  async function planDown({ onProgress: _, ...asked }: TenantDownOptions): Promise<string[]> {
    const planned = await inParallel(JOBS, await tenantIds(), async (tenant_id) => {
      try {
        return { tenant_id, ids: await toolsOf(tenant_id).planDown(asked), refusal: null };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return { tenant_id, ids: [], refusal: error };
      }
    });
    // One that cannot be read keeps nobody else from going back.
    const refused = planned.filter(({ refusal }) => refusal !== null && refusal.code !== 'unavailable');
    const [first] = refused;
    if (first?.refusal) {
      const { code, message } = first.refusal;
      const where = `In ${refused.length} of ${planned.length} tenants, ${first.tenant_id} among them`;
      throw new Problem(code, `${where}: ${message}`);
    }
    return [...new Set(planned.flatMap(({ ids }) => ids))].sort().reverse();
  }

  async function down({ onProgress, ...asked }: TenantDownOptions): Promise<TenantRun[]> {
    await planDown(asked);
    const isLater = ({ id, state }: MigrationStatus) => id > asked.to && state !== 'pending';
    const stops = (await status())
      .map((tenant) => ({ ...tenant, planned: tenant.migrations.filter(isLater).map(toId).reverse() }))
      .filter(({ error, planned }) => error !== null || planned.length > 0);
    return goRound(
      stops,
      {},
      {
        visit: (tenant) => toolsOf(tenant.tenant_id).down({ ...asked, ...tellAbout(tenant, onProgress) }),
        isStuck: () => false,
      },
    );
  }

  async function gates(to?: string): Promise<TenantGates[]> {
    const { stops } = await behind((migration) => isPendingContract(migration, to));
    return inParallel(JOBS, stops, async ({ tenant_id, scope, error, planned }) => {
      const tools = toolsOf(tenant_id);
      return { tenant_id, scope, error, gates: await Promise.all(planned.map(tools.gates)) };
    });
  }

  async function contract(options: TenantContractOptions): Promise<TenantRun[]> {
    const { to, jobs, canary, onTenant, onProgress, ...asked } = options;
    const { all, stops } = await behind((migration) => isPendingContract(migration, to));
    requireCanary(canary, all.map(toTenant));
    const isStuck = ({ failed, waiting }: TenantRun) => failed !== null || waiting.length > 0;
    const visit = async (tenant: TenantStatus & { planned: string[] }) => {
      if (tenant.error !== null) throw new Problem('unavailable', tenant.error);
      const tell = tellAbout(tenant, onProgress);
      return toolsOf(tenant.tenant_id).contract(tenant.planned, { ...asked, ...tell });
    };
    return goRound(stops, { jobs, canary, onTenant }, { visit, isStuck });
  }

  return {
    ids: async () => (await readMigrationFiles(folder)).map(toId),
    ...{ status, plan, up, runBackfill, planDown, down, gates, contract },
    ...theirBackfills,
  };
}

async function ensureSchema({ writer, isConflict }: Dialect, schema: string): Promise<void> {
  try {
    await sql`create schema if not exists ${sql.id(schema)}`.execute(writer);
  } catch (error) {
    // Another process made it between Postgres's look and its own try.
    if (!isConflict(error)) throw error;
  }
}

/**
 * An empty schema gets everything at once, but contracts that others still wait for: a daemon may run that needs the old shape
 * in all of them.
 */
function phasesFor(tenant: TenantStatus, all: readonly TenantStatus[]): Pick<UpOptions, 'phases'> {
  const isNew = ({ migrations }: TenantStatus) => migrations.every(({ state }) => state === 'pending');
  const isWaitedFor = all.some(
    (other) => !isNew(other) && other.migrations.some((migration) => isPendingContract(migration)),
  );
  return isNew(tenant) && isWaitedFor ? { phases: ['expand', 'backfill', 'switch'] } : {};
}

function tellAbout(
  { tenant_id }: Pick<TenantStatus, 'tenant_id'>,
  onProgress: Watched['onProgress'],
): Pick<UpOptions, 'onProgress'> {
  return onProgress ? { onProgress: (progress) => onProgress(tenant_id, progress) } : {};
}

function isPending({ state }: MigrationStatus): boolean {
  return state !== 'applied';
}

function isPendingContract(migration: MigrationStatus, to?: string): boolean {
  return isPending(migration) && migration.phase === 'contract' && isAsked(migration.id, to);
}

function isAsked(id: string, to: string | undefined): boolean {
  return to === undefined || id <= to;
}

const toId = ({ id }: { id: string }) => id;
const toTenant = ({ tenant_id }: { tenant_id: string }) => tenant_id;
