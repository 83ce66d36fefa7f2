import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { sinceFrom } from '../../moments.ts';
import { flagFlag } from '../../named-flags.ts';
import { statusInWords } from '../../rollout-words.ts';

export default class Status extends AdminCommand {
  static override summary = 'How calls with the flag on go, beside those with it off';
  static override examples = [
    'adminctl rollout status --flag allow_rag',
    'adminctl rollout status --flag allow_rag --since 7d',
  ];
  static override flags = {
    flag: flagFlag({ required: true }),
    since: Flags.string({
      description: "a span such as 2h or 7d, or a time [the rollout's last change]",
      helpValue: 'WHEN',
    }),
  };

  override async run() {
    const { flags } = await this.parse(Status);
    const since = flags.since === undefined ? undefined : sinceFrom(flags.since, new Date());
    const status = await this.client(flags).call(ROUTES.getRolloutStatus, {
      params: { flag: flags.flag },
      query: { since },
    });
    this.log(statusInWords(status, this.width));
    return status;
  }
}
