/**
 * The arrows between rooms, as docs/ARCHITECTURE.md has them, and what else the compiler lets through: relative and deep imports
 * across packages, libraries that a package does not declare, addresses in the lockfile, paths of one machine.
 */
import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';

export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly found: string;
  readonly remedy: string;
}

/** Folder → what its files may import of ours. A package that is missing here is a finding: decide its arrows. */
const arrows: Readonly<Record<string, readonly string[] | 'everything'>> = {
  'packages/core': [],
  'packages/store': ['@receptionist/core'],
  'packages/admin-api': ['@receptionist/core'],
  'packages/receptionist': [
    '@receptionist/core',
    '@receptionist/store',
    '@receptionist/store/lint',
    '@receptionist/store/migrate',
    '@receptionist/store/scaffold',
    '@receptionist/admin-api',
  ],
  'packages/adminctl': ['@receptionist/core', '@receptionist/admin-api', '@receptionist/simulator/caller'],
  'packages/simulator': ['@receptionist/core'],
  test: 'everything',
};

interface Room {
  readonly folder: string;
  readonly name: string;
  /** Import paths that its `exports` open to others. */
  readonly doors: readonly string[];
  readonly declared: readonly string[];
}

interface SourceFile {
  readonly file: string;
  readonly text: string;
}

type Problem = Pick<Finding, 'found' | 'remedy'>;

/** Every violation in the checkout at `root`. */
export function checkArchitecture(root: string): Finding[] {
  const files = readTexts(root);
  const rooms = files.filter(({ file }) => /^(packages\/[^/]+|test)\/package\.json$/.test(file)).map(toRoom);
  return [
    ...rooms.filter(({ folder }) => !(folder in arrows)).map(unknownRoom),
    ...files.flatMap((source) => checkImports(source, rooms)),
    ...files.filter(({ file }) => file === 'pnpm-lock.yaml').flatMap(checkLockfile),
    ...files.flatMap(checkMachinePaths),
  ];
}

function readTexts(root: string): SourceFile[] {
  const everything = ['**/*', '**/.*', '{.ci,.github}/**'];
  const untracked = ['**/node_modules', '**/dist', '**/var', '.git', '.cache', '.env', '.adminctl.env'];
  return globSync(everything, { cwd: root, exclude: untracked, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((full) => ({
      file: path.relative(root, full).replaceAll(path.sep, '/'),
      text: readFileSync(full, 'utf8'),
    }))
    .filter(({ text }) => !text.includes('\0'));
}

function toRoom({ file, text }: SourceFile): Room {
  const { name, exports = {}, dependencies = {}, devDependencies = {} } = JSON.parse(text);
  return {
    folder: path.posix.dirname(file),
    name,
    doors: Object.keys(exports).map((door) => path.posix.join(name, door)),
    declared: Object.keys({ ...dependencies, ...devDependencies }),
  };
}

function unknownRoom({ folder }: Room): Finding {
  const remedy =
    'say in scripts/check-architecture.ts and docs/ARCHITECTURE.md what it may import, or make it a folder';
  return { file: `${folder}/package.json`, line: 1, found: 'a package without arrows', remedy };
}

function checkImports({ file, text }: SourceFile, rooms: readonly Room[]): Finding[] {
  const room = rooms.find(({ folder }) => file.startsWith(`${folder}/`));
  if (!room || !/\.[cm]?[jt]s$/.test(file)) return [];
  return importsOf(text).flatMap(({ specifier, line }) => {
    const check = specifier.startsWith('.') ? checkRelative : checkNamed;
    const problem = check(room, file, specifier, rooms);
    return problem ? [{ file, line, ...problem }] : [];
  });
}

function checkRelative(room: Room, file: string, specifier: string): Problem | undefined {
  const target = path.posix.join(path.posix.dirname(file), specifier);
  if (target.startsWith(`${room.folder}/`)) return undefined;
  if (arrows[room.folder] === 'everything' && target.startsWith('scripts/')) return undefined;
  return { found: `'${specifier}' leaves ${room.folder}`, remedy: 'import the other package by its name' };
}

function checkNamed(
  room: Room,
  file: string,
  specifier: string,
  rooms: readonly Room[],
): Problem | undefined {
  const isTest = file.endsWith('.test.ts');
  if (room.folder === 'packages/core' && !isTest) {
    return {
      found: `core imports '${specifier}'`,
      remedy: 'core is pure: do that in its caller, and pass in what comes of it',
    };
  }
  const name = specifier.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? specifier;
  const target = rooms.find((other) => other.name === name);
  if (target && !target.doors.includes(specifier)) {
    const doors = target.doors.join(', ') || 'nothing';
    return { found: `'${specifier}' is no door of ${target.folder}`, remedy: `it exports ${doors}` };
  }
  const allowed = arrows[room.folder];
  if (target && target !== room && allowed !== 'everything' && !allowed?.includes(specifier)) {
    return {
      found: `${room.folder} may not import '${specifier}'`,
      remedy: 'move the code to a room that may (docs/ARCHITECTURE.md), or pass it in as an argument',
    };
  }
  if (target === room || isBuiltin(specifier) || room.declared.includes(name)) return undefined;
  // Node finds everywhere what the root declares; only the test runner is meant to be found.
  if (name === 'vitest') return undefined;
  return { found: `'${name}' is not declared`, remedy: `add it to ${room.folder}/package.json` };
}

/** A regular expression, because TypeScript 7 offers programs no parser. Sees type imports too; comments it leaves out. */
const importPattern =
  /^[ \t]*(?:import|export)\b(?:[^'"`;=]*?\bfrom)?\s*(['"])([^'"\n]+)\1|(?<!^[ \t]*\*.*|\/\/.*)\bimport\(\s*(['"])([^'"\n]+)\3/gm;

function importsOf(text: string): { specifier: string; line: number }[] {
  return [...text.matchAll(importPattern)].map((match) => ({
    specifier: match[2] ?? match[4] ?? '',
    line: lineOf(text, match.index + match[0].length),
  }));
}

function checkLockfile(source: SourceFile): Finding[] {
  return search(source, /https?:\/\/\S*|tarball/g, (match) => ({
    found: `'${match}' ties the lockfile to one registry`,
    remedy: 'keep registries in your own npm configuration, remove the line and install again',
  }));
}

function checkMachinePaths(source: SourceFile): Finding[] {
  return search(source, /(?<![\w.:/$}~*-])\/(?:work|root|home|Users)\/[\w.-]+/g, (match) => ({
    found: `'${match}' exists on one machine`,
    remedy: 'name it relative to the checkout, to import.meta.dirname or to a temporary folder',
  }));
}

function search({ file, text }: SourceFile, pattern: RegExp, tell: (match: string) => Problem): Finding[] {
  return [...text.matchAll(pattern)].map((match) => ({
    file,
    line: lineOf(text, match.index),
    ...tell(match[0]),
  }));
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

if (import.meta.main) {
  const findings = checkArchitecture(path.resolve(import.meta.dirname, '..'));
  for (const { file, line, found, remedy } of findings)
    console.log(`${file}:${line}: ${found}\n    ${remedy}`);
  if (findings.length > 0) process.exitCode = 1;
}
