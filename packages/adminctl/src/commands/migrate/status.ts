import { Flags } from '@oclif/core';
import { AdminCommand } from '../../base-command.ts';
import { runReceptionistd } from '../../receptionistd.ts';

export default class Status extends AdminCommand {
  static override summary = 'Which migrations were applied, and which wait';
  static override description = "Runs receptionistd, with this folder's .env: it asks the database itself.";
  static override examples = ['adminctl migrate status', 'adminctl migrate status --exit-code'];
  static override flags = {
    'exit-code': Flags.boolean({ description: 'end with 7 when something waits' }),
  };

  override async run() {
    const { flags } = await this.parse(Status);
    const args = ['migrate', 'status'];
    if (flags['exit-code']) args.push('--exit-code');
    if (this.jsonEnabled()) args.push('--json');
    await runReceptionistd(args, { json: this.jsonEnabled() });
  }
}
