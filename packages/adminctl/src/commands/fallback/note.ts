import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { entryIds, MoveCommand } from '../../move-command.ts';

export default class Note extends MoveCommand {
  static override summary = 'Add a note to the timeline';
  static override examples = ['adminctl fallback note 7k2m9q --text "voicemail, will try again at 3"'];
  static override args = entryIds;
  static override flags = {
    text: Flags.string({ description: 'the note', helpValue: 'TEXT', required: true }),
  };

  override async run() {
    const { args, flags } = await this.parse(Note);
    return this.move({ args, flags }, (client, entry_id) =>
      client.call(ROUTES.noteEntry, { params: { entry_id }, body: { text: flags.text } }),
    );
  }
}
