import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { entryIds, MoveCommand, theEntries } from '../../move-command.ts';
import { givenNotes } from '../../notes.ts';

export default class Reopen extends MoveCommand {
  static override summary = 'Say that it is not done after all: open again, with fresh deadlines';
  static override examples = ['adminctl fallback reopen 7k2m9q --notes "called again, same question"'];
  static override args = entryIds;
  static override flags = {
    notes: Flags.string({ description: 'why; - reads it from stdin', helpValue: 'TEXT', required: true }),
  };

  override async run() {
    const { args, flags } = await this.parse(Reopen);
    const notes = await givenNotes(flags.notes, { flag: '--notes', ids: args.id });
    return this.move(await theEntries(args), flags, (client, entry_id) =>
      client.call(ROUTES.reopenEntry, { params: { entry_id }, body: { notes } }),
    );
  }
}
