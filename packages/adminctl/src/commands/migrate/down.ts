import { Flags } from '@oclif/core';
import { MigrateCommand } from '../../migrate-command.ts';
import { toFlag, waitFlag } from '../../migrate-flags.ts';

export default class Down extends MigrateCommand {
  static override summary = 'Take back what was applied after a migration';
  static override description =
    'Asks first, on a terminal. Refuses what loses data, what has no way back, and what a running daemon needs.';
  static override examples = [
    'adminctl migrate down --to 0009_report',
    'adminctl migrate down --to 0009_report --yes-lose-data --yes',
  ];
  static override flags = {
    to: toFlag({ description: 'the last one to keep', required: true }),
    'yes-lose-data': Flags.boolean({ description: 'also where rows or columns with data are dropped' }),
    wait: waitFlag,
  };

  override async run() {
    await this.passOn(await this.parse(Down));
  }
}
