import { Args } from '@oclif/core';
import { AdminCommand } from '../../base-command.ts';
import { CommandError } from '../../failure.ts';
import { tenantFlag } from '../../named-flags.ts';
import { changeNumbers, phoneNumber } from '../../numbers.ts';

export default class Add extends AdminCommand {
  static override summary = 'Answer a number for a tenant';
  static override examples = ['adminctl number add +15005550007 --tenant t1'];
  static override args = {
    number: Args.string({ description: 'number in E.164', required: true, ignoreStdin: true }),
  };
  static override flags = { tenant: tenantFlag({ required: true }) };

  override async run() {
    const { args, flags } = await this.parse(Add);
    const number = phoneNumber(args.number);
    const tenant = await changeNumbers(this.client(flags), flags.tenant, (numbers) => {
      if (!numbers.includes(number)) return [...numbers, number];
      throw new CommandError('already_exists', `${number} is a number of ${flags.tenant} already.`);
    });
    this.log(`${number} is answered for ${tenant.tenant_id}`);
    this.next(`adminctl simulate call --to ${number}`);
    return tenant;
  }
}
