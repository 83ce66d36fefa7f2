/** Reads all migrations in their order, asks every rule about every act, and sets what is allowed against what was found. */
import { readFile } from 'node:fs/promises';
import { Problem } from '@receptionist/core';
import { migrationsFolder } from '../../migrations-folder.ts';
import type { Act } from './acts.ts';
import { type FoundInFile, weigh } from './allowances.ts';
import { RULES, type RuleName } from './catalogue.ts';
import { checkForeignKeys } from './foreign-keys.ts';
import { loadParser } from './parser.ts';
import { foldersOf, readFolder } from './read-folder.ts';
import type { ActRule, Found, LintedFile, Scene } from './rule.ts';
import { COMPATIBILITY_RULES } from './rules-compatibility.ts';
import { checkFile, type House, isVerified, type Releases } from './rules-files.ts';
import { LOCK_RULES } from './rules-locks.ts';
import { ROW_RULES } from './rules-rows.ts';
import { SHAPE_RULES } from './rules-shape.ts';
import { isWriting, TRIGGER_RULES } from './rules-triggers.ts';
import { apply, emptySchema } from './schema-so-far.ts';

export interface LintFinding {
  /** Below the folder of migrations: `postgres/0001_first_call.sql`. */
  file: string;
  line: number;
  rule: string;
  /** What was found, and what it means. */
  why: string;
  instead: string;
}

export interface LintOptions {
  /** The folder of `postgres/`, `sqlite/`, `lint-allow.json` and `releases.json`. */
  migrations?: URL;
  /** Major version of the oldest Postgres that the migrations must run on. */
  server?: number;
}

const ACT_RULES: Partial<Record<RuleName, ActRule>> = {
  ...LOCK_RULES,
  ...COMPATIBILITY_RULES,
  ...ROW_RULES,
  ...SHAPE_RULES,
  ...TRIGGER_RULES,
};

const OLDEST_SERVER = 15;

/** By file and line. @throws Problem `not_found` for a folder without any, `internal` for a table beside them that is no JSON */
export async function lintMigrations(options: LintOptions = {}): Promise<LintFinding[]> {
  const { migrations = new URL('../', migrationsFolder('postgres')), server = OLDEST_SERVER } = options;
  const parse = await loadParser();
  const folders = await Promise.all(
    (await foldersOf(migrations)).map((name) => readFolder(migrations, name, parse)),
  );
  const files = folders.flatMap((folder) => folder.files);
  const unread = folders.flatMap((folder) => folder.unread);
  const releases: Releases = JSON.parse((await readTable(migrations, 'releases.json')).text);
  const refused = new Set(unread.filter(({ rule }) => rule === 'not-a-migration').map(({ file }) => file));
  const house: House = { all: files, refused, releases };
  const found = [
    ...unread,
    ...folders.flatMap((folder) => walk(folder.files, files, server)),
    ...files.flatMap((file) => inFile(file, checkFile(file, house))),
  ];
  return weigh(found, files, await readTable(migrations, 'lint-allow.json'))
    .map(toFinding)
    .sort(byPlace);
}

/** A folder of migrations without it has released nothing, and allows nothing. @throws Problem `internal` */
async function readTable(migrations: URL, file: string): Promise<{ file: string; text: string }> {
  try {
    const text = await readFile(new URL(file, migrations), 'utf8');
    if (!isTable(JSON.parse(text))) throw new Error('it is no object of names');
    return { file, text };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { file, text: '{}' };
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem('internal', `${file} beside the migrations cannot be read: ${reason}. Mend it.`);
  }
}

function isTable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((each) => typeof each === 'string' || (typeof each === 'object' && each));
}

/** Through the files of a folder as the engine would go. */
function walk(files: readonly LintedFile[], all: readonly LintedFile[], server: number): FoundInFile[] {
  const schema = emptySchema();
  const found = files.flatMap((file) => {
    const before: Act[] = [];
    const inThisFile = file.statements.flatMap((statement) =>
      statement.acts.flatMap((act, index) => {
        const line = statement.lines[index] ?? statement.line;
        const scene = { act, line, file, statement, before: [...before], schema, server };
        const answers = [...askRules(scene), ...askForProof(scene, all)];
        apply(schema, act, file.id);
        before.push(act);
        return answers;
      }),
    );
    return inFile(file, inThisFile);
  });
  return [...found, ...checkForeignKeys(files, schema)];
}

function askRules(scene: Scene): Found[] {
  return Object.entries(ACT_RULES).flatMap(([name, rule]) => {
    const { dialects } = RULES[name as RuleName];
    const found = dialects === 'both' || dialects === scene.file.dialect ? rule(scene) : null;
    return found === null ? [] : [{ rule: name as RuleName, line: scene.line, found }];
  });
}

/** Files that come later may bring it. */
function askForProof(scene: Scene, all: readonly LintedFile[]): Found[] {
  const { act, file, line } = scene;
  if (act.do !== 'create trigger' || !isWriting(scene, act)) return [];
  if (isVerified(act.table, file.folder, all)) return [];
  const found = `Nothing verifies what the trigger ${act.name} keeps equal in ${act.table}`;
  return [{ rule: 'trigger-unverified', line, found }];
}

function inFile({ file }: LintedFile, found: readonly Found[]): FoundInFile[] {
  return found.map((each) => ({ ...each, file }));
}

function toFinding({ file, line, rule, found }: FoundInFile): LintFinding {
  const { why, instead } = RULES[rule];
  return { file, line, rule, why: `${found}: ${why}.`, instead };
}

function byPlace(a: LintFinding, b: LintFinding): number {
  return a.file.localeCompare(b.file, 'en') || a.line - b.line || a.rule.localeCompare(b.rule, 'en');
}
