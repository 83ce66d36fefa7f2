import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { entryIds, MoveCommand } from '../../move-command.ts';

export default class Resolve extends MoveCommand {
  static override summary = 'Say that it is done, and how';
  static override examples = [
    'adminctl fallback resolve 7k2m9q --notes "booked for Tuesday at 10" --tag booking',
    'adminctl fallback list --tag spam -o name | adminctl fallback resolve - --notes "spam"',
  ];
  static override args = entryIds;
  static override flags = {
    notes: Flags.string({ description: 'what was done', helpValue: 'TEXT', required: true }),
    tag: Flags.string({
      description: 'tag to add; may repeat',
      helpValue: 'TAG',
      multiple: true,
      multipleNonGreedy: true,
    }),
  };

  override async run() {
    const { args, flags } = await this.parse(Resolve);
    const { notes, tag: tags } = flags;
    return this.move({ args, flags }, (client, entry_id) =>
      client.call(ROUTES.resolveEntry, { params: { entry_id }, body: { notes, tags } }),
    );
  }
}
