/** The numbered SQL files of a dialect: `NNNN_name.sql`, headed by `-- id:` and `-- phase:`. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { Problem } from '@receptionist/core';
import type { MigrationStatus } from './store.ts';

export interface MigrationFile {
  id: string;
  phase: MigrationStatus['phase'];
  /** SHA-256 of the whole file, in hex; line ends do not count. */
  checksum: string;
  /** Without the way back. */
  script: string;
}

const PHASES: readonly string[] = [
  'expand',
  'backfill',
  'switch',
  'contract',
] satisfies MigrationStatus['phase'][];
const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;

/** Holds from `src/` and from a bundle one folder deep that has `migrations/` beside that folder. */
export function migrationsFolder(dialect: string): URL {
  return new URL(`../migrations/${dialect}/`, import.meta.url);
}

/** In the order in which they apply. @throws Problem `internal` for files that are missing or contradict one another */
export async function readMigrationFiles(folder: URL): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  if (names.length === 0) {
    throw new Problem('internal', `There are no migrations in ${folder.pathname}. Install the program anew.`);
  }
  const files = await Promise.all(
    names.map(async (name) => parseMigration(name, await readFile(new URL(name, folder), 'utf8'))),
  );
  refuseSameNumber(files);
  return files;
}

/** @throws Problem `internal` */
export function parseMigration(name: string, content: string): MigrationFile {
  const text = content.replaceAll('\r\n', '\n');
  const id = header(text, 'id');
  const phase = header(text, 'phase');
  if (!FILE_NAME.test(name)) throw broken(name, 'is not named NNNN_name.sql');
  if (`${id}.sql` !== name) throw broken(name, `has "-- id: ${id}"; it must be the file's name without .sql`);
  if (!isPhase(phase)) throw broken(name, `has the phase "${phase}"; it must be one of ${PHASES.join(', ')}`);
  const [script = ''] = text.split(/^-- down\s*$/m);
  return { id, phase, checksum: createHash('sha256').update(text).digest('hex'), script };
}

function header(text: string, name: string): string {
  return new RegExp(`^-- ${name}:[ \t]*(.*?)[ \t]*$`, 'm').exec(text)?.[1] ?? '';
}

function isPhase(phase: string): phase is MigrationFile['phase'] {
  return PHASES.includes(phase);
}

function refuseSameNumber(files: MigrationFile[]): void {
  for (const [number, same] of Map.groupBy(files, (file) => file.id.slice(0, 4))) {
    const [first, second] = same;
    if (first && second) throw broken(`${second.id}.sql`, `has the number ${number}, as ${first.id}.sql has`);
  }
}

function broken(name: string, what: string): Problem {
  return new Problem('internal', `The migration ${name} ${what}. Nothing was applied.`);
}
