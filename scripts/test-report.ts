import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { kinds } from '../vitest.config.ts';
import { optionalTools, type ToolName } from './optional-tools.ts';

const DATABASES = ['sqlite', 'postgres'] as const;
type Database = (typeof DATABASES)[number];

/** Which tests ran, and which could not for want of a tool. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: Readonly<Partial<Record<ToolName, number>>>;
  /** How many of those that passed were on which database. */
  readonly passedOn: Readonly<Partial<Record<Database, number>>>;
}

/** Ends Vitest's output with a line for each database, one for what was skipped, if anything was, and one that counts. */
export default class TestReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const requireAll = process.env.TEST_REQUIRE_ALL === '1';
    const outcome = outcomeOf(modules, unhandled);
    for (const line of report(outcome, requireAll)) console.log(line);
    if (countFailures(outcome, requireAll) > 0) process.exitCode = 1;
  }
}

/** A file that cannot be loaded, a hook that fails and an error outside of any test count as one failed test each. */
export function outcomeOf(modules: readonly TestModule[], unhandled: readonly unknown[]): Outcome {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const groups = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  const inState = (state: string) => tests.filter((test) => test.result().state === state);
  const broken = groups.filter((group) => group.errors().length > 0);
  return {
    passed: inState('passed').length,
    failed: inState('failed').length + broken.length + unhandled.length,
    skipped: countBy(inState('skipped').flatMap(missingTool)),
    passedOn: countBy(inState('passed').flatMap(databaseOf)),
  };
}

/** A test that needs a tool which is there was skipped by a filter of Vitest's: no business of ours. */
function missingTool(test: TestCase): ToolName[] {
  const tool = test.meta().needs;
  return tool && !optionalTools[tool].isThere() ? [tool] : [];
}

function databaseOf(test: TestCase): Database[] {
  const database = test.meta().database ?? kinds[test.project.name]?.database;
  return database ? [database] : [];
}

function countBy<Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> {
  const counts: Partial<Record<Name, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function countFailures({ failed, skipped }: Outcome, requireAll: boolean): number {
  return failed + (requireAll ? Object.values(skipped).reduce((sum, count) => sum + count, 0) : 0);
}

/** The last lines. .ci/run reads the very last one. */
export function report(outcome: Outcome, requireAll: boolean): string[] {
  const { passedOn } = outcome;
  const skipped = Object.entries(outcome.skipped).map(
    ([tool, count]) => `${count} for want of ${tool} (${optionalTools[tool as ToolName].howToGet})`,
  );
  return [
    ...DATABASES.flatMap((name) => (passedOn[name] ? [`${name}: ${passedOn[name]} passed`] : [])),
    ...(skipped.length > 0 ? [`${requireAll ? 'failed' : 'skipped'}: ${skipped.join(', ')}`] : []),
    `${outcome.passed} passed, ${countFailures(outcome, requireAll)} failed`,
  ];
}
