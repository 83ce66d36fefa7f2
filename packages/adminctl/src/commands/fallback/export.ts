import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Flags } from '@oclif/core';
import { type Entry, STATUSES } from '@receptionist/core';
import { AdminCommand } from '../../base-command.ts';
import { EXPORT_FORMATS, EXPORTS, type ExportFormat } from '../../entry-export.ts';
import { CommandError } from '../../failure.ts';
import { sinceFrom } from '../../moments.ts';
import { tenantFlag } from '../../named-flags.ts';

export default class Export extends AdminCommand {
  static override summary =
    'Entries for other programs: JSON lines with their history, or CSV for a spreadsheet';
  static override description =
    `Without --status: all of them, also those that are resolved. One that is moved while the export runs may come
twice; the later line is the newer. In CSV, what a spreadsheet would take for a formula gets an apostrophe in
front; phone numbers stay as they are.`;
  static override examples = [
    'adminctl fallback export > entries.jsonl',
    'adminctl fallback export --format csv --since 30d -o entries.csv',
    'adminctl fallback export --status resolved | jq \'select(.tags | index("insurance"))\'',
  ];
  static override flags = {
    format: Flags.custom<ExportFormat>({ options: EXPORT_FORMATS })({
      description: 'JSON lines, with what was said and done; or CSV, without',
      default: 'jsonl',
    }),
    output: Flags.string({ char: 'o', description: 'write to this file [stdout]', helpValue: 'FILE' }),
    status: Flags.custom<Entry['status']>({ options: STATUSES })({
      description: 'in this state; may repeat [all]',
      multiple: true,
      multipleNonGreedy: true,
    }),
    tenant: tenantFlag({ description: 'of this tenant' }),
    since: Flags.string({ description: 'filed since, as 2h, 3d or a time', helpValue: 'WHEN' }),
  };

  #hasBegun = false;

  /** A failure after the first lines goes to stderr: among the lines it would be taken for an entry. */
  override jsonEnabled(): boolean {
    return !this.#hasBegun && super.jsonEnabled();
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Export);
    if (flags.json && flags.format === 'csv')
      throw new CommandError('usage', '--json is not CSV. Give one of them.');
    let count = 0;
    const lines = EXPORTS[flags.format]({
      client: this.client(flags),
      query: {
        status: flags.status ?? [...STATUSES],
        tenant_id: flags.tenant,
        since: flags.since === undefined ? undefined : sinceFrom(flags.since, new Date()),
      },
      progress: (entries) => {
        this.#hasBegun = true;
        count += entries;
      },
    });
    if (flags.output === undefined) return pipeline(Readable.from(lines), process.stdout, { end: false });
    await writeWhole(flags.output, lines);
    this.logToStderr(`${count} entries are in ${flags.output}.`);
  }
}

/** The file is there once it is whole. It has what callers said, so nobody else may read it. */
async function writeWhole(file: string, lines: AsyncIterable<string>): Promise<void> {
  const unfinished = `${file}.unfinished`;
  try {
    await pipeline(Readable.from(lines), createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw fileError(error, file);
  }
}

function fileError(error: unknown, file: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? error : new CommandError('failed', `${file} cannot be written (${code}).`);
}
