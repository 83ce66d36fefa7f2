import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEnvFile, describeEnvFile, envFilePath, readEnvFile, replaceEnvFile } from './env-file.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'adminctl-'));
  file = path.join(folder, '.adminctl.env');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(text: string, mode = 0o600): void {
  writeFileSync(file, text);
  chmodSync(file, mode);
}

test('a file that is not there sets nothing', () => {
  expect(readEnvFile(file)).toEqual({});
});

test.each([0o600, 0o400])('mode %o is read', (mode) => {
  write('# mine\nexport ADMIN_USER="lex"\n\nADMIN_API_URL=http://localhost:9 # here\n', mode);
  expect(readEnvFile(file)).toEqual({ ADMIN_USER: 'lex', ADMIN_API_URL: 'http://localhost:9' });
});

test.each([0o644, 0o640, 0o660, 0o604, 0o666, 0o601])('mode %o is refused with the chmod to run', (mode) => {
  write('ADMIN_USER=lex\n', mode);
  expect(() => readEnvFile(file)).toThrow(
    expect.objectContaining({ code: 'unsafe_file', hint: `Run: chmod 600 ${file}` }),
  );
});

test('the mode that counts is that of the file behind a link', () => {
  write('ADMIN_USER=lex\n', 0o644);
  const link = path.join(folder, 'link');
  symlinkSync(file, link);
  expect(() => readEnvFile(link)).toThrow('mode 0644');
});

test('a path with a space comes back in quotes', () => {
  const spaced = path.join(folder, 'my settings');
  writeFileSync(spaced, '');
  chmodSync(spaced, 0o644);
  expect(() => readEnvFile(spaced)).toThrow(expect.objectContaining({ hint: `Run: chmod 600 '${spaced}'` }));
});

test('a folder is no file', () => {
  mkdirSync(file);
  expect(() => readEnvFile(file)).toThrow('is not a file');
});

test.each([
  ['ADMIN_USER=lex\nsecret-without-a-name\n', ':2:'],
  ['ADMIN_PRIVATE_KEY="secret-without-an-end\n', ':1:'],
  ['=secret\n', ':1:'],
])('a broken line is named by its number and never shown', (text, place) => {
  write(text);
  const failed = () => readEnvFile(file);
  expect(failed).toThrow(place);
  expect(failed).not.toThrow('secret');
});

test('a file is made once, for its owner alone, and only replaced whole', () => {
  expect(createEnvFile(file, 'A=1\n')).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(createEnvFile(file, 'A=2\n')).toBe(false);
  expect(readFileSync(file, 'utf8')).toBe('A=1\n');
  chmodSync(file, 0o644);
  replaceEnvFile(file, 'A=2\n');
  expect(readFileSync(file, 'utf8')).toBe('A=2\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(existsSync(`${file}.${process.pid}`)).toBe(false);
});

test('a link that leads nowhere is not written through', () => {
  const target = path.join(folder, 'elsewhere');
  symlinkSync(target, file);
  expect(createEnvFile(file, 'A=1\n')).toBe(false);
  expect(existsSync(target)).toBe(false);
});

test('what is there is described without its values', () => {
  write('ADMIN_PRIVATE_KEY=secret\nADMIN_USER=lex\n');
  expect(describeEnvFile(file)).toContain('ADMIN_PRIVATE_KEY, ADMIN_USER');
  expect(describeEnvFile(file)).not.toContain('secret');
});

test('the flag names the file before the environment, and that before home', () => {
  expect(envFilePath('a', { ADMINCTL_ENV_FILE: 'b' })).toBe('a');
  expect(envFilePath(undefined, { ADMINCTL_ENV_FILE: 'b' })).toBe('b');
  expect(envFilePath(undefined, {})).toMatch(/\.adminctl\.env$/);
});
