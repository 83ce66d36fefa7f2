import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { AdminCommand } from '../base-command.ts';
import { dryRunFlag, planFlag, tenantFlag } from '../named-flags.ts';
import { planChangeInWords, planChangesInWords } from '../plan-words.ts';

export default class SetPlan extends AdminCommand {
  static override summary = 'Put a tenant on a plan';
  static override description = [
    'Shows first which flags and limits change, and asks on a terminal. The change holds at once, or with',
    "--at-month-end when the month is over in the tenant's time zone; naming the present plan drops what was put off.",
  ].join('\n');
  static override examples = [
    'adminctl set-plan --tenant t1 --plan core --admin-user lex',
    'adminctl set-plan --tenant t1 --plan free --at-month-end',
    'adminctl set-plan --tenant t1 --plan pro --dry-run',
  ];
  static override flags = {
    tenant: tenantFlag({ required: true }),
    plan: planFlag({ required: true }),
    'at-month-end': Flags.boolean({ description: 'not before the month is over' }),
    'dry-run': dryRunFlag,
  };

  override async run() {
    const { flags } = await this.parse(SetPlan);
    const client = this.client(flags);
    const params = { tenant_id: flags.tenant };
    const body = { plan: flags.plan, ...(flags['at-month-end'] ? { at: 'month_end' as const } : {}) };

    const foretold = await client.call(ROUTES.putPlan, { params, body, query: { dry_run: true } });
    const changes = planChangesInWords(foretold);
    if (flags['dry-run']) {
      this.log([`${foretold.previous_plan} → ${foretold.plan}`, ...changes].join('\n'));
      return foretold;
    }
    for (const change of changes) this.logToStderr(change);
    const { previous_plan, plan } = foretold;
    await this.orNothing(`${flags.tenant} goes from ${previous_plan} to ${plan}. Go on?`, flags);
    const change = await client.call(ROUTES.putPlan, { params, body });
    this.log(planChangeInWords(change));
    this.next(`adminctl show-flags --tenant ${flags.tenant}`);
    return change;
  }
}
