import { ROUTES } from '@receptionist/admin-api';
import { entryIds, MoveCommand, theEntries } from '../../move-command.ts';

export default class Ack extends MoveCommand {
  static override summary = 'Say that you have it: the alerts stop, the entry is yours';
  static override examples = [
    'adminctl fallback ack 7k2m9q',
    'adminctl fallback list --tenant t1 -o name | adminctl fallback ack -',
  ];
  static override args = entryIds;

  override async run() {
    const { args, flags } = await this.parse(Ack);
    return this.move(await theEntries(args), flags, (client, entry_id) =>
      client.call(ROUTES.acknowledgeEntry, { params: { entry_id } }),
    );
  }
}
