/** `adminctl number connect` and `number reconcile`, against a Twilio that checks what it is asked. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROUTES } from '@receptionist/admin-api';
import { startTwilioRest, type TwilioRest } from '@receptionist/simulator/servers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ACCOUNT_SID } from '../harness/credentials.ts';
import { AUTH_TOKEN, type Office, openOffice } from './office.ts';

const NUMBER = '+15005550006';
const SITE = 'https://phone.example';
const OVERRIDES = '#ct=2000&rt=4000&rc=2&rp=5xx,ct,rt';

let office: Office;
let twilio: TwilioRest;
beforeAll(async () => {
  office = await openOffice({ daemon: { PUBLIC_URL: SITE } });
});
afterAll(() => office.close());
beforeEach(async () => {
  const numbers = [NUMBER, '+15005550999'];
  twilio = await startTwilioRest({ accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, numbers });
});
afterEach(async () => {
  expect(twilio.unexpected()).toEqual([]);
  await twilio.close();
});

const run = (line: string, env: Record<string, string | undefined> = {}) =>
  office.adminctl(line.split(' '), {
    env: { TWILIO_ACCOUNT_SID: ACCOUNT_SID, TWILIO_API_URL: twilio.url, ...env },
  });
const asked = () => twilio.requests.map(({ method, path }) => `${method} ${path.split('/')[0]}`);

test('connect points calls, texts and statuses at the daemon, with retries, and shows it', async () => {
  twilio.configure(NUMBER, { VoiceUrl: 'https://demo.twilio.com/welcome/voice/' });
  const { code, out, err } = await run(`number connect ${NUMBER}`);
  expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('application error') });
  expect(out).toContain('https://demo.twilio.com/welcome/voice/');
  expect(out).toContain(`${NUMBER} is connected to ${SITE}`);
  const webhook = `${SITE}/twilio/webhook${OVERRIDES}`;
  expect(twilio.numbers[0]).toMatchObject({
    voice_url: webhook,
    voice_method: 'POST',
    voice_fallback_url: webhook,
    sms_url: webhook,
    sms_fallback_url: webhook,
    status_callback: `${SITE}/twilio/status/call${OVERRIDES}`,
  });
  const again = await run(`number connect ${NUMBER} --json`);
  expect(JSON.parse(again.out)).toMatchObject({ changes: [], dry_run: false });
  expect(asked()).toEqual([
    'GET IncomingPhoneNumbers',
    'POST IncomingPhoneNumbers',
    'GET IncomingPhoneNumbers',
  ]);
});

test('--dry-run only shows', async () => {
  const { code, out } = await run(`number connect ${NUMBER} --dry-run --fallback-file fallback.xml --json`);
  expect(code).toBe(0);
  const { changes, files, dry_run } = JSON.parse(out);
  expect({ files, dry_run, settings: changes.map(({ setting }: { setting: string }) => setting) }).toEqual({
    files: [],
    dry_run: true,
    settings: ['voice_url', 'voice_fallback_url', 'status_callback', 'sms_url', 'sms_fallback_url'],
  });
  expect(asked()).toEqual(['GET IncomingPhoneNumbers']);
});

test('the fallback file rings the hand-off phones; once it is hosted elsewhere it stays', async () => {
  const written = await run(`number connect ${NUMBER} --fallback-file fallback.xml`);
  expect(written.err).toContain('fallback.xml and fallback-thanks.xml');
  expect(await readFile(path.join(office.home, 'fallback.xml'), 'utf8')).toContain(
    '<Number>+15005550009</Number>',
  );

  const hosted = 'https://files.example/fallback.xml';
  const connected = await run(`number connect ${NUMBER} --fallback-url ${hosted}`);
  expect(connected).toMatchObject({ code: 0, err: expect.not.stringContaining('Warning') });
  await run(`number connect ${NUMBER}`);
  expect(twilio.numbers[0]).toMatchObject({ voice_fallback_url: hosted, voice_fallback_method: 'GET' });
});

test.each<[string, () => unknown, string]>([
  ['an application', () => twilio.configure(NUMBER, { VoiceApplicationSid: 'AP1' }), 'application AP1'],
  ['a trunk', () => twilio.configure(NUMBER, { TrunkSid: 'TK1' }), 'trunk TK1'],
])('%s that overrides the addresses is warned of', async (_, configure, said) => {
  configure();
  expect((await run(`number connect ${NUMBER} --dry-run`)).err).toContain(said);
});

test.each<[string, string, Record<string, string | undefined>, string]>([
  ['a number of nobody', '+15005550999', {}, "no tenant's number"],
  ['a daemon with another address', NUMBER, { PUBLIC_URL: 'https://other.example' }, 'refuses every request'],
  ['an address of this machine', NUMBER, { PUBLIC_URL: 'http://127.0.0.1:1' }, 'cannot reach'],
  [
    'a daemon that is away',
    NUMBER,
    { PUBLIC_URL: SITE, ADMIN_API_URL: 'http://127.0.0.1:1' },
    'could not be asked',
  ],
])('%s is warned of', async (_, number, env, said) => {
  expect(await run(`number connect ${number} --dry-run`, env)).toMatchObject({
    code: 0,
    err: expect.stringContaining(said),
  });
});

test.each<[number, string, string, Record<string, string | undefined>, string]>([
  [2, 'no number', 'number connect 12', {}, 'E.164'],
  [2, 'no address', `number connect ${NUMBER} --fallback-url files.example`, {}, 'no address'],
  [2, 'no PUBLIC_URL', `number connect ${NUMBER}`, { ADMIN_API_URL: 'http://127.0.0.1:1' }, '--tunnel'],
  [3, 'not owned', 'number connect +15005551111', {}, 'no number +15005551111'],
  [3, 'no tenant to ring', 'number connect +15005550999 --fallback-file f.xml', {}, 'whom to ring'],
  [4, 'no account', `number connect ${NUMBER}`, { TWILIO_ACCOUNT_SID: undefined }, 'TWILIO_ACCOUNT_SID'],
  [4, 'no account', 'number reconcile', { TWILIO_ACCOUNT_SID: undefined }, 'TWILIO_ACCOUNT_SID'],
  [
    6,
    'nobody there',
    `number connect ${NUMBER}`,
    { TWILIO_API_URL: 'http://127.0.0.1:1' },
    'Cannot reach Twilio',
  ],
])('%i, %s: adminctl %s', async (code, _, line, env, said) => {
  expect(await run(line, env)).toMatchObject({ code, out: '', err: expect.stringContaining(said) });
});

test('what Twilio refuses is explained', async () => {
  const token = await run(`number connect ${NUMBER}`, { TWILIO_AUTH_TOKEN: 'f'.repeat(32) });
  expect(token).toMatchObject({ code: 4, err: expect.stringMatching(/20003.*\n.*primary/) });
  const account = await run(`number connect ${NUMBER}`, { TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}` });
  expect(account.code).toBe(4);
  expect(twilio.unexpected()).toHaveLength(2);
  await twilio.close();
  twilio = await startTwilioRest({ accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, numbers: [] });
  twilio.fail({ mode: 'rate_limited' });
  expect(await run(`number connect ${NUMBER}`)).toMatchObject({
    code: 1,
    err: expect.stringContaining('20429'),
  });
});

test('reconcile files the calls that never reached the daemon, each once', async () => {
  const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;
  const missed = twilio.addCall({
    from: '+14155550101',
    to: NUMBER,
    startedAt: minutesAgo(30),
    duration: 42,
  });
  const withheld = twilio.addCall({
    from: 'anonymous',
    to: NUMBER,
    startedAt: minutesAgo(20),
    status: 'failed',
  });
  twilio.addCall({ from: '+14155550102', to: NUMBER, startedAt: minutesAgo(300) });
  twilio.addCall({ from: '+14155550103', to: NUMBER, startedAt: minutesAgo(0), status: 'in-progress' });
  const first = await run('number reconcile --json');
  expect(first).toMatchObject({ code: 0, err: '' });
  const { compared, filed } = JSON.parse(first.out);
  expect(compared).toBe(2);
  expect(filed).toMatchObject([
    { tenant_id: 't1', call_sid: missed.sid, caller: '+14155550101', seconds: 42 },
    { tenant_id: 't1', call_sid: withheld.sid, caller: null },
  ]);
  const again = await run('number reconcile --tenant t1');
  expect(again).toMatchObject({ code: 0, out: '', err: expect.stringContaining('filed 0') });

  const entries = await vi.waitFor(async () => {
    const { items } = await office.api.call(ROUTES.listEntries, { query: { reason: 'system_degraded' } });
    expect(items).toHaveLength(2);
    return items;
  });
  expect(entries.map(({ caller }) => caller).toSorted()).toEqual(['+14155550101', null]);
  expect(entries).toMatchObject(Array(2).fill({ channel: 'voice', severity: 'standard', status: 'open' }));
  expect(await run('number reconcile --since 6h')).toMatchObject({
    code: 0,
    out: expect.stringContaining('+14155550102'),
  });
});
