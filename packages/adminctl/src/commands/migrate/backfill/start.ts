import { Flags } from '@oclif/core';
import { MigrateCommand } from '../../../migrate-command.ts';
import { migrationArg, unthrottledFlag } from '../../../migrate-flags.ts';

export default class Start extends MigrateCommand {
  static override summary = 'Run a backfill to its end, from where it stopped';
  static override description =
    'It makes way for calls: it slows down where they, or replicas, have to wait for it.';
  static override examples = [
    'adminctl migrate backfill start 0012_due_at_backfill --dry-run',
    'adminctl migrate backfill start 0012_due_at_backfill',
  ];
  static override args = { id: migrationArg({ required: true, description: 'the backfill' }) };
  static override flags = {
    'dry-run': Flags.boolean({
      description: 'count the rows and show the plan of the first batch; change nothing',
    }),
    unthrottled: unthrottledFlag,
  };

  override async run() {
    await this.passOn(await this.parse(Start));
  }
}
