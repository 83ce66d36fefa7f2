import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { moment, untilFrom } from '../../moments.ts';
import { tenantFlag } from '../../named-flags.ts';
import { scopeInWords } from '../../oncall-words.ts';

export default class Override extends AdminCommand {
  static override summary = 'Put somebody on call for a while, in place of the rotations';
  static override examples = [
    'adminctl oncall override --user kim --until 8h',
    'adminctl oncall override --user kim --from 2026-12-24T17:00Z --until 2026-12-27T08:00Z --tenant t1',
  ];
  static override flags = {
    user: Flags.string({ description: 'who; one of the people', helpValue: 'USER', required: true }),
    from: Flags.string({ description: 'from when, as a time or in 2h [now]', helpValue: 'WHEN' }),
    until: Flags.string({
      description: 'until when, as a time or 8h after it began',
      helpValue: 'WHEN',
      required: true,
    }),
    tenant: tenantFlag({ description: 'for this tenant alone [all]' }),
  };

  override async run() {
    const { flags } = await this.parse(Override);
    const { user, tenant: tenant_id = null } = flags;
    const now = new Date();
    const starts_at = flags.from === undefined ? now.toISOString() : untilFrom(flags.from, now);
    const ends_at = untilFrom(flags.until, new Date(starts_at));
    const body = { user, tenant_id, starts_at, ends_at };
    const rota = await this.client(flags).call(ROUTES.addOverride, { body });
    this.log(
      `${user} is on call for ${scopeInWords(tenant_id)} from ${moment(starts_at)} until ${moment(ends_at)}`,
    );
    if (Date.parse(ends_at) <= now.getTime()) this.logToStderr('That is over already: it changes nothing.');
    this.next('adminctl oncall show');
    return rota;
  }
}
