import type { Phase } from '@receptionist/store';
import type {
  BackfillPlan,
  BackfillState,
  MigrationTools,
  TenantBackfill,
  TenantMigrations,
} from '@receptionist/store/migrate';
import { type Desk, named } from './desk.ts';
import { ofTenants } from './ids.ts';
import type { Outcome } from './outcome.ts';
import { shareInWords, watched, watchedRound } from './progress.ts';
import { codeOf, NO_RUN, troubleIn } from './run-words.ts';
import { alike, tenantTrouble } from './tenant-words.ts';
import { columns, count } from './words.ts';

export interface StartFlags {
  unthrottled?: boolean;
  dryRun?: true;
}

/** To its end, with those that come before it, and verified. */
export async function startBackfill(
  desk: Desk,
  typed: string,
  { unthrottled = false, dryRun }: StartFlags,
): Promise<Outcome> {
  const { id, tenants } = await named(desk, typed);
  if (dryRun) return tenants ? rehearseAll(tenants, id) : rehearse(desk, id);
  const asked: Asked = { phases: ['backfill'], to: id, throttle: !unthrottled };
  return tenants ? startInAll(desk, tenants, asked) : startShared(desk, asked);
}

interface Asked {
  phases: Phase[];
  to: string;
  throttle: boolean;
}

async function startShared({ tools, terminal }: Desk, asked: Asked): Promise<Outcome> {
  const run = await watched(terminal, (onProgress) => tools.up({ ...asked, onProgress }));
  const items = await tools.backfills();
  return {
    document: { ...run, items, next_cursor: null },
    lines: run.done.length > 0 || run.failed ? backfillLines(items) : [NOTHING_LEFT],
    notes: troubleIn(run),
    code: codeOf([run]),
  };
}

async function startInAll({ terminal }: Desk, tenants: TenantMigrations, asked: Asked): Promise<Outcome> {
  const runs = await watchedRound(terminal, (watch) => tenants.up({ ...asked, ...watch }));
  const items = await tenants.backfills();
  const isInVain = runs.every(({ done, failed }) => done.length === 0 && !failed);
  return {
    document: { ...NO_RUN, tenants: runs, items, next_cursor: null },
    lines: isInVain ? [NOTHING_LEFT] : backfillLines(items),
    notes: tenantTrouble(runs),
    code: codeOf(runs),
  };
}

const NOTHING_LEFT = 'nothing was left to do';

/** Goes on where it was paused, in this process. */
export async function resumeBackfill(desk: Desk, typed: string, flags: StartFlags): Promise<Outcome> {
  const { id, tenants } = await named(desk, typed);
  await (tenants ?? desk.tools).unpauseBackfill(id);
  return startBackfill(desk, typed, flags);
}

export async function pauseBackfill(desk: Desk, typed: string): Promise<Outcome> {
  const { id, tenants } = await named(desk, typed);
  const notes = [`Next: receptionistd migrate backfill resume ${tenants ? ofTenants(id) : id}`];
  if (tenants) {
    const items = await tenants.pauseBackfill(id);
    return { document: { items, next_cursor: null }, lines: backfillLines(items), notes };
  }
  const state = await desk.tools.pauseBackfill(id);
  return { document: state, lines: backfillLines([state]), notes };
}

export async function backfillStatus({ tools }: Desk): Promise<Outcome> {
  const items = await allBackfills(tools);
  return {
    document: { items, next_cursor: null },
    lines: backfillLines(items),
    notes: items.length === 0 ? ['No backfill was begun.'] : [],
  };
}

/** Of the shared schema first, then those of tenants, who say so. */
export async function allBackfills(tools: MigrationTools): Promise<(BackfillState | TenantBackfill)[]> {
  return [...(await tools.backfills()), ...((await tools.tenants?.backfills()) ?? [])];
}

export function backfillLines(backfills: readonly (BackfillState | TenantBackfill)[]): string[] {
  const shared = backfills.filter((one) => !('tenant_id' in one));
  const theirs = backfills.filter((one) => 'tenant_id' in one);
  return columns([
    ...shared.map(({ id, ...one }) => [id, one.state, shareInWords(one), remarkOn(one)]),
    ...alike(theirs, ({ id, state, last_error }) => [id, state, last_error].join('\n')).map(
      ({ first, all, who }) => [
        ofTenants(first.id),
        first.state,
        shareInWords({ done_rows: sum(all, 'done_rows'), total_rows: sum(all, 'total_rows') }),
        [who, remarkOn(first)].filter((words) => words !== '').join(': '),
      ],
    ),
  ]);
}

function remarkOn({ last_error, holder }: Pick<BackfillState, 'last_error' | 'holder'>): string {
  return last_error ?? (holder ? `run by ${holder}` : '');
}

function sum<K extends string>(items: readonly Readonly<Record<K, number>>[], column: K): number {
  return items.reduce((total, item) => total + item[column], 0);
}

async function rehearse({ tools }: Desk, id: string): Promise<Outcome> {
  const planned = await tools.planBackfill(id);
  return { document: planned, lines: planLines(id, planned), notes: [UNCHANGED] };
}

/** The rows of all together, and the first batch of one that has any left. */
async function rehearseAll(tenants: TenantMigrations, id: string): Promise<Outcome> {
  const items = await tenants.planBackfill(id);
  const { first_batch = null, plan = [] } = items.find((one) => one.first_batch !== null) ?? {};
  const rows = { rows: sum(items, 'rows'), done_rows: sum(items, 'done_rows') };
  return {
    document: { id, ...rows, first_batch, plan, tenants: items },
    lines: planLines(`${ofTenants(id)} for ${items.length} tenants`, { ...rows, first_batch, plan }),
    notes: [UNCHANGED],
  };
}

const UNCHANGED = 'Nothing was changed.';

function planLines(
  name: string,
  { rows, done_rows, first_batch, plan }: Pick<BackfillPlan, 'rows' | 'done_rows' | 'first_batch' | 'plan'>,
): string[] {
  return [
    `${name}: ${shareInWords({ done_rows, total_rows: rows })} are done`,
    ...(first_batch ? [`the first batch has ${count(first_batch.rows)} rows:`] : ['nothing is left to do']),
    ...plan.map((line) => `  ${line}`),
  ];
}
