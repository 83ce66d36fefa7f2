import { ROUTES } from '@receptionist/admin-api';
import { entryIds, MoveCommand } from '../../move-command.ts';

export default class Ack extends MoveCommand {
  static override summary = 'Say that you have it: the alerts stop, the entry is yours';
  static override examples = [
    'adminctl fallback ack 7k2m9q',
    'adminctl fallback list --tenant t1 -o name | adminctl fallback ack -',
  ];
  static override args = entryIds;

  override async run() {
    return this.move(await this.parse(Ack), (client, entry_id) =>
      client.call(ROUTES.acknowledgeEntry, { params: { entry_id } }),
    );
  }
}
