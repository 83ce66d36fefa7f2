import { mintToken } from '@receptionist/admin-api';
import { AdminCommand } from '../base-command.ts';

export default class Token extends AdminCommand {
  static override summary = 'Print one bearer token, good for 60 seconds and one change';
  static override examples = [
    'curl -H "Authorization: Bearer $(adminctl token)" http://localhost:8080/admin/tenants',
  ];

  override async run() {
    const { flags } = await this.parse(Token);
    const { adminKey, adminUser, keyId } = this.settings(flags);
    const token = await mintToken({ key: adminKey(), keyId, user: adminUser, now: new Date() });
    this.log(token);
    return { token };
  }
}
