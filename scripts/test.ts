/**
 * `bin/test`: Vitest, where a kind's bare name (`bin/test stories`) runs that kind alone and `--require-all` makes a skip a
 * failure. What is printed at the end is in test-report.ts.
 */
import { kinds } from '../vitest.config.ts';

const given = process.argv.slice(2);
const args = given
  .filter((arg) => arg !== '--require-all')
  // Not as Vitest's filter, which `cli` would make match every path with "cli" in it.
  .map((arg, i, all) => (arg in kinds && !all[i - 1]?.startsWith('-') ? `--project=${arg}` : arg));

if (given.includes('--require-all')) process.env.TEST_REQUIRE_ALL = '1';
// Vitest looks for this when it is loaded, and else colours files and pipes too.
if (!process.stdout.isTTY) process.argv.push('--no-color');
process.chdir(`${import.meta.dirname}/..`);
// Where Vitest keeps a token, which belongs inside the checkout too.
process.env.XDG_DATA_HOME = `${process.cwd()}/.cache/data`;
const { createCLI } = await import('vitest/node');
try {
  createCLI().parse(['node', 'vitest', 'run', ...args]);
} catch (error) {
  console.error(`bin/test: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
