import { Flags } from '@oclif/core';
import { AdminCommand } from '../../base-command.ts';
import { moment, sinceFrom, span } from '../../moments.ts';
import { tenantFlag } from '../../named-flags.ts';
import { allTenants, oneTenant } from '../../numbers.ts';
import { table } from '../../table.ts';
import { callsOf, fileMissed, type MissedCall } from '../../twilio/missed-calls.ts';
import { twilioRest } from '../../twilio/rest.ts';

export default class Reconcile extends AdminCommand {
  static override summary = 'After an outage: file the calls that never reached the daemon';
  static override description = [
    "Compares Twilio's list of calls with the daemon's, and files system_degraded for each that it never saw,",
    'so that somebody calls back. A call is filed once, however often this runs.',
  ].join('\n');
  static override examples = [
    'adminctl number reconcile',
    'adminctl number reconcile --since 6h --tenant t1',
  ];
  static override flags = {
    since: Flags.string({
      description: 'a span such as 2h or 3d, or a time',
      helpValue: 'WHEN',
      default: '2h',
    }),
    tenant: tenantFlag({ description: 'the numbers of this tenant' }),
  };

  override async run() {
    const { flags } = await this.parse(Reconcile);
    const since = sinceFrom(flags.since, new Date());
    const settings = this.settings(flags);
    const client = this.client(flags);
    const tenants =
      flags.tenant === undefined ? await allTenants(client) : [await oneTenant(client, flags.tenant)];
    const filed: MissedCall[] = [];
    let compared = 0;
    for (const tenant of tenants) {
      const subaccount = tenant.twilio_account_sid;
      const twilio = twilioRest(settings, { timeoutMs: flags.timeout * 1000, subaccount });
      const calls = await callsOf(tenant, twilio, since);
      filed.push(...(await fileMissed(client, tenant.tenant_id, calls)));
      compared += calls.length;
    }
    this.#tell(filed, { compared, since });
    return { since, compared, filed };
  }

  #tell(filed: MissedCall[], { compared, since }: { compared: number; since: string }): void {
    if (filed.length > 0) this.log(table(COLUMNS, filed, this.width));
    const calls = compared === 1 ? '1 call' : `${compared} calls`;
    this.logToStderr(`Compared ${calls} since ${moment(since)}; filed ${filed.length}.`);
    if (filed.length > 0) this.next('adminctl fallback list --reason system_degraded');
  }
}

const COLUMNS = [
  { header: 'CALLED', value: ({ started_at }: MissedCall) => moment(started_at) },
  { header: 'STAYED', value: ({ seconds }: MissedCall) => span(seconds * 1000) },
  { header: 'CALLER', value: ({ caller }: MissedCall) => caller ?? 'withheld' },
  { header: 'TENANT', value: ({ tenant_id }: MissedCall) => tenant_id },
  { header: 'CALL', value: ({ call_sid }: MissedCall) => call_sid },
];
