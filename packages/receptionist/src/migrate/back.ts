/** Going back, and saying where a database stands that others have made. */
import { Problem } from '@receptionist/core';
import type { MigrationRun } from '@receptionist/store';
import type { TenantMigrations, TenantRun } from '@receptionist/store/migrate';
import { EXIT } from '../failure.ts';
import { type Desk, named } from './desk.ts';
import { ofTenants } from './ids.ts';
import { type Outcome, UNCHANGED } from './outcome.ts';
import { watched, watchedRound } from './progress.ts';
import { codeOf, NO_RUN, troubleIn } from './run-words.ts';
import { doneLines, tenantTrouble } from './tenant-words.ts';

export async function down(
  desk: Desk,
  { to: typed, yesLoseData = false, wait: wait_ms }: { to: string; yesLoseData?: boolean; wait: number },
): Promise<Outcome> {
  const { tools, terminal } = desk;
  const { id: to, tenants, shared } = await goal(desk, typed);
  const asked = { to, yes_lose_data: yesLoseData, wait_ms };
  const ofThem = (await tenants?.planDown(asked)) ?? [];
  const ofAll = shared ? await tools.planDown(asked) : [];
  const ids = [...ofThem.map(ofTenants), ...ofAll];
  if (ids.length > 0 && !(await terminal.confirmed(`Take back ${ids.join(', ')}?`))) return UNCHANGED;
  const runs = tenants ? await watchedRound(terminal, (watch) => tenants.down({ ...asked, ...watch })) : [];
  const isWhole = shared && codeOf(runs) === EXIT.done;
  const run = isWhole
    ? await watched(terminal, (onProgress) => tools.down({ ...asked, onProgress }))
    : NO_RUN;
  return told(run, {
    verb: 'took back',
    none: `nothing was applied after ${typed}`,
    ...(tools.tenants && { runs }),
  });
}

/** To none at all: tenants' schemas, which lean on the shared one, go first. */
async function goal(
  desk: Desk,
  typed: string,
): Promise<{ id: string; tenants: TenantMigrations | null; shared: boolean }> {
  if (typed === '0') return { id: '0', tenants: desk.tools.tenants, shared: true };
  const { id, tenants } = await named(desk, typed);
  return { id, tenants, shared: tenants === null };
}

export async function baseline(
  desk: Desk,
  { to: typed, force, wait: wait_ms }: { to: string; force?: string; wait: number },
): Promise<Outcome> {
  const { id, tenants } = await named(desk, typed);
  if (tenants) throw noBaseline(id);
  const run = await desk.tools.baseline({ to: id, wait_ms, ...(force !== undefined && { force }) });
  return told(run, { verb: 'marked as applied:', none: `all up to ${id} were applied already` });
}

function noBaseline(id: string): Problem {
  return new Problem(
    'invalid_parameter',
    `${id} is of tenants' schemas, which nobody makes but this program: there is nothing to take over. Where a schema lost its schema_migrations, restore it from a backup. Nothing was changed.`,
  );
}

function told(
  run: MigrationRun,
  { verb, none, runs }: { verb: string; none: string; runs?: TenantRun[] },
): Outcome {
  const all = [run, ...(runs ?? [])];
  const isInVain = all.every(({ done, failed }) => done.length === 0 && !failed);
  const lines = [...doneLines(verb, runs ?? []), ...run.done.map((id) => `${verb} ${id}`)];
  return {
    document: { ...run, ...(runs && { tenants: runs }) },
    lines: isInVain ? [none] : lines,
    notes: [...tenantTrouble(runs ?? []), ...troubleIn(run)],
    code: codeOf(all),
  };
}
