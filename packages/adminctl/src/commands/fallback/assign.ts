import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { entryIds, MoveCommand, theEntries } from '../../move-command.ts';

export default class Assign extends MoveCommand {
  static override summary = 'Give it to somebody; it still waits to be acknowledged';
  static override examples = ['adminctl fallback assign 7k2m9q --to kim'];
  static override args = entryIds;
  static override flags = {
    to: Flags.string({ description: 'admin user', helpValue: 'USER', required: true }),
  };

  override async run() {
    const { args, flags } = await this.parse(Assign);
    return this.move(await theEntries(args), flags, (client, entry_id) =>
      client.call(ROUTES.assignEntry, { params: { entry_id }, body: { assignee: flags.to } }),
    );
  }
}
