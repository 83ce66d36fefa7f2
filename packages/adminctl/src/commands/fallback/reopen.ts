import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { entryIds, MoveCommand } from '../../move-command.ts';

export default class Reopen extends MoveCommand {
  static override summary = 'Say that it is not done after all: open again, with fresh deadlines';
  static override examples = ['adminctl fallback reopen 7k2m9q --notes "called again, same question"'];
  static override args = entryIds;
  static override flags = {
    notes: Flags.string({ description: 'why', helpValue: 'TEXT', required: true }),
  };

  override async run() {
    const { args, flags } = await this.parse(Reopen);
    return this.move({ args, flags }, (client, entry_id) =>
      client.call(ROUTES.reopenEntry, { params: { entry_id }, body: { notes: flags.notes } }),
    );
  }
}
