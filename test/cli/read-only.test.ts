/** An SQLite database that may be read and not written: what can be told is told, and the rest is refused before anything is done. */
import { chmod, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../harness/daemon.ts';
import type { Ran } from './office.ts';

const RECEPTIONISTD = path.join(ROOT, 'bin/receptionistd');
/** Root may write to everything, unless it is told that it may not. */
const AS_ANYBODY =
  process.getuid?.() === 0
    ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-all']
    : [];

let home: string;
let folder: string;
let file: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'read-only-'));
  folder = path.join(home, 'var');
  file = path.join(folder, 'receptionist.db');
  await mkdir(folder);
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(home, { recursive: true });
});

async function run(line: string): Promise<Ran> {
  const [program = '', ...words] = [...AS_ANYBODY, RECEPTIONISTD, ...line.split(' ')];
  const { exitCode, stdout, stderr } = await execa(program, words, {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, DATABASE_URL: `sqlite:${file}`, PORT: '0' },
    extendEnv: false,
    cwd: home,
    input: '',
    reject: false,
    // For a daemon that starts in spite of it.
    timeout: 10_000,
  });
  return { code: exitCode, out: stdout, err: stderr };
}

async function refused(line: string, name: string): Promise<void> {
  const { code, err } = await run(line);
  expect({ line, code }).toEqual({ line, code: 6 });
  expect(err).toContain(`The database ${name} cannot be opened for writing`);
}

test.each(['0009_report', '0014_due_at_only'])('the file, which is at %s', async (id) => {
  expect((await run(`migrate up --to ${id}`)).code).toBe(0);
  await chmod(file, 0o400);
  const before = await readFile(file);
  expect(await run('migrate status')).toMatchObject({
    code: 0,
    out: expect.stringMatching(new RegExp(`^${id} .*applied`, 'm')),
  });
  await refused('migrate up', file);
  await refused('migrate down --to 0007 --yes-lose-data', file);
  await refused('serve', file);
  expect(JSON.parse((await run('migrate up --json')).out)).toMatchObject({ error: { code: 'unavailable' } });
  expect(await readFile(file)).toEqual(before);
});

test('its folder, in which SQLite and migrators make files of their own', async () => {
  expect((await run('migrate up')).code).toBe(0);
  await chmod(folder, 0o500);
  for (const line of ['migrate status', 'migrate up', 'serve']) await refused(line, file);
});

test('the file that migrators lock, on which everybody would have a lock', async () => {
  expect((await run('migrate up --to 0009')).code).toBe(0);
  const lock = `${file}-migrating`;
  expect((await stat(lock)).mode & 0o777).toBe(0o600);
  await chmod(lock, 0o400);
  await refused('migrate up', lock);
  await chmod(lock, 0o600);
  expect((await run('migrate up')).code).toBe(0);
});
