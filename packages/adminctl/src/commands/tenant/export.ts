import { ROUTES } from '@receptionist/admin-api';
import type { Tenant } from '@receptionist/core';
import { AdminCommand } from '../../base-command.ts';
import { tenantArg, tenantFlag, theTenant } from '../../named-flags.ts';

export default class Export extends AdminCommand {
  static override summary = 'Tenants as YAML that tenant import reads; all of them, or one';
  static override examples = ['adminctl tenant export t1 > t1.yaml', 'adminctl tenant export > tenants.yaml'];
  static override args = { tenant: tenantArg };
  static override flags = { tenant: tenantFlag() };

  override async run() {
    const { args, flags } = await this.parse(Export);
    const client = this.client(flags);
    const one = args.tenant ?? flags.tenant;
    const tenants =
      one === undefined
        ? (await client.all(ROUTES.listTenants, {})).items
        : [await client.call(ROUTES.getTenant, { params: { tenant_id: theTenant({ args, flags }) } })];
    // One a line: a script can read them as they come.
    if (this.jsonEnabled()) for (const tenant of tenants) console.log(JSON.stringify(tenant));
    else await this.#tellYaml(tenants);
  }

  async #tellYaml(tenants: Tenant[]): Promise<void> {
    const { tenantYaml } = await import('../../tenant-yaml.ts');
    this.log(tenants.map(tenantYaml).join('---\n').trimEnd());
    if (tenants.length === 0) this.logToStderr('There is no tenant yet.');
  }
}
