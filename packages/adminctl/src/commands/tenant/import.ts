import { Args } from '@oclif/core';
import { ROUTES, type TenantBody } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { readText } from '../../stdin.ts';

export default class Import extends AdminCommand {
  static override summary = 'Make or replace whole tenants from a YAML file';
  static override description =
    'What the file leaves out takes its default. All of it is checked before anything is sent.';
  static override examples = [
    'adminctl tenant import t1.yaml',
    'adminctl tenant export t1 | adminctl tenant import -',
  ];
  static override args = {
    file: Args.string({ description: 'YAML file; - reads stdin', required: true, ignoreStdin: true }),
  };

  override async run() {
    const { args, flags } = await this.parse(Import);
    const { readTenants } = await import('../../tenant-yaml.ts');
    const tenants = readTenants(await readText(args.file), args.file === '-' ? 'stdin' : args.file);
    const client = this.client(flags);

    const put = async (tenant_id: string) => {
      const body = tenants.find((tenant) => tenant.tenant_id === tenant_id) as TenantBody;
      const tenant = await client.call(ROUTES.putTenant, { params: { tenant_id }, body });
      this.log(`${tenant_id} (${tenant.name}) is as the file has it`);
      return tenant;
    };
    const ids = tenants.map(({ tenant_id }) => tenant_id);
    return this.forEach({ ids, several: ids.length > 1 }, put);
  }
}
