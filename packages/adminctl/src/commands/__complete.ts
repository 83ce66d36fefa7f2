import { Command } from '@oclif/core';
import { adminClient } from '../client.ts';
import { candidates } from '../completion/candidates.ts';
import { createKnownIds } from '../completion/known-ids.ts';
import { readSettings } from '../settings.ts';

/** With the start of the program it stays below a second. */
const PATIENCE_MS = 600;

/** What the scripts of `adminctl completion` call. Whatever goes wrong: nothing is offered, and nothing is said. */
export default class Complete extends Command {
  static override hidden = true;
  static override strict = false;
  static override summary = 'Candidates for the word at the cursor';

  override async run(): Promise<void> {
    const words = this.argv.slice(this.argv.indexOf('--') + 1);
    const found = await candidates(words, this.config.commands, (kind) => {
      const settings = readSettings({}, process.env);
      const client = adminClient(settings, { timeoutMs: PATIENCE_MS });
      const scope = `${settings.apiUrl} ${settings.adminUser}`;
      return createKnownIds({ client, scope, env: process.env })(kind);
    });
    for (const { value, description } of found) this.log(description ? `${value}\t${description}` : value);
  }

  override async catch(): Promise<void> {}
}
