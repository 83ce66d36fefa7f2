import type { MigrationRun } from '@receptionist/store';
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
  const asked: Asked = { id, throttle: !unthrottled };
  return tenants ? startInAll(desk, tenants, asked) : startShared(desk, asked);
}

interface Asked {
  id: string;
  throttle: boolean;
}

async function startShared({ tools, terminal }: Desk, { id, throttle }: Asked): Promise<Outcome> {
  const run = await watched(terminal, (onProgress) => tools.runBackfill(id, { throttle, onProgress }));
  const items = await tools.backfills();
  return {
    document: { ...run, items, next_cursor: null },
    lines: isInVain(run) ? [NOTHING_LEFT] : backfillLines(items),
    notes: troubleIn(run),
    code: codeOf([run]),
  };
}

async function startInAll(
  { terminal }: Desk,
  tenants: TenantMigrations,
  { id, throttle }: Asked,
): Promise<Outcome> {
  const runs = await watchedRound(terminal, (watch) => tenants.runBackfill(id, { throttle, ...watch }));
  const items = await tenants.backfills();
  return {
    document: { ...NO_RUN, tenants: runs, items, next_cursor: null },
    lines: runs.every(isInVain) ? [NOTHING_LEFT] : backfillLines(items),
    notes: tenantTrouble(runs),
    code: codeOf(runs),
  };
}

function isInVain({ done, failed, waiting }: MigrationRun): boolean {
  return done.length === 0 && failed === null && waiting.length === 0;
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
    ...shared.map((one) => [one.id, one.state, shareInWords(one), remarkOn(one, one.id)]),
    ...alike(theirs, (one) => [one.id, one.state, one.last_error, isLeft(one)].join('\n')).map(
      ({ first, all, who }) => [
        ofTenants(first.id),
        first.state,
        shareInWords({ done_rows: sum(all, 'done_rows'), total_rows: sum(all, 'total_rows') }),
        [who, remarkOn(first, ofTenants(first.id))].filter((words) => words !== '').join(': '),
      ],
    ),
  ]);
}

function remarkOn(backfill: BackfillState, name: string): string {
  if (isLeft(backfill)) return `nobody runs it; receptionistd migrate backfill start ${name} goes on`;
  return backfill.last_error ?? (backfill.holder ? `run by ${backfill.holder}` : '');
}

/** Whoever ran it was killed, or is to come. */
function isLeft({ state, holder }: BackfillState): boolean {
  return state === 'running' && holder === null;
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
