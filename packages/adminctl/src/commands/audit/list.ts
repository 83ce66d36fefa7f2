import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { moment, sinceFrom } from '../../moments.ts';
import { listFlags } from '../../named-flags.ts';

export default class List extends AdminCommand {
  static override summary = 'Who changed what, newest first';
  static override examples = [
    'adminctl audit list --limit 20',
    'adminctl audit list --target tenant:t1 --since 7d',
    'adminctl audit list --actor lex --action plan.set --json',
  ];
  static override flags = {
    limit: listFlags.limit,
    actor: Flags.string({ description: 'by this admin user', helpValue: 'USER' }),
    action: Flags.string({ description: 'of this kind, for example plan.set', helpValue: 'ACTION' }),
    target: Flags.string({ description: 'to this, for example tenant:t1', helpValue: 'TARGET' }),
    since: Flags.string({ description: 'since, as 2h, 7d or a time', helpValue: 'WHEN' }),
  };

  override async run() {
    const { flags } = await this.parse(List);
    const { actor, action, target } = flags;
    const since = flags.since === undefined ? undefined : sinceFrom(flags.since, new Date());
    const page = await this.client(flags).all(
      ROUTES.listAudit,
      { query: { actor, action, target, since } },
      flags,
    );
    this.tellList(page, {
      columns: [
        { header: 'WHEN', value: ({ at }) => moment(at) },
        { header: 'WHO', value: (row) => row.actor },
        { header: 'ACTION', value: (row) => row.action },
        { header: 'TARGET', value: (row) => row.target },
        { header: 'REQUEST', value: ({ request_id }) => request_id, elastic: true },
      ],
      name: ({ request_id }) => request_id,
      none: 'Nothing was changed.',
      output: 'table',
    });
    return page;
  }
}
