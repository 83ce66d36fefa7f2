import { AdminCommand } from '../../base-command.ts';
import { runReceptionistd } from '../../receptionistd.ts';

export default class Up extends AdminCommand {
  static override summary = 'Apply the migrations that wait';
  static override description =
    "Runs receptionistd, with this folder's .env: it changes the database itself.";
  static override examples = ['adminctl migrate up'];

  override async run() {
    await this.parse(Up);
    const json = this.jsonEnabled();
    await runReceptionistd(json ? ['migrate', 'up', '--json'] : ['migrate', 'up'], { json });
  }
}
