/** `adminctl doctor` in an office where all is well, and then with each of its faults made on purpose. */
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type Check, createAdminClient, ROUTES } from '@receptionist/admin-api';
import {
  type Model,
  type Slack,
  startModel,
  startSlack,
  startTwilioRest,
  type TwilioRest,
} from '@receptionist/simulator/servers';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ACCOUNT_SID, SLACK_TOKEN } from '../harness/credentials.ts';
import type { Daemon } from '../harness/daemon.ts';
import { northside } from '../harness/tenants.ts';
import { AUTH_TOKEN, environment, KEY, openDaemon, type Ran, runAdminctl } from './office.ts';

const NUMBER = '+15005550006';
const ROTA = {
  people: [{ user: 'lex', phone: '+15005550009', slack_user_id: 'U0LEX1234' }],
  rotations: [
    {
      ...{ name: 'always', time_zone: 'UTC', every: 'week' as const, starts_at: '2026-01-05T08:00:00Z' },
      users: ['lex'],
    },
  ],
};
const HUMANS = { id: 'C0HUMANS', name: 'human-fallback', member: true };

let home: string;
let slack: Slack;
let model: Model;
let twilio: TwilioRest;
/** Hosts the fallback file. */
let elsewhere: http.Server;
let daemon: Daemon;
let env: Record<string, string> & { HOME: string };

beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'doctor-'));
  slack = await startSlack({
    token: SLACK_TOKEN,
    channels: [HUMANS, { id: 'C0OTHERS', name: 'others', member: false }],
  });
  model = await startModel({ key: 'sk-right', models: ['small'] });
  twilio = await startTwilioRest({ accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, numbers: [NUMBER] });
  elsewhere = await serve((_req, res) => res.end('<Response><Say>Hello.</Say></Response>'));
  daemon = await start('well');
  env = {
    ...environment(home, daemon.url),
    TWILIO_ACCOUNT_SID: ACCOUNT_SID,
    TWILIO_API_URL: twilio.url,
  };
});
afterAll(async () => {
  await daemon.stop();
  await Promise.all([slack.close(), model.close(), twilio.close()]);
  elsewhere.close();
  await rm(home, { recursive: true });
});

/** With all its parts, or with others; each on a database of its own. */
async function start(name: string, settings: Record<string, string> = {}): Promise<Daemon> {
  const started = await openDaemon(home, {
    DATABASE_URL: `sqlite:${name}.db`,
    TWILIO_ACCOUNT_SID: ACCOUNT_SID,
    SLACK_BOT_TOKEN: SLACK_TOKEN,
    SLACK_SIGNING_SECRET: 'a-signing-secret',
    SLACK_API_URL: slack.url,
    PAGERDUTY_ROUTING_KEY: 'a-routing-key',
    LLM_PROVIDER: 'openai',
    LLM_MODEL: 'small',
    LLM_API_KEY: 'sk-right',
    LLM_BASE_URL: model.url,
    ...settings,
  });
  const api = createAdminClient({ baseUrl: started.url, key: KEY, user: 'office', timeoutMs: 5_000 });
  await api.call(ROUTES.createTenant, { body: northside() });
  await api.call(ROUTES.putOnCall, { body: ROTA });
  return started;
}

