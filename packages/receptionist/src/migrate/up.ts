import { Problem } from '@receptionist/core';
import type { MigrationPlan, MigrationRun } from '@receptionist/store';
import type { TenantRun, TenantUpOptions } from '@receptionist/store/migrate';
import { EXIT } from '../failure.ts';
import { type Desk, named } from './desk.ts';
import type { Outcome } from './outcome.ts';
import { watched } from './progress.ts';
import { codeOf, troubleIn } from './run-words.ts';

export interface UpFlags {
  to?: string;
  dryRun?: true;
  /** In milliseconds. */
  wait: number;
  canary?: string;
  jobs?: number;
}

const NEXT = 'Next: receptionistd migrate status';

export async function up(desk: Desk, { to, dryRun, wait: wait_ms, ...tenants }: UpFlags): Promise<Outcome> {
  if (!desk.tools.tenants) refuseForTenants(tenants);
  const asked = { ...(to !== undefined && { to: await named(desk, to) }), wait_ms };
  if (dryRun) return rehearse(desk, asked);
  const run = await watched(desk.terminal, (onProgress) => desk.tools.up({ ...asked, onProgress }));
  // Tenants' schemas lean on the shared one, and have migrations of their own.
  const isWhole = run.failed === null && to === undefined;
  const runs = isWhole ? await upTenants(desk, { ...tenants, wait_ms }) : [];
  const all = [run, ...runs];
  const lines = appliedLines(run, runs);
  const code = codeOf(all);
  return {
    document: { ...run, ...(desk.tools.tenants && { tenants: runs }) },
    lines: lines.length > 0 || all.some(isInTrouble) ? lines : ['nothing was pending'],
    notes: [...troubleIn(run), ...tenantTrouble(runs), ...(code === EXIT.done ? [] : [NEXT])],
    code,
  };
}

/** @throws Problem `invalid_parameter` */
function refuseForTenants({ canary, jobs }: Pick<UpFlags, 'canary' | 'jobs'>): void {
  if (canary === undefined && jobs === undefined) return;
  throw new Problem(
    'invalid_parameter',
    '--canary and --jobs are for tenants with schemas of their own, and TENANCY is shared: leave them out.',
  );
}

async function upTenants({ tools, terminal }: Desk, asked: TenantUpOptions): Promise<TenantRun[]> {
  if (!tools.tenants) return [];
  let ended = 0;
  const onTenant = ({ tenant_id }: TenantRun) =>
    terminal.progress(`${++ended} tenants, the last ${tenant_id}`);
  try {
    return await tools.tenants.up({ ...asked, onTenant });
  } finally {
    terminal.endProgress();
  }
}

function isInTrouble({ failed, waiting }: MigrationRun): boolean {
  return failed !== null || waiting.length > 0;
}

function appliedLines(run: MigrationRun, tenants: TenantRun[]): string[] {
  const migrated = tenants.filter(({ done }) => done.length > 0);
  return [
    ...run.done.map((id) => `applied ${id}`),
    ...(migrated.length > 0 ? [`applied in the schemas of ${migrated.length} tenants`] : []),
  ];
}

function tenantTrouble(runs: TenantRun[]): string[] {
  const untried = runs.filter(
    ({ failed, done, not_run }) => !failed && done.length === 0 && not_run.length > 0,
  );
  return [
    ...runs.flatMap((run) => troubleIn(run).map((words) => `${run.tenant_id} (${run.scope}): ${words}`)),
    ...(untried.length > 0 ? [`not tried: ${untried.length} tenants`] : []),
  ];
}

/** What would run, as SQL that could be run, with the locks to expect as comments. */
async function rehearse({ tools }: Desk, asked: { to?: string }): Promise<Outcome> {
  const { locksOf } = await import('@receptionist/store/lint');
  const plan = await Promise.all(
    (await tools.plan(asked)).map(async (file) => ({
      ...file,
      locks: await locksOf(scriptOf(file), tools.dialect),
    })),
  );
  const not_run = plan.map(({ id }) => id);
  return {
    document: { done: [], failed: null, not_run, waiting: [], plan },
    lines: plan.flatMap((file) => [
      `-- ${file.id} (${file.phase}), ${file.transaction ? 'in one transaction' : 'each statement by itself'}`,
      ...file.locks.map(lockInWords),
      scriptOf(file),
      '',
    ]),
    notes: [plan.length === 0 ? 'nothing is pending' : 'Nothing was changed. Next: receptionistd migrate up'],
  };
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
