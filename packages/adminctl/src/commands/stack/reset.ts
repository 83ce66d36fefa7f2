import { AdminCommand } from '../../base-command.ts';
import { CommandError } from '../../failure.ts';
import { embeddedStatus, resetEmbedded } from '../../stack/embedded.ts';
import { withCompose } from '../../stack/stack.ts';
import { closeTunnel } from '../../stack/tunnel.ts';
import { someoneIsThere } from '../../stdin.ts';

export default class Reset extends AdminCommand {
  static override summary = 'Stop it all and delete its data';
  static override description =
    'Tenants, calls, entries: everything in the volumes, or in the embedded store. Needs --yes in scripts.';
  static override examples = ['adminctl stack reset --yes'];

  override async run() {
    const { flags } = await this.parse(Reset);
    if (!flags.yes && (flags['no-input'] || this.jsonEnabled() || !someoneIsThere()))
      throw new CommandError(
        'usage',
        'reset deletes all data, and nobody can be asked.',
        'If that is meant: adminctl stack reset --yes',
      );
    if (!(await this.confirmed('Every tenant, call and entry of the stack will be deleted. Go on?', flags)))
      throw new CommandError('failed', 'Nothing was deleted.');
    const embedded = await embeddedStatus();
    await closeTunnel();
    if (embedded) await resetEmbedded();
    await withCompose({ optional: embedded !== null, progress: !this.jsonEnabled() }, (compose) =>
      compose.down({ volumes: true }),
    );
    this.log('The stack is down, and its data are gone');
    return { services: [] };
  }
}
