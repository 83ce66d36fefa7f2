import { Flags } from '@oclif/core';
import { MigrateCommand } from '../../migrate-command.ts';
import { toFlag, waitFlag } from '../../migrate-flags.ts';

export default class Baseline extends MigrateCommand {
  static override summary =
    'Mark migrations as applied without running them, where the schema is already as they make it';
  static override examples = ['adminctl migrate baseline --to 0009_report'];
  static override flags = {
    to: toFlag({ description: 'the last one to mark', required: true }),
    force: Flags.string({
      description: 'also where the schema differs, or cannot be compared; the reason is kept',
      helpValue: 'REASON',
    }),
    wait: waitFlag,
  };

  override async run() {
    await this.passOn(await this.parse(Baseline));
  }
}
