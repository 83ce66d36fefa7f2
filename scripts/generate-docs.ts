/**
 * The pages of docs/ that are made of the code, so that they cannot disagree with it. `node scripts/generate-docs.ts` writes
 * them; with `--check` it changes nothing, names those that are stale and ends with 1.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  EXIT_CODE_OF,
  EXIT_CODES,
  type FailureCode,
  renderReference,
} from '../packages/adminctl/src/index.ts';
import { PROBLEMS, type ProblemCode } from '../packages/core/src/index.ts';
import { SETTINGS } from '../packages/receptionist/src/settings.ts';

const docs = path.resolve(import.meta.dirname, '../docs');

const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'adminctl.md': renderReference,
  'errors.md': renderErrors,
  'settings.md': renderSettings,
};

/** What each code means, and what to do about it. A code without a line does not compile. */
const GUIDE: Readonly<Record<FailureCode, readonly [meaning: string, remedy: string]>> = {
  unauthorized: [
    'The bearer token is missing, forged, too old, or was used before for a change. Every refusal looks alike; the log says why.',
    'Compare `ADMIN_PRIVATE_KEY` here and at the daemon, and both clocks. Make a new token for each request.',
  ],
  forbidden: ['The token is good, and its user has no right to this.', 'Ask somebody who has.'],
  not_found: [
    'Nothing has the name that stands in the address.',
    'List what there is, and check the spelling.',
  ],
  method_not_allowed: [
    'The address exists, without this method.',
    'Take one of those in the header `Allow`.',
  ],
  invalid_body: [
    'The body is no JSON, or does not fit the schema. `errors` names each place.',
    'Mend each place; `GET /admin/openapi.json` has the schema.',
  ],
  invalid_parameter: [
    'A query parameter, a header, or an escape in the address does not fit, or is not known.',
    'Mend what `errors` or `detail` names.',
  ],
  already_exists: [
    'The id is taken, or a phone number belongs to another tenant (`tenant_id` says whose).',
    'Change the one that is there, or choose another name.',
  ],
  already_acknowledged: ['Somebody else has the entry: `holder`.', 'Leave it to them, or `assign` it.'],
  invalid_transition: [
    'The entry is in a state that forbids the move: `entry_status`.',
    'Look at the entry again.',
  ],
  conflict: [
    'What stands there is not what you saw: somebody else has changed it meanwhile; `detail` says who and when.',
    'Look at it again, and decide again.',
  ],
  idempotency_conflict: [
    'The `Idempotency-Key` was used for another request in the last 24 hours.',
    'Take a new key for a new request.',
  ],
  body_too_large: ['The body is over 100 kB.', 'Send less at once.'],
  unsupported_media_type: [
    'The body is not announced as JSON in UTF-8.',
    'Send `Content-Type: application/json`; for `PATCH` also `application/merge-patch+json`.',
  ],
  rate_limited: [
    'More than 3,000 tokens from this address were refused within a minute. Good tokens still pass.',
    'Wait as long as `Retry-After` says, and mend the key of whoever keeps trying.',
  ],
  internal: [
    'Something failed on our side. Nothing was changed.',
    'Look for the `request_id` in the log of the daemon.',
  ],
  admin_disabled: [
    'The daemon has no `ADMIN_PRIVATE_KEY`.',
    'Run `adminctl init`, and start the daemon with the line that it prints.',
  ],
  unavailable: [
    'Something that the daemon needs is away for the moment.',
    'Try again; `GET /ready` names what it is.',
  ],

  usage: ['An unknown command, flag or value.', 'Read what the message suggests, or `--help`.'],
  failed: ['Anything else that went wrong.', 'Read the message.'],
  no_key: ['There is no key to sign with, or none that a daemon takes.', 'Run `adminctl init`.'],
  unsafe_file: ['Others may read the file that holds the key.', 'Run the `chmod` of the message.'],
  file_exists: ['The file is there already, and nothing overwrites a key.', 'Move it away, or name another.'],
  unreachable: [
    'The daemon, its database or a tool does not answer, or what answers is something else.',
    'Is it running? Is `ADMIN_API_URL` right?',
  ],
  interrupted: ['Somebody pressed Ctrl-C.', 'Look at what was done before you start again.'],
};

function renderErrors(): string {
  const codes = Object.keys(GUIDE) as FailureCode[];
  const answered = codes.filter((code) => code in PROBLEMS) as ProblemCode[];
  const local = codes.filter((code) => !(code in PROBLEMS));
  return page(
    '# Errors',
    'The admin API answers errors as `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`, `code`,\n' +
      '`request_id`, for a bad body or query `errors` (`[{path, message}]`), and for some codes the members named below.\n' +
      'Rely on `code`; `title` and `detail` are for people. A `401` is the same for every refusal but for `request_id`.',
    '## Codes of the API',
    'The last column is how `adminctl` ends.',
    table(
      ['code', 'status', 'meaning', 'what to do', 'exit'],
      answered.map((code) => [`\`${code}\``, PROBLEMS[code].status, ...GUIDE[code], EXIT_CODE_OF[code]]),
    ),
    '## Codes of adminctl itself',
    'With `--json` an error is `{"error":{"code","message","hint"}}`, with the codes above and these.',
    table(
      ['code', 'meaning', 'what to do', 'exit'],
      local.map((code) => [`\`${code}\``, ...GUIDE[code], EXIT_CODE_OF[code]]),
    ),
    '## Exit codes',
    'Of `adminctl`; `receptionistd` uses those that apply to it.',
    table(['exit', 'meaning'], Object.entries(EXIT_CODES)),
  );
}

function renderSettings(): string {
  return page(
    '# Settings of the daemon',
    'Read once, at the start, from the environment and from `.env` in the working directory; the environment wins. Every\n' +
      'mistake is reported at once. What is marked *secret* is never printed, and the setting can come from a file:\n' +
      '`NAME_FILE=/run/secrets/name`. `receptionistd check-config` says whether the settings are good.',
    table(
      ['setting', 'default', 'meaning', 'example'],
      SETTINGS.map(({ name, default: value, meaning, example, secret, unused }) => [
        `\`${name}\``,
        value ?? 'none',
        [
          meaning,
          secret && (secret === 'password' ? '*Its password is secret.*' : '*Secret.*'),
          unused && '*Not used yet.*',
        ]
          .filter(Boolean)
          .join(' '),
        example,
      ]),
    ),
  );
}

function page(title: string, ...blocks: string[]): string {
  return `${[title, 'Generated from the code: `node scripts/generate-docs.ts`.', ...blocks].join('\n\n')}\n`;
}

function table(heads: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const line = (cells: readonly unknown[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

async function isStale(name: string, content: string): Promise<boolean> {
  const present = await readFile(path.join(docs, name), 'utf8').catch(() => null);
  return present !== content;
}

for (const [name, render] of Object.entries(PAGES)) {
  const content = await render();
  if (!(await isStale(name, content))) continue;
  if (process.argv.includes('--check')) {
    console.error(`docs/${name} is stale: run node scripts/generate-docs.ts`);
    process.exitCode = 1;
  } else {
    await writeFile(path.join(docs, name), content);
    console.log(`docs/${name} written`);
  }
}
