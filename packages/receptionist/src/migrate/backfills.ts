import type { BackfillState, Verification } from '@receptionist/store/migrate';
import { EXIT } from '../failure.ts';
import { type Desk, named } from './desk.ts';
import type { Outcome } from './outcome.ts';
import { shareInWords, watched } from './progress.ts';
import { codeOf, troubleIn } from './run-words.ts';
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
  const id = await named(desk, typed);
  if (dryRun) return rehearse(desk, id);
  const run = await watched(desk.terminal, (onProgress) =>
    desk.tools.up({ phases: ['backfill'], to: id, throttle: !unthrottled, onProgress }),
  );
  const backfills = await desk.tools.backfills();
  return {
    document: { ...run, items: backfills, next_cursor: null },
    lines: run.done.length > 0 || run.failed ? backfillLines(backfills) : ['nothing was left to do'],
    notes: troubleIn(run),
    code: codeOf([run]),
  };
}

/** Goes on where it was paused, in this process. */
export async function resumeBackfill(desk: Desk, typed: string, flags: StartFlags): Promise<Outcome> {
  const id = await named(desk, typed);
  await desk.tools.unpauseBackfill(id);
  return startBackfill(desk, id, flags);
}

export async function pauseBackfill(desk: Desk, typed: string): Promise<Outcome> {
  const state = await desk.tools.pauseBackfill(await named(desk, typed));
  return {
    document: state,
    lines: backfillLines([state]),
    notes: [`Next: receptionistd migrate backfill resume ${state.id}`],
  };
}

export async function backfillStatus({ tools }: Desk): Promise<Outcome> {
  const items = await tools.backfills();
  return {
    document: { items, next_cursor: null },
    lines: backfillLines(items),
    notes: items.length === 0 ? ['No backfill was begun.'] : [],
  };
}

export function backfillLines(backfills: readonly BackfillState[]): string[] {
  return columns(
    backfills.map(({ id, state, holder, last_error, ...rows }) => [
      id,
      state,
      shareInWords(rows),
      last_error ?? (holder ? `run by ${holder}` : ''),
    ]),
  );
}

async function rehearse({ tools }: Desk, id: string): Promise<Outcome> {
  const planned = await tools.planBackfill(id);
  const { rows, done_rows, first_batch, plan } = planned;
  return {
    document: planned,
    lines: [
      `${id}: ${shareInWords({ done_rows, total_rows: rows })} are done`,
      ...(first_batch ? [`the first batch has ${count(first_batch.rows)} rows:`] : ['nothing is left to do']),
      ...plan.map((line) => `  ${line}`),
    ],
    notes: ['Nothing was changed.'],
  };
}

/** One, or all that were begun. */
export async function verify(desk: Desk, typed: string | undefined): Promise<Outcome> {
  const ids = typed === undefined ? await begun(desk) : [await named(desk, typed)];
  const items: Verification[] = [];
  for (const id of ids) items.push(await desk.tools.verify(id));
  return {
    document: { items, next_cursor: null },
    lines: items.flatMap(verificationLines),
    notes: items.length === 0 ? ['No backfill was begun: there is nothing to compare.'] : [],
    code: items.every(({ verified }) => verified) ? EXIT.done : EXIT.no,
  };
}

async function begun({ tools }: Desk): Promise<string[]> {
  return (await tools.backfills()).map(({ id }) => id);
}

function verificationLines({ id, verified, mismatches, rows, examples }: Verification): string[] {
  const looked = rows === null ? '' : ` of ${count(rows)} rows`;
  if (verified) return [`${id}: verified, no mismatch${looked}`];
  return [
    `${id}: ${count(mismatches)} mismatches${looked}`,
    ...examples.map(({ key, name, old, new: now }) => `  ${key ?? name}: must be ${old}, is ${now}`),
  ];
}
