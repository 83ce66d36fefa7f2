import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { entryIds, MoveCommand, theEntries } from '../../move-command.ts';

export default class Engage extends MoveCommand {
  static override summary = 'Say that you are on it, and how';
  static override examples = ['adminctl fallback engage 7k2m9q --how "calling back"'];
  static override args = entryIds;
  static override flags = {
    how: Flags.string({ description: 'how you reach the caller', helpValue: 'TEXT', required: true }),
  };

  override async run() {
    const { args, flags } = await this.parse(Engage);
    return this.move(await theEntries(args), flags, (client, entry_id) =>
      client.call(ROUTES.engageEntry, { params: { entry_id }, body: { how: flags.how } }),
    );
  }
}
