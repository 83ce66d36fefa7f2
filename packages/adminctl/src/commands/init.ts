import { randomBytes } from 'node:crypto';
import { Flags } from '@oclif/core';
import { AdminCommand } from '../base-command.ts';
import { createEnvFile, describeEnvFile, envFilePath, replaceEnvFile } from '../env-file.ts';
import { CommandError } from '../failure.ts';
import { DEFAULT_API_URL } from '../settings.ts';

export default class Init extends AdminCommand {
  static override summary = 'Make ~/.adminctl.env with a fresh key';
  static override description =
    'Prints the line that the daemon needs in its .env: the only time that the key is shown.';
  static override examples = [
    'adminctl init',
    'adminctl init >> .env    # beside the daemon',
    'adminctl init --api-url https://phone.example --admin-user lex',
  ];
  static override flags = {
    force: Flags.boolean({ description: 'replace the file that is there, and with it the key' }),
  };

  override async run() {
    const { flags } = await this.parse(Init);
    const file = envFilePath(flags['env-file'], process.env);
    const key = randomBytes(32).toString('base64url');
    const text = settingsText(key, flags['api-url'], flags['admin-user']);

    const replaced = !createEnvFile(file, text);
    if (replaced && !flags.force) {
      throw new CommandError(
        'file_exists',
        describeEnvFile(file),
        'Keep it, or make a fresh key: adminctl init --force',
      );
    }
    if (replaced) replaceEnvFile(file, text);

    const daemon_line = `ADMIN_PRIVATE_KEY=${key}`;
    this.logToStderr(`Made ${file}, which only you can read. The daemon needs this line in its .env:\n`);
    this.log(daemon_line);
    if (replaced) {
      this.logToStderr(
        '\nUntil every admin has the new key, keep the old one at the daemon: ADMIN_PRIVATE_KEY_PREVIOUS',
      );
    }
    return { file, replaced, daemon_line };
  }
}

function settingsText(key: string, apiUrl: string | undefined, user: string | undefined): string {
  return [
    '# Settings of adminctl. Whoever reads this file can act as any admin: keep its mode at 0600.',
    `ADMIN_PRIVATE_KEY=${key}`,
    apiUrl ? `ADMIN_API_URL=${apiUrl}` : `# ADMIN_API_URL=${DEFAULT_API_URL}`,
    user ? `ADMIN_USER=${user}` : '# ADMIN_USER=your-name',
    '',
  ].join('\n');
}
