import { ROUTES } from '@receptionist/admin-api';
import { AdminCommand } from '../base-command.ts';
import { planFlag, tenantFlag } from '../named-flags.ts';

export default class SetPlan extends AdminCommand {
  static override summary = 'Put a tenant on a plan';
  static override examples = ['adminctl set-plan --tenant t1 --plan core --admin-user lex'];
  static override flags = { tenant: tenantFlag({ required: true }), plan: planFlag({ required: true }) };

  override async run() {
    const { flags } = await this.parse(SetPlan);
    const change = await this.client(flags).call(ROUTES.putPlan, {
      params: { tenant_id: flags.tenant },
      body: { plan: flags.plan },
    });
    const { tenant_id, plan, previous_plan } = change;
    this.log(
      plan === previous_plan
        ? `${tenant_id} stays on ${plan}`
        : `${tenant_id} is on ${plan}, was on ${previous_plan}`,
    );
    this.next(`adminctl show-flags --tenant ${tenant_id}`);
    return change;
  }
}
