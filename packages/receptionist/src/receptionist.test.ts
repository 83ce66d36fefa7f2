import { mkdtempSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withDefaults } from '@receptionist/core';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { createLog } from './observability/log.ts';
import { type Receptionist, startReceptionist } from './receptionist.ts';

const TOKEN = '12345678901234567890123456789012';
const SUB = 'AC11111111111111111111111111111111';
const PRODUCTION = {
  APP_ENV: 'production',
  ADMIN_PRIVATE_KEY: 'k4Jq0xW9b2TzR7mVd1LsPf8HnYc3GaUe',
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_SIGNING_SECRET: 'f00d',
};
const at = '2026-11-24T18:00:00.000Z';
const NORTHSIDE = withDefaults({
  ...{ tenant_id: 't1', name: 'Northside Dental', time_zone: 'UTC', numbers: ['+15005550006'] },
  services: [{ name: 'checkup', minutes: 30, price: null, capacity: 1, also: ['exam'] }],
});
const EASTSIDE = withDefaults({
  ...{ tenant_id: 't2', name: 'Eastside', time_zone: 'UTC', numbers: ['+15005550001'] },
  twilio_account_sid: SUB,
});

let daemon: Receptionist;
let logged: Record<string, unknown>[];
let directory: string;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'receptionist-'));
  logged = [];
  daemon = await start();
  await daemon.store.transact(async (tx) => {
    await tx.createTenant(NORTHSIDE, at);
    await tx.createTenant(EASTSIDE, at);
  });
});

afterEach(async () => {
  await daemon.stop();
});

function start(environment: Record<string, string> = {}): Promise<Receptionist> {
  const DATABASE_URL = `sqlite:${path.join(directory, 'test.db')}`;
  const settings = { APP_ENV: 'test', PORT: '0', DATABASE_URL, TWILIO_AUTH_TOKEN: TOKEN, ...environment };
  const config = readConfig({ environment: settings, directory });
  const log = createLog({ level: 'info', secrets: [], write: (line) => logged.push(JSON.parse(line)) });
  return startReceptionist({ config, log, now: () => new Date(at) });
}

const CALL = { CallSid: 'CA1', AccountSid: 'AC0', From: '+14155550123', To: '+15005550006' };

/** As Twilio would send it. */
async function post(
  address: string,
  more: Record<string, string> = {},
  { token = TOKEN, headers = {} }: { token?: string; headers?: Record<string, string> } = {},
) {
  const form = { ...CALL, ...more };
  const signature = webhooks.getExpectedTwilioSignature(token, daemon.url + address, form);
  const answer = await fetch(daemon.url + address, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: { 'X-Twilio-Signature': signature, ...headers },
  });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

const get = (address: string, headers: Record<string, string> = {}) =>
  fetch(daemon.url + address, { headers });
const calls = async (tenant_id = 't1') =>
  (await daemon.store.read.listConversations(tenant_id, { limit: 50, cursor: null })).items;
const turns = async () => {
  const [call] = await calls();
  return (await daemon.store.read.getConversation('t1', call?.conversation_id ?? ''))?.turns ?? [];
};
const messages = () => logged.map(({ msg }) => msg);

describe('the pages of the daemon', () => {
  it('lives, is ready and measures', async () => {
    await daemon.engine?.finishCycle();
    expect(await (await get('/health')).json()).toMatchObject({ status: 'ok' });
    const ready = await get('/ready');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({
      status: 'ready',
      parts: { database: 'ok', migrations: 'ok', escalation_engine: 'ok', next_actions: 'ok' },
    });
    expect(await (await get('/metrics')).text()).toContain(
      'http_requests_total{method="GET",route="/health",status="200"} 1',
    );
  });

  it('lives without a database, and is not ready', async () => {
    await daemon.store.close();
    expect((await get('/health')).status).toBe(200);
    const ready = await get('/ready');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      status: 'not_ready',
      parts: { database: expect.not.stringMatching(/^ok$/) },
    });
    expect((await get('/metrics')).status).toBe(200);
  });

  it('gives every answer a request id, and keeps a good one', async () => {
    const idOf = async (sent: string) =>
      (await get('/nowhere', { 'X-Request-Id': sent })).headers.get('x-request-id');
    expect(await idOf('mine-1')).toBe('mine-1');
    expect(await idOf('not mine')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf('x'.repeat(129))).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('explains what is not there', async () => {
    const answer = await get('/nowhere');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await answer.json()).toMatchObject({
      code: 'not_found',
      request_id: answer.headers.get('x-request-id'),
    });
  });

  it('answers what is no HTTP', async () => {
    const answer = await converse('nonsense\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*X-Request-Id: /s);
  });

  it('logs routes, and no numbers', async () => {
    await post('/twilio/voice/turn?turn=9&who=+14155550123');
    await post('/twilio/webhook', { To: '+15005550099' });
    expect(logged).toContainEqual(expect.objectContaining({ msg: 'request', route: '/twilio/voice/turn' }));
    expect(JSON.stringify(logged)).not.toContain('4155550123');
  });
});

