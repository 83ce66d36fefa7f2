import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { entryIds, MoveCommand, theEntries } from '../../move-command.ts';
import { givenNotes } from '../../notes.ts';

export default class Note extends MoveCommand {
  static override summary = 'Add a note to the timeline';
  static override examples = [
    'adminctl fallback note 7k2m9q --text "voicemail, will try again at 3"',
    'adminctl fallback note 7k2m9q --text - < call.txt',
  ];
  static override args = entryIds;
  static override flags = {
    text: Flags.string({
      description: 'the note; - reads it from stdin',
      helpValue: 'TEXT',
      required: true,
    }),
  };

  override async run() {
    const { args, flags } = await this.parse(Note);
    const text = await givenNotes(flags.text, { flag: '--text', ids: args.id });
    return this.move(await theEntries(args), flags, (client, entry_id) =>
      client.call(ROUTES.noteEntry, { params: { entry_id }, body: { text } }),
    );
  }
}
