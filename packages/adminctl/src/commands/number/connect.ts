import path from 'node:path';
import { Args, Flags } from '@oclif/core';
import type { Tenant } from '@receptionist/core';
import { AdminCommand } from '../../base-command.ts';
import { CommandError, type Failure } from '../../failure.ts';
import { phoneNumber } from '../../numbers.ts';
import { table } from '../../table.ts';
import { warningsAbout } from '../../twilio/connection-warnings.ts';
import { writeFallbackFiles } from '../../twilio/fallback-file.ts';
import { askOffice, isOffice, type Office, publicUrlFrom } from '../../twilio/office.ts';
import { NUMBER_SETTINGS, type TwilioNumber, type TwilioRest, twilioRest } from '../../twilio/rest.ts';
import {
  type Difference,
  differences,
  independentFallback,
  isSameAddress,
  numberSettings,
} from '../../twilio/webhooks.ts';

export default class Connect extends AdminCommand {
  static override summary = 'Point a Twilio number at the daemon';
  static override description = [
    'Sets its addresses for calls, texts, their statuses and their fallbacks to PUBLIC_URL, with retries.',
    'So that callers hear a sentence even when the whole site is down, let --fallback-file write what they',
    'then hear (it rings the hand-off phones, else records), host it elsewhere, and name it with --fallback-url.',
  ].join('\n');
  static override examples = [
    'adminctl number connect +15005550006 --dry-run',
    'adminctl number connect +15005550006 --fallback-file fallback.xml',
    'adminctl number connect +15005550006 --fallback-url https://files.example/fallback.xml',
  ];
  static override args = {
    number: Args.string({ description: 'number in E.164', required: true, ignoreStdin: true }),
  };
  static override flags = {
    'fallback-url': Flags.string({ description: 'where the fallback file is hosted', helpValue: 'URL' }),
    'fallback-file': Flags.string({
      description: 'write the fallback file (and a second beside it)',
      helpValue: 'FILE',
    }),
    'dry-run': Flags.boolean({ description: 'only show what would change', default: false }),
  };

  override async run() {
    const { args, flags } = await this.parse(Connect);
    const dry_run = flags['dry-run'];
    const number = phoneNumber(args.number);
    const settings = this.settings(flags);
    const office = await askOffice(() => this.client(flags), number);
    const public_url = publicUrlFrom(settings, office);
    const subaccount = isOffice(office) ? (office.tenant?.twilio_account_sid ?? null) : null;
    const twilio = twilioRest(settings, { timeoutMs: flags.timeout * 1000, subaccount });
    const before = await ownNumber(twilio, number);
    const fallbackUrl = httpAddress(flags['fallback-url']) ?? independentFallback(before, public_url);
    const changes = differences(before, numberSettings(public_url, fallbackUrl));
    const warnings = warningsAbout({ number, before, public_url, fallbackUrl, office });

    const file = flags['fallback-file'];
    const files = file && !dry_run ? writeFallbackFiles(file, tenantIn(office, number)) : [];
    this.#tell(changes, warnings);
    if (!dry_run && changes.length > 0) {
      if (!(await this.#mayReplace(before, public_url, flags)))
        throw new CommandError('failed', 'Nothing was changed.');
      await twilio.configure(
        before.sid,
        Object.fromEntries(changes.map(({ setting, after }) => [setting, after])),
      );
      this.log(`${number} is connected to ${public_url}`);
    }
    this.#tellNext(number, { files, dry_run });
    return { number, sid: before.sid, public_url, changes, dry_run, files, warnings };
  }

  /** Whoever answers its calls now may not expect to lose them. */
  async #mayReplace(
    { voice_url }: TwilioNumber,
    publicUrl: string,
    flags: Parameters<typeof this.confirmed>[1],
  ) {
    if (!voice_url || isSameAddress(voice_url, numberSettings(publicUrl, null).voice_url)) return true;
    return this.confirmed(`Its calls go to ${voice_url} now. Take them over?`, flags);
  }

  #tell(changes: Difference[], warnings: string[]): void {
    if (changes.length === 0) this.log('Every address is as it should be');
    else this.log(table(COLUMNS, changes, this.width));
    for (const warning of warnings) this.logToStderr(`Warning: ${warning}`);
  }

  #tellNext(number: string, { files, dry_run }: { files: string[]; dry_run: boolean }): void {
    if (files.length > 0) {
      this.logToStderr(
        `Wrote ${files.join(' and ')}. Host both in one folder that does not share our fate (an S3 bucket, GitHub Pages, Twilio's Assets), served as text/xml.`,
      );
      this.next(
        `adminctl number connect ${number} --fallback-url https://…/${path.basename(files[0] ?? '')}`,
      );
    } else if (!dry_run) this.next('adminctl doctor');
  }
}

const COLUMNS = [
  { header: 'SETTING', value: ({ setting }: Difference) => NUMBER_SETTINGS[setting] },
  { header: 'BEFORE', value: ({ before }: Difference) => before || '-' },
  { header: 'AFTER', value: ({ after }: Difference) => after },
];

async function ownNumber(twilio: TwilioRest, number: string): Promise<TwilioNumber> {
  const found = await twilio.number(number);
  if (found) return found;
  throw new CommandError(
    'not_found',
    `The Twilio account has no number ${number}.`,
    'Buy it in the console, or set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to the account that holds it.',
  );
}

function httpAddress(url: string | undefined): string | null {
  if (url === undefined) return null;
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return url;
  throw new CommandError(
    'usage',
    `"${url}" is no address.`,
    'For example: --fallback-url https://files.example/fallback.xml',
  );
}

/** Whose hand-off phones shall ring. @throws CommandError where nobody's number it is, or nobody could be asked */
function tenantIn(office: Office | Failure, number: string): Tenant {
  if (!isOffice(office)) throw new CommandError(office.code, office.message, office.hint);
  if (office.tenant) return office.tenant;
  throw new CommandError(
    'not_found',
    `${number} is no tenant's number: whom to ring is not known.`,
    `Add it: adminctl number add ${number} --tenant TENANT`,
  );
}
