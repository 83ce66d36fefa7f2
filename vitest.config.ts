import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

interface Kind {
  readonly include: string[];
  readonly timeoutSeconds: number;
  /** It starts programs, and they have to be those that are shipped. */
  readonly needsBundles?: boolean;
  /** Kinds of the same turn run together, two files at a time. */
  readonly turn?: number;
}

/** One project each: `bin/test unit` runs the first alone. */
export const kinds: Readonly<Record<string, Kind>> = {
  unit: { include: ['packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts'], timeoutSeconds: 10 },
  stories: { include: ['test/stories/**/*.test.ts'], timeoutSeconds: 20, needsBundles: true },
  contract: { include: ['test/contract/**/*.test.ts'], timeoutSeconds: 30, needsBundles: true },
  cli: { include: ['test/cli/**/*.test.ts'], timeoutSeconds: 30, needsBundles: true, turn: 1 },
  faults: { include: ['test/faults/**/*.test.ts'], timeoutSeconds: 90, needsBundles: true, turn: 2 },
};

function toProject([name, kind]: [string, Kind]): TestProjectInlineConfiguration {
  const timeout = kind.timeoutSeconds * 1000;
  return {
    extends: true,
    test: {
      name,
      include: kind.include,
      testTimeout: timeout,
      hookTimeout: timeout,
      sequence: { groupOrder: kind.turn ?? 0 },
      globalSetup: kind.needsBundles ? ['./scripts/test-bundles.ts'] : [],
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
