import { defaultExclude, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import type { ToolName } from './scripts/optional-tools.ts';

interface Kind {
  readonly include: string[];
  readonly timeoutSeconds: number;
  /** It starts programs, and they have to be those that are shipped. */
  readonly needsBundles?: boolean;
  /** What each of its tests is on; without one, what a test is on is its own business. */
  readonly database?: 'sqlite' | 'postgres';
  /** Each tenant has a schema of its own. */
  readonly tenantSchemas?: boolean;
  /** What each of its tests needs besides. */
  readonly needs?: ToolName;
  /** Kinds of the same turn run together, two files at a time. */
  readonly turn?: number;
}

const unit = { include: ['packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts'], timeoutSeconds: 10 };
const stories = { include: ['test/stories/**/*.test.ts'], timeoutSeconds: 20, needsBundles: true };
const cli = { include: ['test/cli/**/*.test.ts'], timeoutSeconds: 30, needsBundles: true, turn: 1 };
const faults = { include: ['test/faults/**/*.test.ts'], timeoutSeconds: 90, needsBundles: true, turn: 2 };

/** One project each: `bin/test unit` runs the first alone. */
export const kinds: Readonly<Record<string, Kind>> = {
  unit,
  'unit-postgres': {
    include: ['packages/*/src/**/*.postgres.test.ts'],
    timeoutSeconds: 20,
    database: 'postgres',
  },
  'unit-redis': {
    include: ['packages/*/src/**/*.redis.test.ts'],
    timeoutSeconds: 20,
    needs: 'redis-server',
  },
  stories: { ...stories, database: 'sqlite' },
  'stories-postgres': { ...stories, database: 'postgres' },
  // Those in which words are kept, and read again.
  'stories-tenant-schemas': {
    ...stories,
    include: [
      'answered-call',
      'hand-off',
      'human-needed',
      'learn-and-replay',
      'requests',
      'text-undelivered',
      'texts',
    ].map((story) => `test/stories/${story}.test.ts`),
    database: 'postgres',
    tenantSchemas: true,
  },
  contract: { include: ['test/contract/**/*.test.ts'], timeoutSeconds: 30, needsBundles: true },
  cli: { ...cli, database: 'sqlite' },
  // The others are about the command line alone.
  'cli-postgres': {
    ...cli,
    include: ['test/cli/{work,migrate,migrate-trouble}.test.ts', 'test/cli/**/*.postgres.test.ts'],
    database: 'postgres',
  },
  faults: { ...faults, database: 'sqlite' },
  'faults-postgres': { ...faults, database: 'postgres' },
};

function toProject([name, kind]: [string, Kind]): TestProjectInlineConfiguration {
  const timeout = kind.timeoutSeconds * 1000;
  const onPostgres = kind.database === 'postgres';
  const needs = kind.needs ?? (onPostgres ? 'postgres' : undefined);
  return {
    extends: true,
    test: {
      name,
      include: kind.include,
      // What only some of them can do says so in its name.
      exclude: [
        ...defaultExclude,
        onPostgres ? '**/*.sqlite.test.ts' : '**/*.postgres.test.ts',
        ...(needs === 'redis-server' ? [] : ['packages/**/*.redis.test.ts']),
      ],
      env: {
        ...(kind.database ? { TEST_DATABASE: kind.database } : {}),
        ...(kind.tenantSchemas ? { TEST_TENANCY: 'schema' } : {}),
        ...(needs ? { TEST_NEEDS: needs } : {}),
      },
      testTimeout: timeout,
      hookTimeout: timeout,
      sequence: { groupOrder: kind.turn ?? 0 },
      globalSetup: [
        ...(kind.needsBundles ? ['./scripts/test-bundles.ts'] : []),
        ...(onPostgres ? ['./test/harness/postgres-setup.ts'] : []),
      ],
      setupFiles: needs ? ['./test/harness/tool-needed.ts'] : [],
    },
  };
}

export default defineConfig({
  cacheDir: '.cache/vite',
  test: {
    passWithNoTests: true,
    restoreMocks: true,
    unstubEnvs: true,
    maxWorkers: 2,
    reporters: ['default', './scripts/test-report.ts'],
    projects: Object.entries(kinds).map(toProject),
  },
});
