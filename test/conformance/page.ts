/** docs/conformance.md, from what a run found. */
import type { PartResult } from './rows.ts';

const LIMITS = [
  'Wycheproof signs with keys that are not ours and claims nothing that we ask for. That each gets 401 shows that none opens the door; how strictly a signature of our own key is read is shown by the attacks, which are made for it.',
  'The account in Twilio payloads is replaced by the one under test, and its numbers are given to the tenant. ConversationRelay messages are left out: nothing reads them yet.',
  'Two JSON texts stand in the data by name alone (100 kB of brackets and more) and are left out; `bin/test` has such a body of its own.',
  "OpenFeature's scenarios about strings, numbers, objects, hooks and the reason CACHED are left out: all our flags are booleans, and a reason says where a value comes from.",
  'Of naughty strings, what is filed as an escalation or a tag is accepted or refused, but not read back.',
];

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
    '## What the figures do not say',
    '',
    ...LIMITS.map((limit) => `- ${limit}`),
    '',
    `Measured on ${new Date().toISOString().slice(0, 10)}.`,
  ].join('\n')}\n`;
}

function counted({ name, counts = {} }: PartResult): string[] {
  const found = Object.entries(counts).map(([what, count]) => `${what}: ${count}`);
  return found.length > 0 ? [`- ${name}: ${found.join(', ')}`] : [];
}
