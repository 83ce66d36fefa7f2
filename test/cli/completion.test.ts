/** The Tab key, in the shells that are here. */

import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../../scripts/optional-tools.ts';
import { ADMINCTL, type Office, openOffice } from './office.ts';

let office: Office;
let entry: string;
beforeAll(async () => {
  office = await openOffice();
  entry = (await office.entry()).slice(-6);
});
afterAll(() => office.close());

/** In a shell that finds adminctl by its name. */
async function inShell(shell: string, script: string): Promise<string> {
  const PATH = `${path.dirname(ADMINCTL)}:${process.env['PATH']}`;
  const noSettings = { bash: ['--norc', '-c'], zsh: ['-f', '-c'], fish: ['--no-config', '-c'] }[shell] ?? [
    '-c',
  ];
  const { stdout } = await execa(shell, [...noSettings, script], {
    env: { ...office.env, PATH, LD_LIBRARY_PATH: process.env['LD_LIBRARY_PATH'] ?? '' },
    extendEnv: false,
  });
  return stdout;
}

async function offered(...words: string[]): Promise<string[]> {
  const { out } = await office.adminctl(['__complete', '--', ...words]);
  return out.split('\n').map((line) => line.split('\t')[0] ?? '');
}

test.each([
  [
    ['fallback', 're'],
    ['resolve', 'reopen'],
  ],
  [['set-plan', '--plan', 'co'], ['core']],
  [['set-flag', '--flag', 'allow_r'], ['allow_rag']],
  [
    ['set-flag', '--enable='],
    ['--enable=true', '--enable=false'],
  ],
  [['fallback', 'list', '--status', 'en'], ['engaged']],
  [
    ['fallback', 'list', '--no-'],
    ['--no-input', '--no-color'],
  ],
  [['show-flags', '--tenant', ''], ['t1']],
  [['tenant', 'show', 't'], ['t1']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
])('%j: %j', async (words, expected) => {
  expect(await offered(...words)).toEqual(expect.arrayContaining(expected));
  expect((await offered(...words)).every((word) => word.startsWith(words.at(-1) ?? ''))).toBe(true);
});

test('an entry is offered by its short id, where the command can do something with it', async () => {
  const { out } = await office.adminctl(['__complete', '--', 'fallback', 'ack', '']);
  expect(out).toContain(`${entry}\tstandard, open: +14155550123 asked for a person`);
  expect(await offered('fallback', 'reopen', '')).not.toContain(entry);
});

test('what needs no explanation stands alone', async () => {
  const { out } = await office.adminctl(['__complete', '--', 'fallback', 'list', '--severity', '']);
  expect(out).toBe('critical\nstandard');
});

test('what it remembers of the daemon is for the owner alone', async () => {
  await offered('tenant', 'show', '');
  const folder = path.join(office.home, '.cache/adminctl');
  for (const file of await readdir(folder)) {
    expect((await stat(path.join(folder, file))).mode & 0o777).toBe(0o600);
  }
});

describe('nothing is offered and nothing said', () => {
  test.each([
    ['without a key', { ADMIN_PRIVATE_KEY: undefined }],
    ['without a daemon', { ADMIN_API_URL: 'http://127.0.0.1:1' }],
    ['with settings that cannot be', { ADMIN_API_URL: 'nowhere' }],
    ['where nothing can be remembered', { ADMIN_API_URL: 'http://127.0.0.1:1', XDG_CACHE_HOME: '/dev/null' }],
  ])('%s', async (_, env) => {
    const ran = await office.adminctl(['__complete', '--', 'tenant', 'show', ''], { env });
    expect(ran).toEqual({ code: 0, out: '', err: '' });
  });

  test('by a daemon that is silent, for which nobody waits', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const env = { ADMIN_API_URL: `http://127.0.0.1:${port}` };
    const words = ['__complete', '--', 'tenant', 'show', ''];
    expect(await office.adminctl(words, { env })).toEqual({ code: 0, out: '', err: '' });
    silent.close();
    expect(await office.adminctl(words, { env })).toEqual({ code: 0, out: '', err: '' });
  });
});

test('bash', async () => {
  const complete = (words: string, word: number) => `
    source <(adminctl completion bash)
    complete -p adminctl
    COMP_WORDS=(${words}); COMP_CWORD=${word}
    _adminctl
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  expect(await inShell('bash', complete("adminctl fallback ack ''", 3))).toBe(
    `complete -o default -F _adminctl adminctl\n${entry}`,
  );
  expect(await inShell('bash', complete('adminctl set-plan --plan = co', 4))).toMatch(/\ncore$/);
});

test('zsh', needs('zsh'), async () => {
  const script = `
    compdef() { :; }
    compadd() { print -l -- $candidates $descriptions }
    _files() { print files }
    source <(adminctl completion zsh)
    words=(adminctl fallback ack ''); CURRENT=4
    _adminctl
    words=(adminctl note --text ''); CURRENT=4
    _adminctl`;
  expect((await inShell('zsh', script)).split('\n')).toEqual([
    entry,
    `${entry}  -- standard, open: +14155550123 asked for a person`,
    'files',
  ]);
});

test('fish', needs('fish'), async () => {
  const script = 'adminctl completion fish | source; complete -C "adminctl fallback ack "';
  expect(await inShell('fish', script)).toBe(`${entry}\tstandard, open: +14155550123 asked for a person`);
});
