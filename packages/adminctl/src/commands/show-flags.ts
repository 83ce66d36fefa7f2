import { ROUTES } from '@receptionist/admin-api';
import type { FlagEvaluation } from '@receptionist/core';
import { AdminCommand } from '../base-command.ts';
import { whyInWords } from '../flag-words.ts';
import { moment } from '../moments.ts';
import { tenantFlag } from '../named-flags.ts';
import { type Column, table } from '../table.ts';

export default class ShowFlags extends AdminCommand {
  static override summary = 'Every flag as it is for a tenant, and why';
  static override examples = ['adminctl show-flags --tenant t1'];
  static override flags = { tenant: tenantFlag({ required: true }) };

  override async run() {
    const { flags } = await this.parse(ShowFlags);
    const answer = await this.client(flags).call(ROUTES.listFlags, { params: { tenant_id: flags.tenant } });
    const columns: Column<FlagEvaluation>[] = [
      { header: 'FLAG', value: ({ flag }) => flag },
      { header: 'VALUE', value: ({ enabled }) => String(enabled) },
      { header: 'WHY', value: (evaluation) => whyInWords(evaluation, answer.plan), elastic: true },
      { header: 'SET BY', value: ({ updated_by }) => updated_by ?? '-' },
      { header: 'WHEN', value: ({ updated_at }) => (updated_at ? moment(updated_at) : '-') },
      { header: 'SAFE VALUE', value: ({ safe_value }) => String(safe_value) },
    ];
    this.log(`${answer.tenant_id} is on plan ${answer.plan}\n`);
    this.log(table(columns, answer.flags, this.width));
    return answer;
  }
}
