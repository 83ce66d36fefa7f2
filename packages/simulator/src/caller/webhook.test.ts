import { createServer } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { repeatRequest, sendSigned } from './exchange.ts';
import { APPLICATION_ERROR, signForm } from './index.ts';
import { AUTH_TOKEN, callApp, startApp, type TestApp } from './test-app.ts';

const BYE = '<Response><Say>Bye.</Say></Response>';

afterEach(() => vi.useRealTimers());

const tokens = (app: TestApp) => app.asked.map(({ headers }) => headers['i-twilio-idempotency-token']);

/** The first `failures` answers fail. */
function failingApp(failures: number, failure: 'reset' | 'hang' | { status: number; body: string }) {
  let left = failures;
  return startApp({
    '/voice': () => {
      left -= 1;
      return left >= 0 ? failure : BYE;
    },
  });
}

test.each([
  ['a server error', '#rp=5xx&rc=2', 2, { status: 503, body: '' }],
  ['a client error', '#rp=4xx&rc=1', 1, { status: 429, body: '' }],
  ['a cut connection', '#rp=rt&rc=1', 1, 'reset' as const],
  ['a silent server', '#rp=rt&rc=1&rt=100', 1, 'hang' as const],
])('%s is tried again with the same token, body and signature', async (_, overrides, failures, failure) => {
  const app = await failingApp(failures, failure);
  const call = await callApp(app, { voiceUrl: `${app.origin}/voice${overrides}` });
  expect(call.heard).toEqual(['Bye.']);
  expect(call.problems).toEqual([]);
  expect(app.asked).toHaveLength(failures + 1);
  expect(call.requests).toHaveLength(failures + 1);
  expect(new Set(tokens(app)).size).toBe(1);
  expect(new Set(app.asked.map(({ body }) => body)).size).toBe(1);
  expect(new Set(app.asked.map(({ headers }) => headers['x-twilio-signature'])).size).toBe(1);
});

test('without overrides an answered failure is not tried again', async () => {
  const app = await failingApp(1, { status: 500, body: '' });
  const call = await callApp(app);
  expect(call.heard).toEqual([APPLICATION_ERROR]);
  expect(app.asked).toHaveLength(1);
});

test('without overrides a refused connection is tried twice', async () => {
  const call = await callApp({ origin: `http://127.0.0.1:${await unusedPort()}`, asked: [] });
  expect(call.problems.map(({ code }) => code)).toEqual([11205]);
  expect(call.requests.map(({ failure }) => failure?.cause)).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
});

test('the retries of the options hold where the address has none of its own', async () => {
  const app = await failingApp(1, { status: 500, body: '' });
  const call = await callApp(app, { connect: { retries: 1, retryOn: ['5xx'] } });
  expect(call.heard).toEqual(['Bye.']);
});

test('each turn has a token of its own', async () => {
  const app = await startApp({ '/voice': '<Response><Gather/></Response>' });
  const call = await callApp(app);
  await call.press('1');
  expect(new Set(tokens(app)).size).toBe(2);
});

test('15 seconds are the end, whatever the retries are', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const arrived = Promise.withResolvers<void>();
  const app = await startApp({
    '/voice': () => {
      arrived.resolve();
      return 'hang';
    },
  });
  const calling = callApp(app, { voiceUrl: `${app.origin}/voice#rc=5&rp=all` });
  await arrived.promise;
  let over = false;
  void calling.then(() => {
    over = true;
  });
  await vi.advanceTimersByTimeAsync(14_000);
  expect(over).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  const call = await calling;
  expect(call.heard).toEqual([APPLICATION_ERROR]);
  expect(call.problems).toEqual([expect.objectContaining({ code: 11205 })]);
  expect(call.requests).toHaveLength(1);
});

test.each([
  [307, 'POST', true],
  [308, 'POST', true],
  [301, 'GET', false],
  [302, 'GET', false],
  [303, 'GET', false],
])('a redirect with %i is followed as a %s', async (status, method, withFields) => {
  const app = await startApp({
    '/voice': { status, headers: { location: '/moved?x=1' }, body: '' },
    '/moved': BYE,
  });
  const call = await callApp(app);
  expect(call.heard).toEqual(['Bye.']);
  const moved = app.asked[1];
  expect(moved?.method).toBe(method);
  expect('CallSid' in (moved?.form ?? {})).toBe(withFields);
  const signed = withFields ? moved?.form : {};
  expect(moved?.headers['x-twilio-signature']).toBe(signForm(AUTH_TOKEN, `${app.origin}/moved?x=1`, signed));
});

test('a document fetched with GET goes on at its own address, not at that of its fields', async () => {
  const app = await startApp({
    '/voice': '<Response><Redirect method="GET">/next?x=1</Redirect></Response>',
    '/next': '<Response><Gather/></Response>',
  });
  const call = await callApp(app);
  expect(call.waitingFor).toMatchObject({ actionUrl: `${app.origin}/next?x=1` });
});

test('ten redirects are followed, not more', async () => {
  const app = await startApp({ '/voice': { status: 307, headers: { location: '/voice' }, body: '' } });
  const call = await callApp(app);
  expect(call.problems.map(({ code }) => code)).toEqual([11215]);
  expect(app.asked).toHaveLength(11);
});

test('a host that does not exist is named', async () => {
  const call = await callApp({ origin: 'http://nothing.invalid', asked: [] });
  expect(call.problems.map(({ code }) => code)).toEqual([11210]);
});

test('a request can be repeated as it was', async () => {
  const app = await startApp({ '/voice': BYE });
  const call = await callApp(app);
  const [first] = call.requests;
  if (!first) throw new Error('the call made no request');
  const again = await repeatRequest(first);
  expect(again.body).toBe(first.body);
  expect(app.asked[1]).toEqual(app.asked[0]);
});

test('requests can be signed wrongly or not at all', async () => {
  const app = await startApp({ '/x': BYE });
  const url = `${app.origin}/x`;
  const send = (more: object) => sendSigned({ url, authToken: AUTH_TOKEN, params: { A: '1' }, ...more });
  await send({});
  await send({ signedUrl: 'https://elsewhere.test/x' });
  await send({ signature: 'nonsense' });
  await send({ signature: null });
  await send({ json: '{"a":1}', params: {} });
  expect(app.asked.map(({ headers }) => headers['x-twilio-signature'])).toEqual([
    signForm(AUTH_TOKEN, url, { A: '1' }),
    signForm(AUTH_TOKEN, 'https://elsewhere.test/x', { A: '1' }),
    'nonsense',
    undefined,
    signForm(AUTH_TOKEN, `${app.origin}${app.asked[4]?.path}`),
  ]);
  expect(app.asked[4]).toMatchObject({
    body: '{"a":1}',
    path: expect.stringMatching(/^\/x\?bodySHA256=[0-9a-f]{64}$/),
  });
});

test('the path leaves as it was written', async () => {
  const app = await startApp({});
  const path = "/it's/%7Eme?a=%20b+c&d=(e)|f";
  await sendSigned({ url: app.origin + path, authToken: AUTH_TOKEN });
  expect(app.asked[0]?.path).toBe(path);
});

/** A port on which nobody listens, a moment ago at least. */
async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
