import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** A program that tests may need, and that `bin/test` does not install by itself. */
interface OptionalTool {
  readonly isThere: () => boolean;
  /** How to get it; ends the line "skipped: …". */
  readonly howToGet: string;
}

/** The commit whose daemon runs beside the present one: the last that does not know `due_at` and what came shortly before. */
export const VERSION_BEFORE = '99b1661d526a13beb6fb9e49fdd845d7e7649bfd';

export const optionalTools = {
  // Once test/harness/postgres-setup.ts had one, which needs nothing but a user that is not root.
  postgres: {
    isThere: () => process.env.TEST_DATABASE_TEMPLATE !== undefined,
    howToGet:
      'run as an ordinary user, or set TEST_DATABASE_URL to a Postgres 15 or newer whose user may create databases',
  },
  // Completion is tried in the shells that it is for; bash is needed anyway.
  zsh: { isThere: () => isInPath('zsh'), howToGet: 'apt-get install zsh' },
  fish: { isThere: () => isInPath('fish'), howToGet: 'apt-get install fish' },
  'redis-server': { isThere: () => isInPath('redis-server'), howToGet: 'apt-get install redis-server' },
  pgbouncer: {
    isThere: () => isInPath('pgbouncer'),
    howToGet: 'apt-get install pgbouncer; /usr/sbin must be in PATH',
  },
  'git-history': {
    isThere: hasVersionBefore,
    howToGet: 'run in a clone with its history: git fetch --unshallow',
  },
} satisfies Readonly<Record<string, OptionalTool>>;

export type ToolName = keyof typeof optionalTools;

declare module 'vitest' {
  interface TaskMeta {
    needs?: ToolName;
    /** What the test is on, where its kind does not say it. */
    database?: 'sqlite' | 'postgres';
  }
}

/**
 * Options of a test or suite: `describe('…', needs('redis-server'), () => …)`. Where the tool is missing it is skipped, and
 * `bin/test` says so at the end; with `--require-all` it fails.
 */
export function needs(tool: ToolName): { skip: boolean; meta: { needs: ToolName } } {
  return { skip: !optionalTools[tool].isThere(), meta: { needs: tool } };
}

function hasVersionBefore(): boolean {
  const root = path.resolve(import.meta.dirname, '..');
  return spawnSync('git', ['cat-file', '-e', `${VERSION_BEFORE}^{commit}`], { cwd: root }).status === 0;
}

export function isInPath(program: string, folders: string = process.env.PATH ?? ''): boolean {
  return folders.split(path.delimiter).some((folder) => isExecutable(path.join(folder, program)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
