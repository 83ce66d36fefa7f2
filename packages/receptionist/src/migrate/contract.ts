import type { ContractGates } from '@receptionist/store/migrate';
import { EXIT } from '../failure.ts';
import { type Desk, named } from './desk.ts';
import { type Outcome, UNCHANGED } from './outcome.ts';
import { watched } from './progress.ts';
import { codeOf, troubleIn } from './run-words.ts';

export interface ContractFlags {
  dryRun?: boolean;
  /** Why it is to go on in spite of what it waits for. */
  override?: string;
  /** Who says so. */
  actor: string;
  /** In milliseconds. */
  wait: number;
}

/** All that are pending, up to the one that was typed, in order and until one has to wait. */
export async function contract(
  desk: Desk,
  typed: string | undefined,
  { dryRun = false, override: reason, actor, wait: wait_ms }: ContractFlags,
): Promise<Outcome> {
  const gates = await pendingGates(desk, typed);
  const ids = gates.map(({ id }) => id);
  const override = reason === undefined ? {} : { override: { actor, reason } };
  const mayBegin = reason !== undefined || gates[0]?.ready === true;
  if (dryRun || !mayBegin) return explained(gates, dryRun);
  if (!(await desk.terminal.confirmed(`Drop the old shape for good (${ids.join(', ')})?`))) return UNCHANGED;
  const run = await watched(desk.terminal, (onProgress) =>
    desk.tools.contract(ids, { wait_ms, onProgress, ...override }),
  );
  return {
    document: { ...run, gates },
    lines: run.done.map((id) => `applied ${id}`),
    notes: troubleIn(run),
    code: run.waiting.length > 0 ? EXIT.conflict : codeOf([run]),
  };
}

async function pendingGates(desk: Desk, typed: string | undefined): Promise<ContractGates[]> {
  const last = typed === undefined ? null : await named(desk, typed);
  const pending = (await desk.tools.status()).filter(
    ({ id, phase, state }) => phase === 'contract' && state !== 'applied' && id <= (last ?? id),
  );
  return Promise.all(pending.map(({ id }) => desk.tools.gates(id)));
}

/** What each waits for. Asked to contract, that is a conflict; asked whether it could, the answer is no. */
function explained(gates: ContractGates[], dryRun: boolean): Outcome {
  const waiting = gates
    .filter(({ ready }) => !ready)
    .map(({ id, gates }) => ({ id, why: openGates(gates).join(' ') }));
  return {
    document: { done: [], failed: null, not_run: gates.map(({ id }) => id), waiting, gates },
    lines: gates.length > 0 ? gates.flatMap(gateLines) : ['no contract migration is pending'],
    notes: waiting.length > 0 ? ['Nothing was changed.'] : dryRun && gates.length > 0 ? [NEXT] : [],
    code: waiting.length === 0 ? EXIT.done : dryRun ? EXIT.no : EXIT.conflict,
  };
}

const NEXT = 'Next: receptionistd migrate contract';

function openGates(gates: ContractGates['gates']): string[] {
  return gates.filter(({ satisfied }) => !satisfied).map(({ found, todo }) => `${found}. ${todo}`);
}

function gateLines({ id, ready, gates }: ContractGates): string[] {
  return [
    `${id} ${ready ? 'waits for nothing' : 'waits'}:`,
    ...gates.flatMap(({ name, satisfied, found, needed, todo }) => [
      `  ${satisfied ? 'ok   ' : 'waits'}  ${name}: ${found}`,
      ...(satisfied ? [] : [`         needed: ${needed}`, `         ${todo}`]),
    ]),
  ];
}
