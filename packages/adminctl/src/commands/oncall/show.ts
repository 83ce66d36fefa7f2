import { ROUTES } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { rotaInWords, warnings } from '../../oncall-words.ts';

export default class Show extends AdminCommand {
  static override summary = 'Who is on call now and next, and whose turns are when';
  static override examples = ['adminctl oncall show', 'adminctl oncall show --json > oncall.yaml'];

  override async run() {
    const { flags } = await this.parse(Show);
    const rota = await this.client(flags).call(ROUTES.getOnCall, {});
    this.log(rotaInWords(rota, new Date(), this.width));
    for (const warning of warnings(rota)) this.logToStderr(warning);
    if (rota.rotations.length === 0) this.next('adminctl oncall set FILE.yaml');
    return rota;
  }
}
