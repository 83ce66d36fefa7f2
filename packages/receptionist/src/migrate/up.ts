import { Problem } from '@receptionist/core';
import type { MigrationPlan, MigrationRun } from '@receptionist/store';
import type { TenantPlan, TenantRun, TenantUpOptions } from '@receptionist/store/migrate';
import { EXIT } from '../failure.ts';
import { type Desk, type NamedMigration, named } from './desk.ts';
import { ofTenants } from './ids.ts';
import type { Outcome } from './outcome.ts';
import { watched, watchedRound } from './progress.ts';
import { codeOf, NO_RUN, troubleIn } from './run-words.ts';
import { doneLines, tenantTrouble, whose } from './tenant-words.ts';

/** How to go through the tenants. */
export interface RoundFlags {
  canary?: string;
  jobs?: number;
}

export interface UpFlags extends RoundFlags {
  to?: string;
  dryRun?: true;
  /** In milliseconds. */
  wait: number;
}

const NEXT = 'Next: receptionistd migrate status';

export async function up(
  desk: Desk,
  { to: typed, dryRun, wait: wait_ms, ...round }: UpFlags,
): Promise<Outcome> {
  refuseRound(desk, round);
  const to = typed === undefined ? null : await named(desk, typed);
  if (dryRun) return rehearse(desk, to);
  const asked = { ...(to && { to: to.id }), wait_ms };
  const run = to?.tenants ? NO_RUN : await upShared(desk, asked);
  // Tenants' schemas lean on the shared one, and have migrations of their own.
  const isTheirTurn = run.failed === null && (to === null || to.tenants !== null);
  const runs = isTheirTurn ? await upTenants(desk, { ...round, ...asked }) : [];
  const all = [run, ...runs];
  const lines = [...run.done.map((id) => `applied ${id}`), ...doneLines('applied', runs)];
  const code = codeOf(all);
  return {
    document: { ...run, ...(desk.tools.tenants && { tenants: runs }) },
    lines: lines.length > 0 || all.some(isInTrouble) ? lines : ['nothing was pending'],
    notes: [...troubleIn(run), ...tenantTrouble(runs), ...(code === EXIT.done ? [] : [NEXT])],
    code,
  };
}

/** @throws Problem `invalid_parameter` where no tenant has a schema */
export function refuseRound({ tools }: Desk, { canary, jobs }: RoundFlags): void {
  if (tools.tenants || (canary === undefined && jobs === undefined)) return;
  throw new Problem(
    'invalid_parameter',
    '--canary and --jobs are for tenants with schemas of their own, and TENANCY is shared: leave them out.',
  );
}

function upShared({ tools, terminal }: Desk, asked: { to?: string; wait_ms: number }): Promise<MigrationRun> {
  return watched(terminal, (onProgress) => tools.up({ ...asked, onProgress }));
}

async function upTenants({ tools, terminal }: Desk, asked: TenantUpOptions): Promise<TenantRun[]> {
  const { tenants } = tools;
  return tenants ? watchedRound(terminal, (watch) => tenants.up({ ...asked, ...watch })) : [];
}

function isInTrouble({ failed, waiting }: MigrationRun): boolean {
  return failed !== null || waiting.length > 0;
}

/** What would run, as SQL that could be run, with the locks to expect as comments. */
async function rehearse({ tools }: Desk, to: NamedMigration | null): Promise<Outcome> {
  const { locksOf } = await import('@receptionist/store/lint');
  const asked = to ? { to: to.id } : {};
  const shared = to?.tenants ? [] : await tools.plan(asked);
  const theirs = to && !to.tenants ? [] : ((await tools.tenants?.plan(asked)) ?? []);
  const files: (MigrationPlan | TenantPlan)[] = [...shared, ...theirs];
  const plan = await Promise.all(
    files.map(async (file) => ({ ...file, locks: await locksOf(scriptOf(file), tools.dialect) })),
  );
  return {
    document: { ...NO_RUN, not_run: shared.map(({ id }) => id), plan },
    lines: plan.flatMap((file) => [headingOf(file), ...file.locks.map(lockInWords), scriptOf(file), '']),
    notes: [plan.length === 0 ? 'nothing is pending' : 'Nothing was changed. Next: receptionistd migrate up'],
  };
}

function headingOf(file: MigrationPlan | TenantPlan): string {
  const { id, phase, transaction } = file;
  const how = transaction ? 'in one transaction' : 'each statement by itself';
  if (!('tenant_ids' in file)) return `-- ${id} (${phase}), ${how}`;
  return `-- ${ofTenants(id)} (${phase}), ${how}, for ${whose(file.tenant_ids)}`;
}

function scriptOf({ statements }: MigrationPlan): string {
  return statements.map((statement) => `${statement.trim().replace(/;$/, '')};`).join('\n');
}

interface Lock {
  statement: string;
  table: string | null;
  lock: string;
  blocks: string;
  scans: boolean;
}

function lockInWords({ statement, table, lock, blocks, scans }: Lock): string {
  const where = table === null ? '' : ` on ${table}`;
  return `-- lock: ${lock}${where}, blocks ${blocks}${scans ? ', reads all of it' : ''}: ${statement}`;
}
