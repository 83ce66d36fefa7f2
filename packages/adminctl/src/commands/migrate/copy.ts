import { Flags } from '@oclif/core';
import { MigrateCommand } from '../../migrate-command.ts';

export default class Copy extends MigrateCommand {
  static override summary = 'Take everything from SQLite to Postgres, and compare it row by row';
  static override description =
    'Stop the daemon of the SQLite file first. The address of the target has a password, so that it is never an argument.';
  static override examples = [
    'adminctl migrate copy --from sqlite:./var/receptionist.db',
    'adminctl migrate copy --from sqlite:./var/receptionist.db --to-env NEW_DATABASE_URL',
  ];
  static override flags = {
    from: Flags.string({ description: 'the file', helpValue: 'sqlite:PATH', required: true }),
    to: Flags.string({
      description: 'address of the target, where it needs no password',
      helpValue: 'URL',
      exclusive: ['to-env'],
    }),
    'to-env': Flags.string({
      description: 'the variable that holds the address of the target [DATABASE_URL]',
      helpValue: 'NAME',
    }),
  };

  override async run() {
    await this.passOn(await this.parse(Copy));
  }
}
