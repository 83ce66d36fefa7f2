import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import type { Report } from '@receptionist/core';
import { AdminCommand } from '../../base-command.ts';
import { CommandError } from '../../failure.ts';
import { sinceFrom } from '../../moments.ts';
import { tenantFlag } from '../../named-flags.ts';
import { breachesInWords } from '../../report/figures.ts';

export default class FallbackReport extends AdminCommand {
  static override summary = 'Reasons, waiting times, missed deadlines, by day, tenant and person';
  static override description =
    "Of the entries filed in the period, as they are now, without those of simulated conversations. Days are UTC, or the tenant's own with --tenant.";
  static override examples = [
    'adminctl fallback report',
    'adminctl fallback report --since 7d --tenant t1',
    'adminctl fallback report --since 2026-11-01 --until 2026-12-01 --html november.html',
    'adminctl fallback report --since 1d --fail-on-breach',
    'adminctl fallback report --csv > report.csv',
  ];
  static override flags = {
    since: Flags.string({ description: 'filed since, as 12h, 7d or a time [30d]', helpValue: 'WHEN' }),
    until: Flags.string({ description: 'filed before, as 12h, 7d or a time [now]', helpValue: 'WHEN' }),
    tenant: tenantFlag({ description: 'of this tenant' }),
    html: Flags.string({
      description: 'write a page for a browser or a printer; - for stdout',
      helpValue: 'FILE',
    }),
    csv: Flags.boolean({ description: 'one flat table: table,key,name,value', exclusive: ['json', 'html'] }),
    'fail-on-breach': Flags.boolean({ description: 'end with 7 if any deadline was missed' }),
  };

  override async run() {
    const { flags } = await this.parse(FallbackReport);
    if (flags.html === '-' && this.jsonEnabled())
      throw new CommandError(
        'usage',
        'Either --json or the page can go to stdout.',
        'Name a file: --html report.html',
      );
    const now = new Date();
    const query = {
      since: flags.since === undefined ? undefined : sinceFrom(flags.since, now),
      until: flags.until === undefined ? undefined : sinceFrom(flags.until, now),
      tenant_id: flags.tenant,
    };
    const report = await this.client(flags).call(ROUTES.getReport, { query });
    if (flags.html !== undefined) await this.#tellPage(report, flags.html);
    else if (flags.csv) await this.#tellCsv(report);
    else await this.#tellPeople(report);
    if (flags['fail-on-breach'] && report.breaches.entries > 0) this.#fail(report);
    return report;
  }

  async #tellPage(report: Report, file: string): Promise<void> {
    const { reportPage } = await import('../../report/page.ts');
    const { writePage } = await import('../../report/page-file.ts');
    if (file === '-') process.stdout.write(reportPage(report));
    else this.log(await writePage(file, reportPage(report)));
  }

  async #tellCsv(report: Report): Promise<void> {
    const { reportCsv } = await import('../../report/csv.ts');
    process.stdout.write(reportCsv(report));
  }

  async #tellPeople(report: Report): Promise<void> {
    const { reportInWords, screenOf } = await import('../../report/terminal.ts');
    this.log(reportInWords(report, screenOf(process.env, this.width)));
  }

  #fail(report: Report): void {
    const named = report.breaches.latest.map(({ entry_id }) => entry_id);
    const more = report.breaches.entries - named.length;
    this.logToStderr(
      `${breachesInWords(report)}\n${named.join('\n')}${more > 0 ? `\nand ${more} more` : ''}`,
    );
    process.exitCode = 7;
  }
}
