import { AdminCommand } from '../../base-command.ts';
import { listFlags, tenantFlag } from '../../named-flags.ts';
import { numbersOf } from '../../numbers.ts';

export default class List extends AdminCommand {
  static override summary = 'The numbers that callers dial, and whose they are';
  static override examples = ['adminctl number list', 'adminctl number list --tenant t1 -o name'];
  static override flags = { ...listFlags, tenant: tenantFlag({ description: 'of this tenant' }) };

  override async run() {
    const { flags } = await this.parse(List);
    this.outputAs(flags.output);
    const numbers = await numbersOf(this.client(flags), flags.tenant);
    const page = { items: numbers.slice(0, flags.limit), next_cursor: null };
    this.tellList(page, {
      columns: [
        { header: 'NUMBER', value: ({ number }) => number },
        { header: 'TENANT', value: ({ tenant_id }) => tenant_id },
        { header: 'NAME', value: ({ name }) => name },
      ],
      name: ({ number }) => number,
      none: 'There is no number yet. Add one: adminctl number add NUMBER --tenant TENANT',
      output: flags.output,
    });
    return page;
  }
}
