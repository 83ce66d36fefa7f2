import { MigrateCommand } from '../../migrate-command.ts';

export default class Drift extends MigrateCommand {
  static override summary =
    'How the schema of the database differs from what the migrations make; ends with 7 where it does';
  static override examples = ['adminctl migrate drift'];

  override async run() {
    await this.passOn(await this.parse(Drift));
  }
}
