import { MigrateCommand } from '../../../migrate-command.ts';
import { migrationArg, unthrottledFlag } from '../../../migrate-flags.ts';

export default class Resume extends MigrateCommand {
  static override summary = 'Go on with a paused backfill, here';
  static override examples = ['adminctl migrate backfill resume 0012_due_at_backfill'];
  static override args = { id: migrationArg({ required: true, description: 'the backfill' }) };
  static override flags = { unthrottled: unthrottledFlag };

  override async run() {
    await this.passOn(await this.parse(Resume));
  }
}
