import type { MigrationRun } from '@receptionist/store';
import type { ContractGates, MigrationTools, TenantGates, TenantRun } from '@receptionist/store/migrate';
import { EXIT } from '../failure.ts';
import { type Desk, type NamedMigration, named } from './desk.ts';
import { gateLines, tenantGateLines, waitingFor } from './gate-words.ts';
import { ofTenants } from './ids.ts';
import { type Outcome, UNCHANGED } from './outcome.ts';
import { watched, watchedRound } from './progress.ts';
import { codeOf, NO_RUN, troubleIn } from './run-words.ts';
import { doneLines, tenantTrouble } from './tenant-words.ts';
import { type RoundFlags, refuseRound } from './up.ts';

export interface ContractFlags extends RoundFlags {
  dryRun?: boolean;
  /** Why it is to go on in spite of what it waits for. */
  override?: string;
  /** Who says so. */
  actor: string;
  /** In milliseconds. */
  wait: number;
}

/** Of contracts that are pending, and what each waits for. */
interface Pending {
  shared: ContractGates[];
  theirs: TenantGates[];
}

/**
 * All that are pending, up to the one that was typed, in order and until one has to wait: in the shared schema, and then in those
 * of tenants, each by its own gates.
 */
export async function contract(
  desk: Desk,
  typed: string | undefined,
  { dryRun = false, override: reason, actor, wait: wait_ms, ...round }: ContractFlags,
): Promise<Outcome> {
  refuseRound(desk, round);
  const last = typed === undefined ? null : await named(desk, typed);
  const pending = await findPending(desk.tools, last);
  const begun = reason === undefined ? thoseThatMay(pending) : pending;
  const ids = idsOf(begun);
  if (dryRun || ids.length === 0) return explained(desk, pending, dryRun);
  if (!(await desk.terminal.confirmed(`Drop the old shape for good (${ids.join(', ')})?`))) return UNCHANGED;
  const asked = { wait_ms, ...(reason !== undefined && { override: { actor, reason } }) };
  const run =
    begun.shared.length > 0 ? await contractShared(desk, begun.shared, asked) : notBegun(pending.shared);
  const areTheirTurn = run.failed === null && begun.theirs.length > 0;
  const runs = areTheirTurn
    ? await contractTenants(desk, { ...asked, ...round, ...(last && { to: last.id }) })
    : pending.theirs.map(tenantNotBegun);
  return told(desk, pending, { run, runs });
}

async function findPending(tools: MigrationTools, last: NamedMigration | null): Promise<Pending> {
  const isAsked = (id: string) => last === null || id <= last.id;
  const statuses = last?.tenants ? [] : await tools.status();
  const pending = statuses.filter(
    ({ id, phase, state }) => phase === 'contract' && state !== 'applied' && isAsked(id),
  );
  const areAsked = last === null || last.tenants !== null;
  return {
    shared: await Promise.all(pending.map(({ id }) => tools.gates(id))),
    theirs: areAsked ? ((await tools.tenants?.gates(last?.id)) ?? []) : [],
  };
}

function thoseThatMay({ shared, theirs }: Pending): Pending {
  return {
    shared: shared[0]?.ready ? shared : [],
    theirs: theirs.filter(({ gates }) => gates[0]?.ready),
  };
}

function idsOf({ shared, theirs }: Pending): string[] {
  const ofThem = theirs.flatMap(({ gates }) => gates.map(({ id }) => ofTenants(id)));
  return [...shared.map(({ id }) => id), ...new Set(ofThem)];
}

type Asked = Parameters<MigrationTools['contract']>[1];

function contractShared(
  { tools, terminal }: Desk,
  pending: ContractGates[],
  asked: Asked,
): Promise<MigrationRun> {
  const ids = pending.map(({ id }) => id);
  return watched(terminal, (onProgress) => tools.contract(ids, { ...asked, onProgress }));
}

/** Of those whose gates are closed each says so, under its own lock. */
async function contractTenants(
  { tools, terminal }: Desk,
  asked: Asked & RoundFlags & { to?: string },
): Promise<TenantRun[]> {
  const { tenants } = tools;
  return tenants ? watchedRound(terminal, (watch) => tenants.contract({ ...asked, ...watch })) : [];
}

function notBegun(pending: ContractGates[]): MigrationRun {
  return { ...NO_RUN, not_run: pending.map(({ id }) => id), waiting: waitingFor(pending) };
}

function tenantNotBegun({ tenant_id, scope, error, gates }: TenantGates): TenantRun {
  const failed = error === null ? null : { id: '', message: error, state: 'undone' as const };
  return { tenant_id, scope, ...notBegun(gates), failed };
}

function told(
  desk: Desk,
  { shared, theirs }: Pending,
  { run, runs }: { run: MigrationRun; runs: TenantRun[] },
): Outcome {
  const waiting = new Set(runs.filter(isWaiting).map(({ tenant_id }) => tenant_id));
  const code = codeOf([run, ...runs]);
  return {
    document: documentOf(desk, { shared, theirs }, { run, runs }),
    lines: [...run.done.map((id) => `applied ${id}`), ...doneLines('applied', runs)],
    notes: [
      ...troubleIn(run),
      // What they wait for has the times of each: the gates tell that together.
      ...tenantTrouble(runs.map((one) => ({ ...one, waiting: [] }))),
      ...tenantGateLines(theirs.filter(({ tenant_id }) => waiting.has(tenant_id))),
    ],
    code: code === EXIT.done && [run, ...runs].some(isWaiting) ? EXIT.conflict : code,
  };
}

/** What each waits for. Asked to contract, that is a conflict; asked whether it could, the answer is no. */
function explained(desk: Desk, pending: Pending, dryRun: boolean): Outcome {
  const { shared, theirs } = pending;
  const run = notBegun(shared);
  const runs = theirs.map(tenantNotBegun);
  const isReady = ![run, ...runs].some((one) => isWaiting(one) || one.failed);
  const lines = [...shared.flatMap((one) => gateLines(one, one.id)), ...tenantGateLines(theirs)];
  return {
    document: documentOf(desk, pending, { run, runs }),
    lines: lines.length > 0 ? lines : ['no contract migration is pending'],
    notes: !isReady ? ['Nothing was changed.'] : dryRun && lines.length > 0 ? [NEXT] : [],
    code: isReady ? EXIT.done : dryRun ? EXIT.no : EXIT.conflict,
  };
}

const NEXT = 'Next: receptionistd migrate contract';

function isWaiting({ waiting }: MigrationRun): boolean {
  return waiting.length > 0;
}

function documentOf(
  { tools }: Desk,
  { shared, theirs }: Pending,
  { run, runs }: { run: MigrationRun; runs: TenantRun[] },
): object {
  const gatesOf = new Map(theirs.map(({ tenant_id, gates }) => [tenant_id, gates]));
  const tenants = runs.map((one) => ({ ...one, gates: gatesOf.get(one.tenant_id) ?? [] }));
  return { ...run, gates: shared, ...(tools.tenants && { tenants }) };
}
