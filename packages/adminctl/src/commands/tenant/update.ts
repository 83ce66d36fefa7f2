import { ROUTES } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { CommandError } from '../../failure.ts';
import { tenantArg, tenantFlag, theTenant } from '../../named-flags.ts';
import { tenantFields, tenantMembers } from '../../tenant-flags.ts';

export default class Update extends AdminCommand {
  static override summary = 'Change some of a tenant';
  static override description = 'For all the rest of a tenant: tenant export, edit, tenant import.';
  static override examples = ['adminctl tenant update t1 --greeting "Northside Dental, good day."'];
  static override args = { tenant: tenantArg };
  static override flags = { tenant: tenantFlag(), ...tenantFields };

  override async run() {
    const { args, flags } = await this.parse(Update);
    const tenant_id = theTenant({ args, flags });
    const body = tenantMembers(flags);
    const names = Object.keys(body);
    if (names.length === 0)
      throw new CommandError('usage', 'Nothing to change was named.', 'See adminctl tenant update --help');
    const tenant = await this.client(flags).call(ROUTES.patchTenant, { params: { tenant_id }, body });
    this.log(`${tenant_id} has new ${names.join(', ')}`);
    return tenant;
  }
}
