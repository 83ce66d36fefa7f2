import { ROUTES } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { listFlags } from '../../named-flags.ts';

export default class List extends AdminCommand {
  static override summary = 'All tenants';
  static override examples = ['adminctl tenant list', 'adminctl tenant list -o name'];
  static override flags = listFlags;

  override async run() {
    const { flags } = await this.parse(List);
    this.outputAs(flags.output);
    const page = await this.client(flags).all(ROUTES.listTenants, {}, flags);
    this.tellList(page, {
      columns: [
        { header: 'TENANT', value: ({ tenant_id }) => tenant_id },
        { header: 'NAME', value: ({ name }) => name, elastic: true },
        { header: 'PLAN', value: ({ plan }) => plan },
        { header: 'TIME ZONE', value: ({ time_zone }) => time_zone },
        { header: 'NUMBERS', value: ({ numbers }) => numbers.join(', ') || '-', elastic: true },
      ],
      name: ({ tenant_id }) => tenant_id,
      none: 'There is no tenant yet. Make one: adminctl tenant import FILE.yaml',
      output: flags.output,
    });
    return page;
  }
}
