import { AdminCommand } from '../../base-command.ts';
import { ownServices, stopOwnServices, withCompose } from '../../stack/stack.ts';

export default class Down extends AdminCommand {
  static override summary = 'Stop what stack up started; data stay';
  static override examples = ['adminctl stack down'];

  override async run() {
    await this.parse(Down);
    const own = await ownServices();
    await stopOwnServices();
    await withCompose({ optional: own.length > 0, progress: !this.jsonEnabled() }, (compose) =>
      compose.down({ volumes: false }),
    );
    this.logToStderr('Stopped. The data are still there: adminctl stack up');
    return { services: await ownServices() };
  }
}
