import { Flags } from '@oclif/core';
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import type { Flag, FlagEvaluation, FlagSetting } from '@receptionist/core';
import { AdminCommand } from '../base-command.ts';
import { givenIds } from '../ids.ts';
import { ago } from '../moments.ts';
import { flagFlag, tenantFlag, trueFalseFlag } from '../named-flags.ts';

export default class SetFlag extends AdminCommand {
  static override summary = "Make or remove a tenant's own setting of a flag";
  static override description =
    'Whoever changes the same setting at the same moment is told: the later change is refused (exit code 5).';
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
    const set = async (tenant_id: string) => {
      const before = await ownSetting(client, tenant_id, flags.flag);
      const evaluation = await change(client, { tenant_id, flag: flags.flag }, flags.enable, before);
      this.#tell(tenant_id, evaluation, { wanted: flags.enable, before });
      return evaluation;
    };
    return this.forEach(await givenIds(flags.tenant, 'tenant_id'), set);
  }

  #tell(
    tenant: string,
    { flag, enabled, source }: FlagEvaluation,
    { wanted, before }: { wanted: boolean | undefined; before: FlagSetting | null },
  ): void {
    const without = wanted === undefined ? ', without a setting of its own' : '';
    this.log(`${flag} is ${enabled} for ${tenant}${without}`);
    if (before !== null && before.enabled !== wanted)
      this.logToStderr(
        `It was ${before.enabled}, set by ${before.updated_by} ${ago(before.updated_at, new Date())}.`,
      );
    if (source === 'plan' && wanted !== undefined && wanted !== enabled) {
      this.logToStderr(
        `The setting is kept and has no effect: the plan of ${tenant} does not include ${flag}.`,
      );
      this.next(`adminctl set-plan --tenant ${tenant} --plan PLAN`);
    }
  }
}

async function ownSetting(client: AdminClient, tenant_id: string, flag: Flag): Promise<FlagSetting | null> {
  const { settings } = await client.call(ROUTES.listFlags, { params: { tenant_id } });
  return settings.find((setting) => setting.flag === flag) ?? null;
}

/** Only over what was seen: what somebody else has set meanwhile is theirs. */
function change(
  client: AdminClient,
  params: { tenant_id: string; flag: Flag },
  enabled: boolean | undefined,
  before: FlagSetting | null,
): Promise<FlagEvaluation> {
  const seen = before?.updated_at ?? null;
  if (enabled === undefined)
    return client.call(ROUTES.deleteFlag, { params, query: { expected_updated_at: seen ?? 'none' } });
  return client.call(ROUTES.putFlag, { params, body: { enabled, expected_updated_at: seen } });
}
