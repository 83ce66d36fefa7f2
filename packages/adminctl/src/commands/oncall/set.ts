import { Args } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { changesInWords, warnings } from '../../oncall-words.ts';
import { readText } from '../../stdin.ts';

export default class SetRota extends AdminCommand {
  static override summary = 'Make people and rotations as a YAML file has them';
  static override description =
    'Replaces all of it; overrides only where the file has them. All of it is checked before anything is sent.';
  static override examples = [
    'adminctl oncall set oncall.yaml',
    'adminctl oncall show --json | adminctl oncall set -',
  ];
  static override args = {
    file: Args.string({ description: 'YAML file; - reads stdin', required: true, ignoreStdin: true }),
  };

  override async run() {
    const { args, flags } = await this.parse(SetRota);
    const { readRota } = await import('../../oncall-yaml.ts');
    const body = readRota(await readText(args.file), args.file === '-' ? 'stdin' : args.file);
    const client = this.client(flags);
    const before = await client.call(ROUTES.getOnCall, {});
    const after = await client.call(ROUTES.putOnCall, { body });
    const changes = changesInWords(before, after);
    this.log(changes.length > 0 ? changes.join('\n') : 'Nothing changes.');
    for (const warning of warnings(after)) this.logToStderr(warning);
    this.next('adminctl oncall show');
    return after;
  }
}
