import { Flags } from '@oclif/core';
import { type Answer, ROUTES, type Routes } from '@receptionist/admin-api';
import type { FlagEvaluation } from '@receptionist/core';
import { AdminCommand, type GlobalFlags } from '../base-command.ts';
import { staleInWords, whyInWords } from '../flag-words.ts';
import { moment, span } from '../moments.ts';
import { tenantFlag } from '../named-flags.ts';
import { type Column, table } from '../table.ts';

type FlagUse = Answer<Routes['listFlagUse']>['items'][number];

export default class ShowFlags extends AdminCommand {
  static override summary = 'Every flag as it is for a tenant, and why; or those that could go';
  static override examples = ['adminctl show-flags --tenant t1', 'adminctl show-flags --stale'];
  static override flags = {
    tenant: tenantFlag({ exactlyOne: ['tenant', 'stale'] }),
    stale: Flags.boolean({
      description: 'over all tenants: whose each flag is, its age, and whether it could go',
    }),
  };

  override async run() {
    const { flags } = await this.parse(ShowFlags);
    return flags.tenant === undefined ? this.#use(flags) : this.#evaluations(flags, flags.tenant);
  }

  async #evaluations(flags: GlobalFlags, tenant_id: string) {
    const answer = await this.client(flags).call(ROUTES.listFlags, { params: { tenant_id } });
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

  async #use(flags: GlobalFlags) {
    const use = await this.client(flags).call(ROUTES.listFlagUse, {});
    const now = new Date();
    const columns: Column<FlagUse>[] = [
      { header: 'FLAG', value: ({ flag }) => flag },
      { header: 'OWNER', value: ({ owner }) => owner },
      { header: 'AGE', value: ({ since }) => span(now.getTime() - Date.parse(since)) },
      { header: 'KIND', value: ({ kind }) => kind },
      { header: 'TENANTS', value: ({ tenants }) => String(tenants) },
      { header: 'SET ON', value: ({ on }) => String(on) },
      { header: 'SET OFF', value: ({ off }) => String(off) },
      { header: 'ROLLOUT', value: ({ percent, in_rollout }) => `${percent} % (${in_rollout})` },
      { header: 'CHANGED', value: ({ changed_at }) => (changed_at ? moment(changed_at) : 'never') },
      { header: 'COULD GO', value: staleInWords, elastic: true },
    ];
    this.log(table(columns, use.items, this.width));
    return use;
  }
}
