import { ROUTES, tenantBody, validated } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { planFlag, tenantArg, tenantFlag, theTenant } from '../../named-flags.ts';
import { tenantFields, tenantMembers } from '../../tenant-flags.ts';

export default class Create extends AdminCommand {
  static override summary = 'Make a tenant; what is left out takes its default';
  static override examples = [
    'adminctl tenant create t2 --name "Harbor Vets" --time-zone America/New_York --number +15005550007',
  ];
  static override args = { tenant: tenantArg };
  static override flags = {
    tenant: tenantFlag(),
    ...tenantFields,
    name: { ...tenantFields.name, required: true },
    'time-zone': { ...tenantFields['time-zone'], required: true },
    plan: planFlag(),
  };

  override async run() {
    const { args, flags } = await this.parse(Create);
    const tenant_id = theTenant({ args, flags });
    const { plan } = flags;
    const members = { numbers: [], ...tenantMembers(flags), tenant_id, ...(plan && { plan }) };
    const body = validated(tenantBody, members, 'invalid_body');
    const tenant = await this.client(flags).call(ROUTES.createTenant, { body });
    this.log(`${tenant.tenant_id} is made, on plan ${tenant.plan}`);
    this.next(
      tenant.numbers.length > 0
        ? `adminctl simulate call --tenant ${tenant_id}`
        : `adminctl number add NUMBER --tenant ${tenant_id}`,
    );
    return tenant;
  }
}
