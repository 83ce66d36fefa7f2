import { ROUTES } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { flagFlag } from '../../named-flags.ts';

export default class Stop extends AdminCommand {
  static override summary = 'Take no further steps; the rollout stays where it is';
  static override examples = ['adminctl rollout stop --flag allow_rag'];
  static override flags = { flag: flagFlag({ required: true }) };

  override async run() {
    const { flags } = await this.parse(Stop);
    const params = { flag: flags.flag };
    const rollout = await this.client(flags).call(ROUTES.deleteRolloutPlan, { params });
    this.log(`${rollout.flag} stays at ${rollout.percent} %; no further steps are taken`);
    this.next(`adminctl rollout --flag ${rollout.flag} --percent 0`);
    return rollout;
  }
}
