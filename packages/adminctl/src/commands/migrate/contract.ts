import { Flags } from '@oclif/core';
import { MigrateCommand } from '../../migrate-command.ts';
import { canaryFlag, jobsFlag, migrationArg, waitFlag } from '../../migrate-flags.ts';

export default class Contract extends MigrateCommand {
  static override summary = 'Drop the old shape, once nothing needs it any more; else say what it waits for';
  static override description =
    'Asks first, on a terminal. Ends with 5 where a backfill is not verified, the grace period is not over, or a daemon still needs the old shape.';
  static override examples = [
    'adminctl migrate contract --dry-run',
    'adminctl migrate contract 0014_due_at_contract',
    'adminctl migrate contract 0014_due_at_contract --override "the old daemon is gone, its host burnt down"',
  ];
  static override args = {
    id: migrationArg({ description: 'a migration of the phase contract [all that wait]' }),
  };
  static override flags = {
    'dry-run': Flags.boolean({ description: 'only say what it waits for' }),
    override: Flags.string({
      description: 'go on in spite of what it waits for; the reason goes into the audit',
      helpValue: 'REASON',
    }),
    wait: waitFlag,
    canary: canaryFlag,
    jobs: jobsFlag,
  };

  override async run() {
    const typed = await this.parse(Contract);
    // Only then the audit asks who it was.
    const isOverride = typed.flags.override !== undefined;
    await this.passOn(typed, isOverride ? [`--admin-user=${this.settings(typed.flags).adminUser}`] : []);
  }
}
