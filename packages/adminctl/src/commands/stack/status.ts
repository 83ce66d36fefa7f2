import { AdminCommand } from '../../base-command.ts';
import { SERVICE_COLUMNS, stackStatus } from '../../stack/stack.ts';
import { table } from '../../table.ts';

export default class Status extends AdminCommand {
  static override summary = 'What of the stack runs, and where';
  static override examples = ['adminctl stack status', 'adminctl stack status --json'];

  override async run() {
    await this.parse(Status);
    const services = await stackStatus();
    if (services.length === 0) this.logToStderr('Nothing runs. Start it: adminctl stack up');
    else this.log(table(SERVICE_COLUMNS, services, this.width));
    return { services };
  }
}
