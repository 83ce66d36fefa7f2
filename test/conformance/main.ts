/**
 * `test/conformance/run DATA_FOLDER [--write]`: vectors that others published, against the daemon as it is shipped. The
 * folder is not part of the project; `--write` puts the figures into docs/conformance.md.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../harness/daemon.ts';
import { openPremises } from '../harness/premises.ts';
import { jsonBodies } from './json-bodies.ts';
import { naughtyStrings } from './naughty-strings.ts';
import { type Office, openOffice } from './office.ts';
import { openFeatureScenarios } from './openfeature.ts';
import { page } from './page.ts';
import { slackPayloads, twilioPayloads } from './payloads.ts';
import { phoneNumbers } from './phones.ts';
import type { PartResult } from './rows.ts';
import { slackSignatures, twilioSignatures } from './signatures.ts';
import { tokenAttacks, wycheproof } from './tokens.ts';
import { unleashRollouts } from './unleash.ts';

const PARTS: ((folder: string, office: Office) => Promise<PartResult>)[] = [
  twilioSignatures,
  twilioPayloads,
  slackSignatures,
  slackPayloads,
  tokenAttacks,
  wycheproof,
  jsonBodies,
  naughtyStrings,
  phoneNumbers,
  unleashRollouts,
  openFeatureScenarios,
];

const MOST_SHOWN = 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean' } },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error('usage: test/conformance/run DATA_FOLDER [--write]');
  process.exit(2);
}

const premises = await openPremises();
try {
  const daemon = await premises.start();
  const office = await openOffice(daemon);
  const results: PartResult[] = [];
  for (const part of PARTS) {
    const result = await part(path.resolve(folder), office);
    tell(result);
    results.push(result);
  }
  office.close();
  if (values.write) await writeFile(path.join(ROOT, 'docs/conformance.md'), page(results));
  process.exitCode = results.every(({ wrong }) => wrong.length === 0) ? 0 : 1;
} finally {
  await premises.close();
}

function tell({ name, rows, wrong, counts = {} }: PartResult): void {
  const more = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  console.log(
    `${name}: ${rows} rows, ${wrong.length} wrong${more.length > 0 ? ` (${more.join(', ')})` : ''}`,
  );
  for (const line of wrong.slice(0, MOST_SHOWN)) console.log(`  ${line}`);
}
