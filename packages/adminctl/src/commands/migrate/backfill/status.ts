import { MigrateCommand } from '../../../migrate-command.ts';

export default class Status extends MigrateCommand {
  static override summary = 'How far each backfill is, and how long it still takes';
  static override examples = ['adminctl migrate backfill status'];

  override async run() {
    await this.passOn(await this.parse(Status));
  }
}
