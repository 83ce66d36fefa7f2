import { styleText } from 'node:util';
import type { Check } from '@receptionist/admin-api';
import { AdminCommand } from '../base-command.ts';
import { printable } from '../table.ts';

export default class Doctor extends AdminCommand {
  static override summary = 'What keeps the phone from being answered, and what to do';
  static override description =
    'Looks at settings, key, clock, daemon, database, Slack, the public address, Twilio, the numbers and the model.\nChanges nothing. Ends with 7 when something is wrong; a warning is not.';
  static override examples = [
    'adminctl doctor',
    'adminctl doctor --json | jq \'.checks[] | select(.status == "fail")\'',
  ];

  override async run() {
    const { flags } = await this.parse(Doctor);
    const { examine } = await import('../doctor/doctor.ts');
    const checks = await examine(flags, process.env);
    for (const check of checks) this.#tell(check);
    const ok = checks.every(({ status }) => status !== 'fail');
    if (!ok) process.exitCode = 7;
    return { ok, checks };
  }

  #tell({ name, status, found, meaning, fix }: Check): void {
    const mark = styleText(COLOURS[status], status.padEnd(MARK));
    this.log(`${mark}${name.padEnd(NAME)}${printable(found)}`);
    for (const line of [meaning, fix && `→ ${fix}`]) {
      if (line) this.log(' '.repeat(MARK + NAME) + printable(line));
    }
  }
}

const MARK = 9;
const NAME = 22;

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red', skipped: 'dim' } as const;
