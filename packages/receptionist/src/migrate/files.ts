/** Migration files as they are written: those of the checkout, or of a folder that is laid out like its own. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Problem } from '@receptionist/core';
import { EXIT } from '../failure.ts';
import type { Outcome } from './outcome.ts';

/** `wanted`: only these files; all where there are none. */
export async function lint(wanted: string[], { folder }: { folder?: string }): Promise<Outcome> {
  const { lintMigrations } = await import('@receptionist/store/lint');
  const migrations = migrationsFolder(folder);
  const names = wanted.map((file) => nameIn(migrations, file));
  const findings = await lintMigrations({ migrations });
  const items = findings.filter(({ file }) => names.length === 0 || names.includes(file));
  return {
    document: { items, next_cursor: null },
    lines: items.flatMap(({ file, line, rule, why, instead }) => [
      `${file}:${line}  ${rule}`,
      `  ${why}`,
      `  Instead: ${instead}`,
    ]),
    notes: [items.length === 0 ? 'Nothing was found.' : foundInWords(items.length)],
    code: items.length === 0 ? EXIT.done : EXIT.no,
  };
}

function foundInWords(count: number): string {
  return `${count} found. One that is right as it is: "-- allow: RULE reason" in its file.`;
}

/** `postgres/0010_due_at.sql`, wherever the path starts from. @throws Problem `not_found` */
function nameIn(migrations: URL, file: string): string {
  const full = path.resolve(file);
  if (!existsSync(full)) throw new Problem('not_found', `There is no file ${file}.`);
  const [name, dialect] = [path.basename(full), path.basename(path.dirname(full))];
  if (existsSync(new URL(`${dialect}/${name}`, migrations))) return `${dialect}/${name}`;
  throw new Problem('not_found', `${file} is none of the migrations in ${migrations.pathname}.`);
}

/** @throws Problem `not_found` */
export function migrationsFolder(named: string | undefined): URL {
  const folder = named === undefined ? inCheckout('packages/store/migrations') : path.resolve(named);
  if (folder !== null && existsSync(folder)) return pathToFileURL(`${folder}/`);
  throw new Problem(
    'not_found',
    folder === null
      ? 'There is no packages/store/migrations around this program: take bin/receptionistd of a checkout, or name the folder with --folder.'
      : `There is no folder ${folder}.`,
  );
}

function inCheckout(name: string): string | null {
  for (let folder = import.meta.dirname; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const full = path.join(folder, name);
    if (existsSync(full)) return full;
  }
  return null;
}
