/** The entry: runs one command, and tells what went wrong outside of any. */
import { run } from '@oclif/core';

if (process.argv.includes('--no-color')) {
  process.env['NO_COLOR'] = '1';
  delete process.env['FORCE_COLOR'];
}
process.once('SIGINT', () => process.exit(130));

try {
  await run(process.argv.slice(2), import.meta.url);
} catch (error) {
  // Loaded here, because `--version` and `--help` start faster without it.
  const { tellFailure } = await import('./failure.ts');
  tellFailure(error, { json: process.argv.includes('--json') });
}
