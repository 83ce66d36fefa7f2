import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings } from './settings.ts';

const KEY = 'k'.repeat(32);
let folder: string;
let env: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'adminctl-'));
  env = { ADMINCTL_ENV_FILE: path.join(folder, 'settings') };
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const full = path.join(folder, name);
  writeFileSync(full, text);
  chmodSync(full, 0o600);
  return full;
}

test('a flag counts before the environment, and that before the file', () => {
  file('settings', 'ADMIN_USER=file\nADMIN_API_URL=http://file\n');
  expect(readSettings({}, env)).toMatchObject({ adminUser: 'file', apiUrl: 'http://file' });
  Object.assign(env, { ADMIN_USER: 'env', ADMIN_API_URL: 'http://env/' });
  expect(readSettings({}, env)).toMatchObject({ adminUser: 'env', apiUrl: 'http://env' });
  const flags = { 'admin-user': 'flag', 'api-url': 'http://flag' };
  expect(readSettings(flags, env)).toMatchObject({ adminUser: 'flag', apiUrl: 'http://flag' });
});

test('an empty setting counts as none', () => {
  Object.assign(env, { ADMIN_API_URL: '', ADMIN_USER: '' });
  const { apiUrl, adminUser } = readSettings({}, env);
  expect(apiUrl).toBe('http://localhost:8080');
  expect(adminUser).not.toBe('');
});

test('the key may stand in a file of its own, which counts like the place that names it', () => {
  file('settings', `ADMIN_PRIVATE_KEY=${'f'.repeat(32)}\n`);
  env['ADMIN_PRIVATE_KEY_FILE'] = file('key', `${KEY}\n`);
  expect(readSettings({}, env).adminKey()).toBe(KEY);
});

test.each([
  ['there is none', {}, 'adminctl init'],
  ['it is too short', { ADMIN_PRIVATE_KEY: 'short' }, 'adminctl init'],
])('without a key that a daemon would take (%s) the way to one is named', (_, more, hint) => {
  Object.assign(env, more);
  const { adminKey } = readSettings({}, env);
  expect(adminKey).toThrow(expect.objectContaining({ code: 'no_key', hint: expect.stringContaining(hint) }));
});

test('a key file that cannot be read is named', () => {
  env['ADMIN_PRIVATE_KEY_FILE'] = path.join(folder, 'nowhere');
  expect(readSettings({}, env).adminKey).toThrow('nowhere');
});

test.each(['localhost:8080', 'ftp://daemon', 'daemon', 'http://'])('%s is no address', (url) => {
  expect(() => readSettings({ 'api-url': url }, env)).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('a file that was named and is not there is wrong usage', () => {
  const flags = { 'env-file': path.join(folder, 'nowhere') };
  expect(() => readSettings(flags, env)).toThrow(expect.objectContaining({ code: 'usage' }));
});
