import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import type { FlagEvaluation } from '@receptionist/core';
import { AdminCommand } from '../base-command.ts';
import { givenIds } from '../ids.ts';
import { flagFlag, tenantFlag, trueFalseFlag } from '../named-flags.ts';

export default class SetFlag extends AdminCommand {
  static override summary = "Make or remove a tenant's own setting of a flag";
  static override examples = [
    'adminctl set-flag --tenant t1 --flag allow_rag --enable true --admin-user lex',
    'adminctl set-flag --tenant t1 --flag allow_rag --unset',
    'adminctl tenant list -o name | adminctl set-flag --tenant - --flag record_calls --enable false',
  ];
  static override flags = {
    tenant: tenantFlag({
      required: true,
      multiple: true,
      multipleNonGreedy: true,
      description: 'id of the tenant; may repeat, - reads ids from stdin',
    }),
    flag: flagFlag({ required: true }),
    enable: trueFalseFlag({ exactlyOne: ['enable', 'unset'] }),
    unset: Flags.boolean({ description: "remove the tenant's own setting" }),
  };

  override async run() {
    const { flags } = await this.parse(SetFlag);
    const client = this.client(flags);
    const { flag, enable } = flags;

    const set = async (tenant_id: string) => {
      const params = { tenant_id, flag };
      const evaluation =
        enable === undefined
          ? await client.call(ROUTES.deleteFlag, { params })
          : await client.call(ROUTES.putFlag, { params, body: { enabled: enable } });
      this.#tell(tenant_id, evaluation, enable);
      return evaluation;
    };
    return this.forEach(await givenIds(flags.tenant, 'tenant_id'), set);
  }

  #tell(tenant: string, { flag, enabled, source }: FlagEvaluation, wanted: boolean | undefined): void {
    const without = wanted === undefined ? ', without a setting of its own' : '';
    this.log(`${flag} is ${enabled} for ${tenant}${without}`);
    if (source === 'plan' && wanted !== undefined && wanted !== enabled) {
      this.logToStderr(
        `The setting is kept and has no effect: the plan of ${tenant} does not include ${flag}.`,
      );
      this.next(`adminctl set-plan --tenant ${tenant} --plan PLAN`);
    }
  }
}