async function serve(listener: http.RequestListener): Promise<http.Server> {
  const server = http.createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const urlOf = (server: http.Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function doctor(
  more: Record<string, string | undefined> = {},
): Promise<{ ran: Ran; ok: boolean; checks: Check[] }> {
  const ran = await runAdminctl(['doctor', '--json', '--timeout', '5'], env, { env: more });
  expect(ran.err).toBe('');
  return { ran, ...JSON.parse(ran.out) };
}

/** The daemon that such a fault needs is another one. */
async function doctorOf(name: string, settings: Record<string, string>): Promise<Check[]> {
  const other = await start(name, settings);
  onTestFinished(async () => void (await other.stop()));
  return (await doctor({ ADMIN_API_URL: other.url })).checks;
}

const nameAndStatus = (checks: Check[]) => checks.map(({ name, status }) => `${name}: ${status}`);

function expectFault(checks: Check[], name: string, status: Check['status'], found: string | RegExp) {
  const check = checks.find((each) => each.name === name);
  expect(check).toMatchObject({
    status,
    found: expect.stringMatching(found),
    meaning: expect.stringMatching(/\S/),
    fix: expect.stringMatching(/\S/),
  });
}

/** As a person has it who has followed what doctor says. */
function connect(): void {
  twilio.configure(NUMBER, {
    VoiceUrl: `${daemon.url}/twilio/webhook`,
    SmsUrl: `${daemon.url}/twilio/webhook`,
    StatusCallback: `${daemon.url}/twilio/status/call`,
    VoiceFallbackUrl: `${urlOf(elsewhere)}/fallback.xml`,
    VoiceApplicationSid: '',
    TrunkSid: '',
  });
}

afterEach(connect);

test('where all is well only the laptop itself is warned of', async () => {
  connect();
  const { ran, ok, checks } = await doctor();
  expect(nameAndStatus(checks)).toEqual([
    'node_version: ok',
    'settings: ok',
    'admin_key: ok',
    'daemon: ok',
    'clock: ok',
    'admin_token: ok',
    'database: ok',
    'migrations: ok',
    'escalation_engine: ok',
    'slack_token: ok',
    'slack_scopes: ok',
    'slack_channel: ok',
    'slack_signing_secret: ok',
    'request_url: warn',
    'twilio_token: ok',
    'twilio_credentials: ok',
    'number_webhooks: ok',
    'number_fallback: ok',
    'signature: ok',
    'model: ok',
    'escalation_steps: ok',
    'on_call: ok',
  ]);
  expect({ ok, code: ran.code }).toEqual({ ok: true, code: 0 });
  expect(slack.posts).toEqual([]);
  expect(twilio.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('in words: what was found, what it means, what to do', async () => {
  const { code, out } = await runAdminctl(['doctor'], env, { env: { ADMIN_API_URL: 'http://127.0.0.1:1' } });
  expect(code).toBe(7);
  expect(out).toMatch(/^fail +daemon +http:\/\/127\.0\.0\.1:1 cannot be reached \(.+\)\.\n +No command/m);
  expect(out).toContain('→ Start it');
});

const FAULTS: [
  check: string,
  status: Check['status'],
  found: string,
  env: Record<string, string | undefined>,
][] = [
  ['settings', 'fail', 'no address', { ADMIN_API_URL: 'nowhere' }],
  ['settings', 'fail', 'is not a file', { ADMINCTL_ENV_FILE: os.tmpdir() }],
  ['admin_key', 'fail', 'There is no ADMIN_PRIVATE_KEY', { ADMIN_PRIVATE_KEY: undefined }],
  ['admin_key', 'fail', '5 bytes', { ADMIN_PRIVATE_KEY: 'short' }],
  ['admin_key', 'fail', 'placeholder', { ADMIN_PRIVATE_KEY: 'change-me-run-adminctl-init-for-a-fresh-key' }],
  [
    'admin_key',
    'fail',
    'cannot be read',
    { ADMIN_PRIVATE_KEY: undefined, ADMIN_PRIVATE_KEY_FILE: 'nowhere' },
  ],
  ['daemon', 'fail', '(cannot be reached|no usable answer)', { ADMIN_API_URL: 'http://127.0.0.1:1' }],
  ['admin_token', 'fail', 'token', { ADMIN_PRIVATE_KEY: 'another-key-of-the-right-length-0123456789' }],
  ['request_url', 'fail', 'PUBLIC_URL is http://127.0.0.1:1 here', { PUBLIC_URL: 'http://127.0.0.1:1' }],
  ['twilio_credentials', 'warn', 'TWILIO_ACCOUNT_SID', { TWILIO_ACCOUNT_SID: undefined }],
  ['twilio_credentials', 'fail', '20003', { TWILIO_AUTH_TOKEN: 'f'.repeat(32) }],
  ['twilio_credentials', 'fail', 'Cannot reach Twilio', { TWILIO_API_URL: 'http://127.0.0.1:1' }],
  ['signature', 'fail', '403', { TWILIO_AUTH_TOKEN: 'f'.repeat(32) }],
  [
    'signature',
    'fail',
    'cannot be read',
    { TWILIO_AUTH_TOKEN: undefined, TWILIO_AUTH_TOKEN_FILE: 'nowhere' },
  ],
];

test.each(FAULTS)('%s %s: %s', async (name, status, found, more) => {
  const { ran, ok, checks } = await doctor(more);
  expectFault(checks, name, status, found);
  expect({ ok, code: ran.code }).toEqual(status === 'fail' ? { ok: false, code: 7 } : { ok: true, code: 0 });
  expect(checks).toHaveLength(22);
});

test('settings fail: others can read the file', async () => {
  const file = path.join(home, 'open.env');
  await writeFile(file, 'ADMIN_USER=lex\n');
  await chmod(file, 0o644);
  const { checks } = await doctor({ ADMINCTL_ENV_FILE: file });
  expectFault(checks, 'settings', 'fail', 'mode 0644');
  expect(checks.find(({ name }) => name === 'admin_token')?.status, 'the environment is looked at').toBe(
    'ok',
  );
});

test.each([
  [-3600_000, 'fail', 'ahead of'],
  [20_000, 'warn', 'behind'],
] as const)('clock: a daemon %i ms off', async (ms, status, found) => {
  const shifted = await serve(async (req, res) => {
    const { authorization = '' } = req.headers;
    const answer = await fetch(daemon.url + req.url, { headers: { authorization } });
    res.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? '',
      date: new Date(Date.now() + ms).toUTCString(),
    });
    res.end(await answer.text());
  });
  onTestFinished(() => void shifted.close());
  expectFault((await doctor({ ADMIN_API_URL: urlOf(shifted) })).checks, 'clock', status, found);
});

test('daemon fail: somebody else answers there', async () => {
  const { checks } = await doctor({ ADMIN_API_URL: urlOf(elsewhere) });
  expectFault(checks, 'daemon', 'fail', 'not as receptionistd does');
});

test('database and migrations', async () => {
  const other = await start('broken');
  onTestFinished(async () => void (await other.stop()));
  const database = new Database(path.join(home, 'broken.db'));
  onTestFinished(() => void database.close());
  // A contract may wait: nobody needs it to go on.
  const newest = "select max(id) as id from schema_migrations where phase <> 'contract'";
  const last = database.prepare(newest).get() as { id: string };
  database.prepare('delete from schema_migrations where id = ?').run(last.id);
  expectFault((await doctor({ ADMIN_API_URL: other.url })).checks, 'migrations', 'fail', last.id);
  database.exec('alter table escalate_events rename to away');
  expectFault((await doctor({ ADMIN_API_URL: other.url })).checks, 'database', 'fail', 'escalate_events');
});

test('slack: no token', async () => {
  const checks = await doctorOf('no-token', { SLACK_BOT_TOKEN: '' });
  expectFault(checks, 'slack_token', 'warn', 'no SLACK_BOT_TOKEN');
});

test('slack: a wrong token, no signing secret; twilio: no token', async () => {
  const checks = await doctorOf('wrong-token', {
    SLACK_BOT_TOKEN: 'xoxb-wrong',
    SLACK_SIGNING_SECRET: '',
    TWILIO_AUTH_TOKEN: '',
  });
  expectFault(checks, 'slack_token', 'fail', 'invalid_auth');
  expectFault(checks, 'slack_signing_secret', 'fail', 'no SLACK_SIGNING_SECRET');
  expectFault(checks, 'twilio_token', 'fail', 'no TWILIO_AUTH_TOKEN');
  expectFault(checks, 'signature', 'fail', '403');
});

test('slack: a token without the scope', async () => {
  const poor = await startSlack({ token: SLACK_TOKEN, channels: [HUMANS], scopes: ['users:read'] });
  onTestFinished(poor.close);
  const checks = await doctorOf('poor', { SLACK_API_URL: poor.url, LLM_BASE_URL: 'http://127.0.0.1:1/v1' });
  expectFault(checks, 'slack_scopes', 'fail', 'chat:write is missing');
  expectFault(checks, 'slack_channel', 'warn', 'cannot be looked up');
  expectFault(checks, 'model', 'fail', 'cannot be reached');
});

test('slack: nobody there; model: a wrong key', async () => {
  const checks = await doctorOf('away', { SLACK_API_URL: 'http://127.0.0.1:1', LLM_API_KEY: 'sk-wrong' });
  expectFault(checks, 'slack_token', 'fail', '(cannot be reached|no usable answer)');
  expectFault(checks, 'model', 'fail', 'refuses the key');
});

test.each([
  ['#nowhere', 'no channel #nowhere'],
  ['#others', 'not a member of #others'],
  ['C0OTHERS', 'not a member of C0OTHERS'],
])('slack: the channel %s of a tenant', async (slack_channel, found) => {
  const api = createAdminClient({ baseUrl: daemon.url, key: KEY, user: 'office', timeoutMs: 5_000 });
  const params = { tenant_id: 't1' };
  await api.call(ROUTES.patchTenant, { params, body: { slack_channel } });
  onTestFinished(async () => {
    await api.call(ROUTES.patchTenant, { params, body: { slack_channel: null } });
  });
  expectFault((await doctor()).checks, 'slack_channel', 'fail', found);
});

test('request_url fail: nobody is at the public address', async () => {
  const checks = await doctorOf('private', { PUBLIC_URL: 'http://127.0.0.1:1', LLM_MODEL: 'large' });
  expectFault(checks, 'request_url', 'fail', '(cannot be reached|no usable answer)');
  expect(checks.find(({ name }) => name === 'signature')?.status).toBe('skipped');
  expectFault(checks, 'model', 'warn', 'does not list large');
});

test.each<[string, Check['status'], string, Parameters<TwilioRest['configure']>[1]]>([
  ['number_webhooks', 'fail', 'go to https://demo', { VoiceUrl: 'https://demo.twilio.com/welcome/voice/' }],
  ['number_webhooks', 'fail', 'Calls .* go to nowhere', { VoiceUrl: '' }],
  ['number_webhooks', 'fail', 'Texts .* go to nowhere', { SmsUrl: '' }],
  ['number_webhooks', 'warn', 'statuses', { StatusCallback: '' }],
  ['number_webhooks', 'fail', 'trunk TK1', { TrunkSid: 'TK1' }],
  ['number_fallback', 'warn', 'no fallback', { VoiceFallbackUrl: '' }],
  ['number_fallback', 'fail', 'cannot be reached', { VoiceFallbackUrl: 'http://127.0.0.2:1/f.xml' }],
])('%s %s: %s', async (name, status, found, settings) => {
  twilio.configure(NUMBER, settings);
  expectFault((await doctor()).checks, name, status, new RegExp(found));
});

test('number_webhooks fail: the account has no such number', async () => {
  const poor = await startTwilioRest({ accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, numbers: [] });
  onTestFinished(poor.close);
  expectFault(
    (await doctor({ TWILIO_API_URL: poor.url })).checks,
    'number_webhooks',
    'fail',
    'has no number',
  );
});

test('escalation_steps warn, and on_call fail: a rotation nobody is in', async () => {
  const other = await start('nobody', { PAGERDUTY_ROUTING_KEY: '' });
  onTestFinished(async () => void (await other.stop()));
  const api = createAdminClient({ baseUrl: other.url, key: KEY, user: 'office', timeoutMs: 5_000 });
  const rotations = ROTA.rotations.map((rotation) => ({ ...rotation, users: [] }));
  await api.call(ROUTES.putOnCall, { body: { ...ROTA, rotations } });
  const { ran, checks } = await doctor({ ADMIN_API_URL: other.url });
  expectFault(checks, 'escalation_steps', 'warn', 'PAGERDUTY_ROUTING_KEY is not set, and steps of t1');
  expectFault(checks, 'on_call', 'fail', 't1: nobody is on call now');
  expect(ran.code).toBe(7);
});
