import { MigrateCommand } from '../../../migrate-command.ts';
import { migrationArg } from '../../../migrate-flags.ts';

export default class Pause extends MigrateCommand {
  static override summary = 'Stop a backfill after its batch; it keeps its place';
  static override examples = ['adminctl migrate backfill pause 0012_due_at_backfill'];
  static override args = { id: migrationArg({ required: true, description: 'the backfill' }) };

  override async run() {
    await this.passOn(await this.parse(Pause));
  }
}
