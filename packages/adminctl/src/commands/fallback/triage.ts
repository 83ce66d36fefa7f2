import { Flags } from '@oclif/core';
import type { Entry } from '@receptionist/core';
import { SEVERITIES } from '@receptionist/core';
import { AdminCommand } from '../../base-command.ts';
import { adminClient } from '../../client.ts';
import { CommandError } from '../../failure.ts';
import { tenantFlag } from '../../named-flags.ts';
import { someoneIsThere } from '../../stdin.ts';
import { summaryInWords } from '../../triage/summary.ts';
import { openTerminal } from '../../triage/terminal.ts';
import { triage } from '../../triage/triage.ts';

export default class Triage extends AdminCommand {
  static override summary = 'Guided, through all who wait: an entry at a time, one key for each move';
  static override description = 'It needs a terminal; what others do meanwhile shows. ? lists the keys.';
  static override examples = [
    'adminctl fallback triage',
    'adminctl fallback triage --tenant t1 --severity critical',
    'adminctl fallback triage --mine',
  ];
  static override flags = {
    tenant: tenantFlag({ description: 'of this tenant' }),
    severity: Flags.custom<Entry['severity']>({ options: SEVERITIES })({ description: 'of this severity' }),
    mine: Flags.boolean({ description: 'held by you' }),
  };

  override async run() {
    const { flags } = await this.parse(Triage);
    if (flags['no-input'] || !someoneIsThere()) throw noTerminal();
    const settings = this.settings(flags);
    const summary = await triage({
      client: adminClient(settings, { timeoutMs: flags.timeout * 1000 }),
      user: settings.adminUser,
      filter: {
        tenant_id: flags.tenant,
        severity: flags.severity,
        assignee: flags.mine ? settings.adminUser : undefined,
      },
      openTerminal: () =>
        openTerminal({ input: process.stdin, output: process.stderr, interrupted: () => process.exit(130) }),
      now: () => new Date(),
    });
    this.log(summaryInWords(summary));
    if (summary.interrupted) process.exitCode = 130;
    return { items: summary.triaged, next_cursor: null };
  }
}

function noTerminal(): CommandError {
  return new CommandError(
    'usage',
    'triage asks for keys, and there is no terminal to press them on.',
    'In a script: adminctl fallback list -o name, then ack, engage and resolve with those ids, or with - in a pipe.',
  );
}