describe('a call', () => {
  it('is greeted and listened to', async () => {
    const { status, type, text } = await post('/twilio/webhook');
    expect({ status, type }).toEqual({ status: 200, type: 'text/xml; charset=utf-8' });
    expect(text).toContain('Thank you for calling Northside Dental.');
    expect(text).toContain(`action="${daemon.url}/twilio/voice/turn?turn=2"`);
    expect(text).toContain('hints="checkup,exam"');
    expect(await calls()).toMatchObject([{ channel: 'voice', caller: '+14155550123', simulated: false }]);
  });

  it('gets the same reply when a request comes again, also at once, and makes no second turn', async () => {
    const first = await post('/twilio/webhook');
    expect(await post('/twilio/webhook')).toEqual(first);
    const [one, two] = await Promise.all(
      [1, 2].map(() => post('/twilio/voice/turn?turn=2', { SpeechResult: 'hello' })),
    );
    expect(one).toEqual(two);
    expect((await turns()).filter(({ speaker }) => speaker === 'receptionist')).toHaveLength(2);
  });

  it('knows a repeated request by its token, whatever turn it names', async () => {
    await post('/twilio/webhook');
    const again = { headers: { 'I-Twilio-Idempotency-Token': 'token-1' } };
    const first = await post('/twilio/voice/turn?turn=2', { SpeechResult: 'hello' }, again);
    expect(await post('/twilio/voice/turn?turn=7', { SpeechResult: 'hello' }, again)).toEqual(first);
    expect((await turns()).filter(({ speaker }) => speaker === 'caller')).toHaveLength(1);
  });

  it('goes on where a turn is named that nobody expects', async () => {
    await post('/twilio/webhook');
    const { text } = await post('/twilio/voice/turn?turn=9', { SpeechResult: 'hello' });
    expect(text).toContain('turn?turn=3"');
  });

  it('brings a person in: the event is in the turn, the entry follows, somebody is told', async () => {
    await post('/twilio/webhook');
    await post('/twilio/voice/turn?turn=2', {
      SpeechResult: 'I want to talk to a real person',
      FromCity: 'Oakland',
    });
    await daemon.engine?.finishCycle();
    const { items } = await daemon.store.read.listEntries({ status: [] }, { limit: 5, cursor: null });
    expect(items).toMatchObject([
      { reason: 'caller_asked_for_human', severity: 'critical', caller: '+14155550123' },
    ]);
    const entry = await daemon.store.read.getEntry(items[0]?.entry_id ?? '');
    expect(entry?.context).toMatchObject({ live: true, call_sid: 'CA1', provider: { from_city: 'Oakland' } });
    expect(entry?.context.transcript.filter(({ speaker }) => speaker === 'caller')).toMatchObject([
      { text: 'I want to talk to a real person' },
    ]);
    expect(logged).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        entry_id: items[0]?.entry_id,
      }),
    );
  });

  it('ends with its status callback, which may come twice, or for a call that we do not know', async () => {
    await post('/twilio/webhook');
    for (const CallSid of ['CA1', 'CA1', 'CA404']) {
      expect((await post('/twilio/status/call', { CallSid, CallStatus: 'completed' })).status).toBe(204);
    }
    expect(await calls()).toMatchObject([{ ended_at: at, outcome: 'caller_left' }]);
    expect((await post('/twilio/voice/turn?turn=2')).text).toContain('<Hangup/>');
  });

  it('hears a sentence when nothing works inside, is asked once more, and then let go', async () => {
    await daemon.store.close();
    const first = await post('/twilio/webhook');
    expect(first).toMatchObject({ status: 200, text: expect.stringMatching(/I am sorry.*/) });
    const next = /action="[^"]*(\/twilio[^"]*)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(next).toContain('failures=1');
    const last = await post(next);
    expect(last.text).toMatch(/I am sorry.*<Hangup\/>/s);
    expect(logged.filter(({ msg }) => String(msg).startsWith('a turn could not be answered'))).toHaveLength(
      2,
    );
  });
});

