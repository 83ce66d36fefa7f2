/** A folder of migrations as far as it can be read, and what is wrong with the rest. */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Problem } from '@receptionist/core';
import {
  addWaysBack,
  BrokenMigration,
  type Fault,
  faultsBetween,
  type MigrationFile,
  parseMigration,
  readText,
  sqlFiles,
} from '../files.ts';
import type { Statement } from './acts.ts';
import type { FoundInFile } from './allowances.ts';
import type { Dialect, Parse } from './parser.ts';
import { readStatement } from './read-acts.ts';
import type { LintedFile } from './rule.ts';
import { lineOf, locateStatements, type SqlText } from './statements.ts';

export interface Folder {
  readonly files: LintedFile[];
  /** What the engine would refuse, and what the parser could not read. */
  readonly unread: FoundInFile[];
}

export async function readFolder(migrations: URL, folder: string, parse: Parse): Promise<Folder> {
  const dialect: Dialect = folder.startsWith('sqlite') ? 'sqlite' : 'postgres';
  const url = new URL(`${folder}/`, migrations);
  const { known, faults } = await readSeries(url);
  const files = await addWaysBack(
    known.map(({ migration }) => migration),
    new URL('down/', url),
  );
  const read = files.map((migration, index) => {
    const [file, text] = [`${folder}/${migration.id}.sql`, known[index]?.text ?? ''];
    const { statements, unread } = readStatements(migration, (sql) => readStatement(sql, dialect, parse));
    const linted: LintedFile = { ...migration, file, text, dialect, folder, statements };
    return { linted, unread: unread.map((found) => ({ ...found, file })) };
  });
  const refused = faults.map(({ name, what, text }): FoundInFile => {
    const line = lineOf(text, `-- ${headerIn(what)}:`);
    return { file: `${folder}/${name}`, line, rule: 'not-a-migration', found: `${name} ${what}` };
  });
  return {
    files: read.map(({ linted }) => linted),
    unread: [...refused, ...read.flatMap(({ unread }) => unread)],
  };
}

interface Series {
  readonly known: { readonly migration: MigrationFile; readonly text: string }[];
  readonly faults: (Fault & { readonly text: string })[];
}

/** What is wrong between files is only asked once each of them could be read: a need of a broken one is no second fault. */
async function readSeries(folder: URL): Promise<Series> {
  const series: Series = { known: [], faults: [] };
  for (const name of await sqlFiles(folder)) {
    let text = '';
    try {
      text = await readText(name, folder);
      series.known.push({ migration: parseMigration(name, text), text });
    } catch (error) {
      if (!(error instanceof BrokenMigration)) throw error;
      series.faults.push({ ...error.fault, text });
    }
  }
  if (series.faults.length > 0) return series;
  const texts = new Map(series.known.map(({ migration, text }) => [`${migration.id}.sql`, text]));
  const between = faultsBetween(series.known.map(({ migration }) => migration));
  return { ...series, faults: between.map((fault) => ({ ...fault, text: texts.get(fault.name) ?? '' })) };
}

/** The header that a fault is about, as it names it. */
function headerIn(what: string): string {
  return /-- (\w+)|header "(\w+)"|has the (phase)|^(needs)/.exec(what)?.slice(1).find(Boolean) ?? '';
}

type Unread = Omit<FoundInFile, 'file'>;

/** One that cannot be read counts as a statement that does nothing. */
function readStatements(
  { script }: MigrationFile,
  read: (sql: SqlText) => Statement,
): { statements: Statement[]; unread: Unread[] } {
  const unread: Unread[] = [];
  const statements = locateStatements(script).map((sql) => {
    try {
      return read(sql);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      unread.push({ line: sql.line, rule: 'not-sql', found: `The parser says: ${message}` });
      return { ...sql, acts: [], lines: [], qualified: [] };
    }
  });
  return { statements, unread };
}

/** `postgres`, `sqlite` and what else there is. @throws Problem `not_found` */
export async function foldersOf(migrations: URL): Promise<string[]> {
  const entries = await readdir(migrations, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files = await Promise.all(names.map((name) => sqlFiles(new URL(`${name}/`, migrations))));
  const folders = names.filter((_, index) => files[index]?.length);
  if (folders.length > 0) return folders;
  const asked = fileURLToPath(migrations);
  throw new Problem(
    'not_found',
    `There are no migrations in ${asked}. Name a folder with postgres/ and sqlite/ in it.`,
  );
}
