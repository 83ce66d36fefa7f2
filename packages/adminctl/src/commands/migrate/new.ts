import { Args, Flags } from '@oclif/core';
import { MigrateCommand } from '../../migrate-command.ts';
import { folderFlag } from '../../migrate-flags.ts';

export default class New extends MigrateCommand {
  static override summary = 'Begin a change of the schema: a file for each phase and database';
  static override description = 'In a checkout. Says what it wrote, and what comes next.';
  static override examples = [
    'adminctl migrate new entry_due_at',
    'adminctl migrate new entry_language --phases expand,backfill,switch',
    'adminctl migrate new caller_as_text --replace human_fallback.caller=caller_e164:text',
  ];
  static override args = {
    name: Args.string({ description: 'words_with_underscores', required: true, ignoreStdin: true }),
  };
  static override flags = {
    phases: Flags.string({
      description: 'some of expand, backfill, switch, contract [expand; all with --replace]',
      helpValue: 'PHASE,…',
    }),
    replace: Flags.string({
      description:
        'write the triggers, the backfill and its check for a column that takes the place of another',
      helpValue: 'TABLE.OLD=NEW:TYPE',
    }),
    tenants: Flags.boolean({ description: 'of the schemas that tenants have with TENANCY=schema' }),
    folder: folderFlag,
  };

  override async run() {
    await this.passOn(await this.parse(New));
  }
}
