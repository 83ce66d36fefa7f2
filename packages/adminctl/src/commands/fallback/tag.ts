import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { entryIds, MoveCommand, theEntries } from '../../move-command.ts';

export default class Tag extends MoveCommand {
  static override summary = 'Add and remove tags';
  static override examples = ['adminctl fallback tag 7k2m9q --add insurance --remove unsorted'];
  static override args = entryIds;
  static override flags = {
    add: Flags.string({
      description: 'tag to add; may repeat',
      helpValue: 'TAG',
      multiple: true,
      multipleNonGreedy: true,
      atLeastOne: ['add', 'remove'],
    }),
    remove: Flags.string({
      description: 'tag to remove; may repeat',
      helpValue: 'TAG',
      multiple: true,
      multipleNonGreedy: true,
    }),
  };

  override async run() {
    const { args, flags } = await this.parse(Tag);
    const { add, remove } = flags;
    return this.move(await theEntries(args), flags, (client, entry_id) =>
      client.call(ROUTES.tagEntry, { params: { entry_id }, body: { add, remove } }),
    );
  }
}
