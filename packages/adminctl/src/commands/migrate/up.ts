import { Flags } from '@oclif/core';
import { MigrateCommand } from '../../migrate-command.ts';
import { canaryFlag, jobsFlag, toFlag, waitFlag } from '../../migrate-flags.ts';

export default class Up extends MigrateCommand {
  static override summary = 'Apply the migrations that wait, all but contract';
  static override description =
    "Runs receptionistd, with this folder's .env: it changes the database itself. An empty database gets everything.";
  static override examples = [
    'adminctl migrate up --dry-run',
    'adminctl migrate up',
    'adminctl migrate up --to 0009_report',
  ];
  static override flags = {
    to: toFlag({ description: 'the last one to apply [all]' }),
    'dry-run': Flags.boolean({ description: 'print the SQL and the locks to expect; change nothing' }),
    wait: waitFlag,
    canary: canaryFlag,
    jobs: jobsFlag,
  };

  override async run() {
    await this.passOn(await this.parse(Up));
  }
}
