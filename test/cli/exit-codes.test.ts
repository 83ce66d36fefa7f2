/** What a script learns from adminctl: every exit code, in words and as JSON. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMINCTL, type Office, openOffice, type RunOptions } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const OFF_DUTY = { env: { ADMIN_API_URL: 'http://127.0.0.1:1' } };
const NO_KEY = { env: { ADMIN_PRIVATE_KEY: undefined } };
const OTHER_KEY = { env: { ADMIN_PRIVATE_KEY: 'another-key-of-the-right-length-0123456789' } };

const FAILURES: [code: number, name: string, command: string, options?: RunOptions][] = [
  [2, 'usage', 'nope'],
  [2, 'usage', 'fallback nope'],
  [2, 'usage', 'show-flags'],
  [2, 'usage', 'show-flags --tenant'],
  [2, 'usage', 'show-flags --tenant t1 --tennant t2'],
  [2, 'usage', 'show-flags --tenant t1 extra'],
  [2, 'usage', 'show-flags --tenant t1 --timeout 0'],
  [2, 'usage', 'show-flags --tenant t1 --api-url nowhere'],
  [2, 'usage', 'show-flags --tenant t1 --env-file nowhere'],
  [2, 'usage', 'set-plan --tenant t1 --plan gold', OFF_DUTY],
  [2, 'usage', 'set-flag --tenant t1 --flag allow_rga --enable true', OFF_DUTY],
  [2, 'usage', 'set-flag --tenant t1 --flag allow_rag --enable maybe', OFF_DUTY],
  [2, 'usage', 'set-flag --tenant t1 --flag allow_rag --enable true --unset', OFF_DUTY],
  [2, 'usage', 'set-flag --tenant - --flag allow_rag --enable true'],
  [2, 'usage', 'fallback ack', OFF_DUTY],
  [2, 'usage', 'fallback ack -'],
  [2, 'usage', 'fallback list --status waiting', OFF_DUTY],
  [2, 'usage', 'fallback list --limit 0', OFF_DUTY],
  [2, 'usage', 'fallback list --since yesterday', OFF_DUTY],
  [2, 'usage', 'fallback tag fb_1', OFF_DUTY],
  [2, 'usage', 'simulate call --tenant t1'],
  [2, 'usage', 'simulate call --script -', { input: 'hello' }],
  [2, 'usage', 'simulate call --tenant t1 --script -', { input: '[jump]' }],
  [2, 'usage', 'simulate text --tenant t1'],
  [2, 'usage', 'simulate text --tenant t1 --script -', { input: '[hang up]' }],
  [2, 'usage', 'number connect 12'],
  [2, 'usage', 'number reconcile --since yesterday', OFF_DUTY],
  [2, 'usage', 'stack reset'],
  [2, 'usage', 'stack up --only postgre'],
  [2, 'usage', 'stack up --embedded --only redis'],
  [2, 'usage', 'tenant import nowhere.yaml', OFF_DUTY],
  [2, 'invalid_body', 'tenant import -', { ...OFF_DUTY, input: 'tenant_id: t9\nplan: gold\n' }],
  [2, 'invalid_body', 'tenant create t9 --name N --time-zone Mars/Olympus', OFF_DUTY],
  [3, 'not_found', 'show-flags --tenant t9'],
  [3, 'not_found', 'set-plan --tenant t9 --plan core'],
  [3, 'not_found', 'fallback show fb_00000000000000000000000000'],
  [3, 'not_found', 'fallback ack zzzzzz'],
  [3, 'not_found', 'number remove +15005550999'],
  [4, 'no_key', 'show-flags --tenant t1', NO_KEY],
  [4, 'no_key', 'show-flags --tenant t1', { env: { ADMIN_PRIVATE_KEY: 'short' } }],
  [
    4,
    'no_key',
    'simulate call --tenant t1 --script -',
    { input: 'hi', env: { TWILIO_AUTH_TOKEN: undefined } },
  ],
  [4, 'unauthorized', 'show-flags --tenant t1', OTHER_KEY],
  [4, 'unauthorized', 'show-flags --tenant t1', { env: { ADMIN_KEY_ID: 'nobody' } }],
  [
    4,
    'forbidden',
    'simulate call --tenant t1 --script -',
    { input: 'hi', env: { TWILIO_AUTH_TOKEN: 'wrong' } },
  ],
  [
    4,
    'forbidden',
    'simulate text --tenant t1 --script -',
    { input: 'hi', env: { TWILIO_AUTH_TOKEN: 'wrong' } },
  ],
  [4, 'no_key', 'number connect +15005550006', { env: { PUBLIC_URL: 'https://phone.example' } }],
  [4, 'no_key', 'number reconcile'],
  [5, 'already_exists', 'number add +15005550006 --tenant t1'],
  [5, 'already_exists', 'tenant create t1 --name N --time-zone UTC'],
  [6, 'unreachable', 'show-flags --tenant t1', OFF_DUTY],
  [
    6,
    'unreachable',
    'simulate call --to +15005550006 --script -',
    { input: 'hi', env: { PUBLIC_URL: 'http://127.0.0.1:1' } },
  ],
  [6, 'unreachable', 'migrate status', { env: { RECEPTIONISTD: '/nowhere/receptionistd' } }],
];

test.each(FAILURES)('%i %s: adminctl %s', async (code, name, command, options) => {
  const words = command.split(' ');
  const [inWords, asJson] = await Promise.all([
    office.adminctl(words, options),
    office.adminctl([...words, '--json'], options),
  ]);
  expect(inWords).toMatchObject({ code, out: '' });
  expect(inWords.err).toMatch(/^Error: /);
  expect(inWords.err).not.toMatch(/\n\s+at .+:\d+:\d+/);

  expect(asJson).toMatchObject({ code, err: '' });
  const { error, ...rest } = JSON.parse(asJson.out);
  expect(rest).toEqual({});
  expect(Object.keys(error).sort()).toEqual(['code', 'hint', 'message']);
  expect(error.code).toBe(name);
});

test('0: the answer on stdout, nothing on stderr', async () => {
  const flags = await office.adminctl(['show-flags', '--tenant', 't1', '--json']);
  expect(flags).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(flags.out).flags).toHaveLength(5);
});

test('2: what was mistyped is suggested, and not run', async () => {
  const { err } = await office.adminctl(['set-plna', '--tenant', 't1', '--plan', 'core']);
  expect(err).toContain('set-plan');
  const audit = await office.adminctl(['audit', 'list', '--action', 'plan.set', '--json']);
  expect(JSON.parse(audit.out).items).toEqual([]);
});

test('7: the call did not go as the script has it', async () => {
  const call = ['simulate', 'call', '--tenant', 't1', '--script', '-'];
  const { code, err } = await office.adminctl(call, { input: '? good evening from the moon\n' });
  expect(code).toBe(7);
  expect(err).toContain('Line 1');
  const asJson = await office.adminctl([...call, '--json'], { input: '? thank you for calling\n' });
  expect(asJson.code).toBe(0);
  expect(JSON.parse(asJson.out)).toMatchObject({ ok: true, failures: [], to: '+15005550006' });
});

test('130: Ctrl-C ends it at once, and it says nothing', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const asked = once(silent, 'connection');
  const child = execa(ADMINCTL, ['tenant', 'list', '--api-url', `http://127.0.0.1:${port}`], {
    env: office.env,
    extendEnv: false,
    reject: false,
  });
  const [connection] = await asked;
  child.kill('SIGINT');
  expect(await child).toMatchObject({ exitCode: 130, stdout: '', stderr: '' });
  connection.destroy();
  silent.close();
});

test('a daemon that does not answer in time is 6', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const waited = await office.adminctl([
    'tenant',
    'list',
    '--timeout',
    '1',
    '--api-url',
    `http://127.0.0.1:${port}`,
  ]);
  expect(waited.code).toBe(6);
  expect(waited.err).toContain('--timeout');
  silent.close();
});

test.each([
  ['~/.adminctl.env', {}],
  ['ADMINCTL_ENV_FILE', { ADMINCTL_ENV_FILE: 'named' }],
])('4: a settings file that others can read (%s) is refused with the chmod to run', async (_, named) => {
  const file = await office.file(Object.values(named)[0] ?? '.adminctl.env', 'ADMIN_USER=lex\n', 0o644);
  const env = 'ADMINCTL_ENV_FILE' in named ? { ADMINCTL_ENV_FILE: file } : {};
  const { code, err } = await office.adminctl(['tenant', 'list'], { env });
  expect({ code, last: err.split('\n').at(-1) }).toEqual({ code: 4, last: `Run: chmod 600 ${file}` });
  await execa('chmod', ['600', file]);
  expect(await office.adminctl(['tenant', 'list'], { env })).toMatchObject({ code: 0 });
  await execa('rm', [file]);
});
