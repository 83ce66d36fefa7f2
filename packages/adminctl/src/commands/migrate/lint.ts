import { Args } from '@oclif/core';
import { MigrateCommand } from '../../migrate-command.ts';
import { folderFlag } from '../../migrate-flags.ts';

export default class Lint extends MigrateCommand {
  static override summary =
    'What in the migration files would stop a daemon or lose data; ends with 7 where it finds something';
  static override examples = [
    'adminctl migrate lint',
    'adminctl migrate lint packages/store/migrations/postgres/0010_due_at.sql',
  ];
  static override args = {
    file: Args.string({
      description: 'files to look at; several [all]',
      multiple: true,
      ignoreStdin: true,
    }),
  };
  static override flags = { folder: folderFlag };

  override async run() {
    await this.passOn(await this.parse(Lint));
  }
}
