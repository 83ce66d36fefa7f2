/** Going back, and saying where a database stands that others have made. */
import type { MigrationRun } from '@receptionist/store';
import { type Desk, named } from './desk.ts';
import { type Outcome, UNCHANGED } from './outcome.ts';
import { watched } from './progress.ts';
import { codeOf, troubleIn } from './run-words.ts';

export async function down(
  desk: Desk,
  { to: typed, yesLoseData = false, wait: wait_ms }: { to: string; yesLoseData?: boolean; wait: number },
): Promise<Outcome> {
  const { tools, terminal } = desk;
  const to = typed === '0' ? typed : await named(desk, typed);
  const after = (await tools.status()).filter(({ id, state }) => id > to && state !== 'pending');
  const ids = after.map(({ id }) => id).reverse();
  if (ids.length > 0 && !(await terminal.confirmed(`Take back ${ids.join(', ')}?`))) return UNCHANGED;
  const run = await watched(terminal, (onProgress) =>
    tools.down({ to, yes_lose_data: yesLoseData, wait_ms, onProgress }),
  );
  return told(run, 'took back', `nothing was applied after ${to}`);
}

export async function baseline(
  desk: Desk,
  { to, force, wait: wait_ms }: { to: string; force?: string; wait: number },
): Promise<Outcome> {
  const asked = { to: await named(desk, to), wait_ms, ...(force !== undefined && { force }) };
  const run = await desk.tools.baseline(asked);
  return told(run, 'marked as applied:', `all up to ${to} were applied already`);
}

function told(run: MigrationRun, verb: string, none: string): Outcome {
  return {
    document: run,
    lines: run.done.length > 0 ? run.done.map((id) => `${verb} ${id}`) : run.failed ? [] : [none],
    notes: troubleIn(run),
    code: codeOf([run]),
  };
}