describe('what is no call of ours', () => {
  it.each([
    ['an unsigned request', '/twilio/webhook', {}, { headers: { 'X-Twilio-Signature': 'nonsense' } }],
    ['a wrong token', '/twilio/webhook', {}, { token: 'other' }],
    ['an unsigned status', '/twilio/status/call', {}, { token: 'other' }],
    ['another account', '/twilio/webhook', { To: '+15005550001' }, {}],
  ])('is refused and leaves no trace: %s', async (_what, address, form, options) => {
    expect((await post(address, form, options)).status).toBe(403);
    expect([...(await calls()), ...(await calls('t2'))]).toEqual([]);
  });

  it('counts refusals and says what to check', async () => {
    await post('/twilio/webhook', {}, { token: 'other' });
    expect(await (await get('/metrics')).text()).toContain(
      'receptionist_signature_refusals_total{why="wrong_signature"} 1',
    );
    expect(messages()).toContainEqual(expect.stringContaining('check TWILIO_AUTH_TOKEN, and PUBLIC_URL'));
  });

  it('is told that nobody has the number', async () => {
    const { status, text } = await post('/twilio/webhook', { To: '+15005550099' });
    expect(status).toBe(200);
    expect(text).toMatch(/not in service here.*<Hangup\/>/s);
  });

  it("does not take over another tenant's call", async () => {
    await post('/twilio/webhook');
    const { text } = await post('/twilio/webhook', { To: '+15005550001', AccountSid: SUB });
    expect(text).toContain('<Hangup/>');
    expect(await calls('t2')).toEqual([]);
  });

  it('is another method, too large or packed', async () => {
    const answer = await get('/twilio/webhook');
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    const large = await fetch(`${daemon.url}/twilio/webhook`, { method: 'POST', body: 'x'.repeat(200_000) });
    expect(large.status).toBe(413);
    const packed = { method: 'POST', body: 'x', headers: { 'Content-Encoding': 'gzip' } };
    expect((await fetch(`${daemon.url}/twilio/webhook`, packed)).status).toBe(415);
  });

  it('is a simulated call: marked, and refused in production', async () => {
    await post('/twilio/webhook', { Simulated: 'true' });
    expect(await calls()).toMatchObject([{ simulated: true }]);
    await daemon.stop();
    daemon = await start(PRODUCTION);
    expect((await post('/twilio/webhook', { CallSid: 'CA2', Simulated: 'true' })).status).toBe(403);
    expect(await calls()).toHaveLength(1);
  });
});

describe('the life of the daemon', () => {
  it('says where it listens', () => {
    expect(logged).toContainEqual(
      expect.objectContaining({
        msg: 'listening',
        port: Number(new URL(daemon.url).port),
        public_url: daemon.url,
      }),
    );
  });

  it('explains a port that is taken', async () => {
    const { port } = new URL(daemon.url);
    await expect(start({ PORT: port })).rejects.toThrow(`Port ${port} is taken`);
  });

  it('answers what was begun before it stops', async () => {
    const body = new URLSearchParams(CALL).toString();
    const signature = webhooks.getExpectedTwilioSignature(TOKEN, `${daemon.url}/twilio/webhook`, CALL);
    const headers = [
      'POST /twilio/webhook HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
      `X-Twilio-Signature: ${signature}`,
      // The daemon says when it has read this far.
      'Expect: 100-continue',
    ];
    let stopped: Promise<void> | undefined;
    const answer = await converse(`${headers.join('\r\n')}\r\n\r\n`, (socket, text) => {
      if (stopped || !text.includes('100 Continue')) return;
      stopped = daemon.stop();
      socket.write(body);
    });
    await stopped;
    expect(answer).toMatch(/HTTP\/1\.1 200 OK.*<Gather/s);
    await expect(get('/health')).rejects.toThrow();
    daemon = await start();
  });
});

/** Speaks over a bare connection until the daemon closes it, and gives all that it said. */
function converse(
  words: string,
  onWords: (socket: Socket, text: string) => void = () => {},
): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(new URL(daemon.url).port), '127.0.0.1', () => socket.write(words));
    socket.on('data', (chunk) => {
      text += chunk;
      onWords(socket, text);
    });
    socket.on('close', () => resolve(text));
  });
}
