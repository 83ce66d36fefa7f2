import { Args } from '@oclif/core';
import { AdminCommand } from '../../base-command.ts';
import { CommandError } from '../../failure.ts';
import { tenantFlag } from '../../named-flags.ts';
import { changeNumbers, numbersOf, phoneNumber } from '../../numbers.ts';

export default class Remove extends AdminCommand {
  static override summary = 'Answer a number no longer';
  static override examples = ['adminctl number remove +15005550007 --tenant t1'];
  static override args = {
    number: Args.string({ description: 'number in E.164', required: true, ignoreStdin: true }),
  };
  static override flags = {
    tenant: tenantFlag({ description: 'whose number it is; looked up where left out' }),
  };

  override async run() {
    const { args, flags } = await this.parse(Remove);
    const number = phoneNumber(args.number);
    const client = this.client(flags);
    const found = (await numbersOf(client, flags.tenant)).find((each) => each.number === number);
    if (!found) {
      throw new CommandError(
        'not_found',
        `${number} is no number of ${flags.tenant ?? 'any tenant'}.`,
        'See adminctl number list',
      );
    }
    const { tenant_id, name } = found;
    await this.orNothing(`Callers of ${number} (${name}) will reach nobody. Go on?`, flags);
    const tenant = await changeNumbers(client, tenant_id, (numbers) =>
      numbers.filter((each) => each !== number),
    );
    this.log(`${number} is no longer answered for ${tenant_id}`);
    return tenant;
  }
}
