/** Which migrations a run is about. */
import { Problem } from '@receptionist/core';
import type { MigrationFile } from './files.ts';
import type { MigrationRun, UpOptions } from './migrations.ts';
import type { Standing } from './standing.ts';

export interface Selection {
  run: MigrationFile[];
  waiting: MigrationRun['waiting'];
}

/** @throws Problem `not_found` for a migration that there is not */
export function select({ files, rows, done, isEmpty }: Standing, { phases, to }: UpOptions): Selection {
  if (to !== undefined) requireKnown(files, to);
  const pending = files.filter(({ id }) => !done.has(id) && (to === undefined || id <= to));
  // A contract that was planned on the empty database, or begun, goes on: whoever it harms is harmed by half of it, too.
  const isWanted = ({ id, phase }: MigrationFile) =>
    phases?.includes(phase) ?? (phase !== 'contract' || isEmpty || rows.has(id));
  const left = phases ? [] : pending.filter((file) => !isWanted(file));
  return { run: pending.filter(isWanted), waiting: left.map(({ id }) => ({ id, why: CONTRACTS_WAIT })) };
}

const CONTRACTS_WAIT = 'it takes away what older daemons use; run receptionistd migrate contract';

/** @throws Problem `not_found` */
export function requireKnown(files: MigrationFile[], id: string): void {
  if (files.some((file) => file.id === id)) return;
  const near = files.find((file) => file.id.startsWith(id.slice(0, 4)));
  throw new Problem(
    'not_found',
    `There is no migration ${id}. ${near ? `Did you mean ${near.id}?` : 'receptionistd migrate status lists them.'}`,
  );
}
