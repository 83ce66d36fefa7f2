/** A run of migrations, as every command tells it. */
import type { MigrationRun } from '@receptionist/store';
import { EXIT, type ExitCode } from '../failure.ts';

/** Of a schema that was not asked about. */
export const NO_RUN: Readonly<MigrationRun> = { done: [], failed: null, not_run: [], waiting: [] };

/** What is in the way, and what was not reached; nothing of what went well. */
export function troubleIn({ failed, not_run, waiting }: MigrationRun): string[] {
  return [
    ...(failed ? [`${failed.id || 'it'} failed and ${ENDING[failed.state]}: ${failed.message}`] : []),
    ...(failed && not_run.length > 0 ? [`not run: ${not_run.join(', ')}`] : []),
    ...waiting.map(({ id, why }) => `${id} waits: ${why}`),
  ];
}

const ENDING = { undone: 'was undone', dirty: 'is half done' };

export function codeOf(runs: readonly MigrationRun[]): ExitCode {
  return runs.some(({ failed }) => failed) ? EXIT.failed : EXIT.done;
}
