import { Flags } from '@oclif/core';
import { MigrateCommand } from '../../migrate-command.ts';

export default class Status extends MigrateCommand {
  static override summary = 'Which migrations were applied, which wait, and what is in the way';
  static override description = "Runs receptionistd, with this folder's .env: it asks the database itself.";
  static override examples = ['adminctl migrate status', 'adminctl migrate status --exit-code'];
  static override flags = {
    'exit-code': Flags.boolean({ description: 'end with 7 when something waits' }),
  };

  override async run() {
    await this.passOn(await this.parse(Status));
  }
}
