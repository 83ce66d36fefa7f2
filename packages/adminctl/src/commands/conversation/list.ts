import { ROUTES } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { callerInWords } from '../../fallback-words.ts';
import { moment, span } from '../../moments.ts';
import { listFlags, tenantArg, tenantFlag, theTenant } from '../../named-flags.ts';

export default class List extends AdminCommand {
  static override summary = "A tenant's conversations, newest first";
  static override examples = ['adminctl conversation list --tenant t1 --limit 20'];
  static override args = { tenant: tenantArg };
  static override flags = { ...listFlags, tenant: tenantFlag() };

  override async run() {
    const { args, flags } = await this.parse(List);
    this.outputAs(flags.output);
    const params = { tenant_id: theTenant({ args, flags }) };
    const page = await this.client(flags).all(ROUTES.listConversations, { params }, flags);
    this.tellList(page, {
      columns: [
        { header: 'ID', value: ({ conversation_id }) => conversation_id },
        { header: 'STARTED', value: ({ started_at }) => moment(started_at) },
        { header: 'LASTED', value: lasted },
        {
          header: 'CHANNEL',
          value: ({ channel, simulated }) => (simulated ? `${channel}, simulated` : channel),
        },
        { header: 'CALLER', value: callerInWords },
        { header: 'OUTCOME', value: ({ outcome }) => outcome?.replaceAll('_', ' ') ?? '-' },
      ],
      name: ({ conversation_id }) => conversation_id,
      none: 'Nobody has called yet.',
      output: flags.output,
    });
    return page;
  }
}

function lasted({ started_at, ended_at }: { started_at: string; ended_at: string | null }): string {
  return ended_at ? span(Date.parse(ended_at) - Date.parse(started_at)) : 'goes on';
}
