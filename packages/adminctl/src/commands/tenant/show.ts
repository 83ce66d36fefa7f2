import { ROUTES } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { tenantArg, tenantFlag, theTenant } from '../../named-flags.ts';
import { planInWords } from '../../plan-words.ts';

export default class Show extends AdminCommand {
  static override summary = 'One tenant, as YAML';
  static override examples = ['adminctl tenant show t1'];
  static override args = { tenant: tenantArg };
  static override flags = { tenant: tenantFlag() };

  override async run() {
    const { args, flags } = await this.parse(Show);
    const tenant_id = theTenant({ args, flags });
    const client = this.client(flags);
    const tenant = await client.call(ROUTES.getTenant, { params: { tenant_id } });
    const plan = await client.call(ROUTES.getPlan, { params: { tenant_id } });
    const { tenantYaml } = await import('../../tenant-yaml.ts');
    this.log(tenantYaml(tenant).trimEnd());
    this.log(`# ${planInWords(plan)}`);
    return tenant;
  }
}
