import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Problem } from '@receptionist/core';
import { readMigrationFiles } from '../files.ts';
import type { FoundInFile } from './allowances.ts';
import type { Dialect, Parse } from './parser.ts';
import { readStatement } from './read-acts.ts';
import type { LintedFile } from './rule.ts';
import { locateStatements } from './statements.ts';

export interface Folder {
  readonly files: LintedFile[];
  /** What the parser could not read. */
  readonly unread: FoundInFile[];
}

/** @throws Problem `internal` for files that the engine would refuse */
export async function readFolder(migrations: URL, folder: string, parse: Parse): Promise<Folder> {
  const dialect: Dialect = folder.startsWith('sqlite') ? 'sqlite' : 'postgres';
  const url = new URL(`${folder}/`, migrations);
  const unread: FoundInFile[] = [];
  const files = await readMigrationFiles(url);
  const read = files.map(async (migration): Promise<LintedFile> => {
    const file = `${folder}/${migration.id}.sql`;
    const text = await readFile(new URL(`${migration.id}.sql`, url), 'utf8');
    const statements = locateStatements(migration.script).flatMap((statement) => {
      try {
        return [readStatement(statement, dialect, parse)];
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        unread.push({ file, line: statement.line, rule: 'not-sql', found: `The parser says: ${message}` });
        return [];
      }
    });
    return { ...migration, file, text, dialect, folder, statements };
  });
  return { files: await Promise.all(read), unread };
}

/** `postgres`, `sqlite` and what else there is. @throws Problem `not_found` */
export async function foldersOf(migrations: URL): Promise<string[]> {
  const entries = await readdir(migrations, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (folders.length > 0) return folders;
  const asked = fileURLToPath(migrations);
  throw new Problem(
    'not_found',
    `There are no migrations in ${asked}. Name a folder with postgres/ and sqlite/ in it.`,
  );
}
