import { Flags } from '@oclif/core';
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import type { Entry, PhoneNumber } from '@receptionist/core';
import { CommandError } from '../../failure.ts';
import { entryId, MoveCommand } from '../../move-command.ts';
import { phoneNumber } from '../../numbers.ts';
import { ownPhone } from '../../own-phone.ts';

export default class Join extends MoveCommand {
  static override summary = 'Talk to the caller: a phone rings, and who presses 1 is put through';
  static override description =
    'A caller on the line waits meanwhile; one who has left is called back, and sees the number they had called.';
  static override examples = [
    'adminctl fallback join 7k2m9q --phone +14155550101',
    'adminctl fallback join 7k2m9q',
  ];
  static override args = entryId;
  static override flags = {
    phone: Flags.string({
      description: 'the phone that rings, in E.164 [yours, as oncall show has it]',
      helpValue: 'NUMBER',
    }),
  };

  override async run() {
    const { args, flags } = await this.parse(Join);
    const given = flags.phone === undefined ? null : phoneNumber(flags.phone);
    const phone = given ?? (await this.#own(this.client(flags), this.settings(flags).adminUser));
    return this.move({ ids: [args.id], several: false }, flags, this.#ringing(phone), howItWent);
  }

  #ringing(phone: PhoneNumber) {
    return async (client: AdminClient, entry_id: string) => {
      const entry = await client.call(ROUTES.joinEntry, { params: { entry_id }, body: { phone } });
      this.log(`${phone} rings now. Pick up and press 1: you are put through.`);
      return entry;
    };
  }

  async #own(client: AdminClient, user: string): Promise<PhoneNumber> {
    const phone = await ownPhone(client, user);
    if (phone) return phone;
    throw new CommandError(
      'usage',
      `Which phone shall ring? The on-call list has none for ${user}.`,
      'Name one: --phone +14155550101',
    );
  }
}

function howItWent(_entry: Entry, shortId: string): string {
  return `adminctl fallback show ${shortId}`;
}
