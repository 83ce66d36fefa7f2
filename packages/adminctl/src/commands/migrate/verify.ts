import { MigrateCommand } from '../../migrate-command.ts';
import { migrationArg } from '../../migrate-flags.ts';

export default class Verify extends MigrateCommand {
  static override summary =
    'Compare what a backfill wrote with what it was made of; ends with 7 where they differ';
  static override examples = ['adminctl migrate verify', 'adminctl migrate verify 0012_due_at_backfill'];
  static override args = { id: migrationArg({ description: 'a backfill [all that were begun]' }) };

  override async run() {
    await this.passOn(await this.parse(Verify));
  }
}
