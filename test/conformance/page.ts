/** docs/conformance.md, from what a run found. */
import type { PartResult } from './rows.ts';

export function page(results: readonly PartResult[]): string {
  return `${[
    '# Conformance',
    '',
    'Vectors that others published, against the daemon as it is shipped. Written by `test/conformance/run DATA_FOLDER --write`;',
    'the data have licences of their own and are not part of this repository. What they taught has cases of our own in `bin/test`.',
    '',
    '| set | rows | wrong | what counts as right |',
    '| --- | --- | --- | --- |',
    ...results.map(({ name, rows, wrong, rule }) => `| ${name} | ${rows} | ${wrong.length} | ${rule} |`),
    '',
    ...results.flatMap(counted),
    '',
    `Measured on ${new Date().toISOString().slice(0, 10)}.`,
  ].join('\n')}\n`;
}

function counted({ name, counts = {} }: PartResult): string[] {
  const found = Object.entries(counts).map(([what, count]) => `${what}: ${count}`);
  return found.length > 0 ? [`- ${name}: ${found.join(', ')}`] : [];
}
