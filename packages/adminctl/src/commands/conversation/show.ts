import { Args } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import type { FlagEvaluation } from '@receptionist/core';
import { AdminCommand } from '../../base-command.ts';
import { callerInWords } from '../../fallback-words.ts';
import { moment } from '../../moments.ts';
import { tenantFlag } from '../../named-flags.ts';
import { printable } from '../../table.ts';

export default class Show extends AdminCommand {
  static override summary = 'One conversation, turn by turn';
  static override examples = ['adminctl conversation show cv_01jd… --tenant t1'];
  static override args = {
    id: Args.string({ description: 'id of the conversation', required: true, ignoreStdin: true }),
  };
  static override flags = { tenant: tenantFlag({ required: true }) };

  override async run() {
    const { args, flags } = await this.parse(Show);
    const params = { tenant_id: flags.tenant, conversation_id: args.id };
    const conversation = await this.client(flags).call(ROUTES.getConversation, { params });
    const { conversation_id, started_at, channel, outcome, turns } = conversation;
    this.log(`${conversation_id}  ${channel}, ${callerInWords(conversation)}, ${moment(started_at)}`);
    this.log(`outcome  ${outcome?.replaceAll('_', ' ') ?? 'it goes on'}`);
    this.log(`flags    ${conversation.flags.map(flagInWords).join(', ')}\n`);
    for (const { speaker, text } of turns) this.log(`  ${speaker}: ${printable(text)}`);
    return conversation;
  }
}

function flagInWords({ flag, enabled }: FlagEvaluation): string {
  return `${flag} ${enabled}`;
}
