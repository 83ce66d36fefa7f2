/** Where a setting comes from: a flag, then the environment, then the file. An empty value counts as none. */
import { existsSync, readFileSync } from 'node:fs';
import { type Environment, envFilePath, loginName, readEnvFile } from './env-file.ts';
import { CommandError } from './failure.ts';

export const DEFAULT_API_URL = 'http://localhost:8080';

/** Contract of the daemon: the key's UTF-8 bytes, as HS256 wants them. */
const MIN_KEY_BYTES = 32;

export interface SettingFlags {
  'api-url'?: string | undefined;
  'admin-user'?: string | undefined;
  'env-file'?: string | undefined;
}

export interface Settings {
  apiUrl: string;
  adminUser: string;
  /** @throws CommandError `no_key` */
  adminKey: () => string;
  keyId: string | undefined;
  /** Any other setting, for example `TWILIO_AUTH_TOKEN`; `secret` may also stand in the file that NAME_FILE names. */
  get: (name: string) => string | null;
  secret: (name: string) => string | null;
}

export function readSettings(flags: SettingFlags, env: Environment): Settings {
  return settingsFrom(flags, env, readSettingsFile(flags, env));
}

export interface SettingsFile {
  file: string;
  values: Environment;
}

/** @throws CommandError `usage` where the one that was named is not there, `unsafe_file` */
export function readSettingsFile(flags: SettingFlags, env: Environment): SettingsFile {
  const named = flags['env-file'];
  if (named && !existsSync(named))
    throw new CommandError('usage', `--env-file ${named}: there is no such file.`);
  const file = envFilePath(named, env);
  return { file, values: readEnvFile(file) };
}

/** @throws CommandError `usage` for an address that is none */
export function settingsFrom(
  flags: SettingFlags,
  env: Environment,
  { file, values }: SettingsFile,
): Settings {
  const get = (name: string) => env[name] || values[name] || null;
  const secretOf = (source: Environment, name: string) =>
    source[name] || secretFromFile(name, source[`${name}_FILE`]);
  const secret = (name: string) => secretOf(env, name) ?? secretOf(values, name);
  return {
    apiUrl: httpUrl(flags['api-url'] || get('ADMIN_API_URL') || DEFAULT_API_URL),
    adminUser: adminUser(flags['admin-user'] || get('ADMIN_USER') || loginName()),
    adminKey: () => adminKey(secret('ADMIN_PRIVATE_KEY'), file),
    keyId: get('ADMIN_KEY_ID') ?? undefined,
    get,
    secret,
  };
}

function secretFromFile(name: string, file: string | undefined): string | null {
  if (!file) return null;
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError('no_key', `${name}_FILE names ${file}, which cannot be read (${code}).`);
  }
}

function httpUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text.replace(/\/+$/, '');
  throw new CommandError('usage', `"${text}" is no address of a daemon.`, `For example: ${DEFAULT_API_URL}`);
}

function adminUser(user: string | null): string {
  if (user) return user;
  throw new CommandError('usage', 'Nobody is named as the admin user.', 'Say who you are: --admin-user NAME');
}

function adminKey(key: string | null, file: string): string {
  if (!key) {
    throw new CommandError(
      'no_key',
      `There is no ADMIN_PRIVATE_KEY, neither in the environment nor in ${file}.`,
      "Run adminctl init, and give the daemon the line that it prints. Or put the daemon's key into that file.",
    );
  }
  const bytes = Buffer.byteLength(key);
  if (bytes >= MIN_KEY_BYTES) return key;
  throw new CommandError(
    'no_key',
    `ADMIN_PRIVATE_KEY has ${bytes} bytes; a key has at least ${MIN_KEY_BYTES}, and no daemon takes this one.`,
    'Run adminctl init to make a fresh one.',
  );
}
