import { expect, onTestFinished, test } from 'vitest';
import { signForm } from '../caller/index.ts';
import { ACCOUNT_SID, AUTH_TOKEN, BUSINESS, CALLER, startApp } from '../caller/test-app.ts';
import type { Phone } from './twilio-phones.ts';
import { startTwilioRest, type TwilioRest, type TwilioRestOptions } from './twilio-rest.ts';

const ASKS =
  '<Response><Gather numDigits="1" action="/key"><Say>Press 1.</Say></Gather><Say>Goodbye.</Say></Response>';
const EVENTS = ['initiated', 'ringing', 'answered', 'completed'];

async function start(phone: Phone, options: Partial<TwilioRestOptions> = {}) {
  const app = await startApp({
    '/voice': ASKS,
    '/key': ({ form }) => `<Response><Say>You pressed ${form.Digits}.</Say><Hangup/></Response>`,
    '/status': { status: 204, body: '' },
  });
  const twilio = await startTwilioRest({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    numbers: [BUSINESS],
    phones: { [CALLER]: phone },
    now: () => Date.UTC(2026, 10, 22, 12),
    ...options,
  });
  onTestFinished(twilio.close);
  const place = (fields: Record<string, string | string[]> = {}) =>
    post(twilio, 'Calls', {
      ...{ To: CALLER, From: BUSINESS, Url: `${app.origin}/voice` },
      ...{ StatusCallback: `${app.origin}/status`, StatusCallbackEvent: EVENTS },
      ...fields,
    });
  const told = () =>
    app.asked
      .filter(({ path }) => path === '/status')
      .map(({ form }) => `${form.SequenceNumber} ${form.CallStatus} ${form.CallDuration ?? '-'}`);
  return { app, twilio, place, told };
}

// biome-ignore lint/suspicious/noExplicitAny: what a JSON answer holds is what the tests are about
type Answer = Record<string, any>;

async function post(twilio: TwilioRest, path: string, fields: Record<string, string | string[]>) {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  const response = await fetch(`${twilio.url}/2010-04-01/Accounts/${ACCOUNT_SID}/${path}.json`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`,
    },
    body: new URLSearchParams(pairs),
  });
  return { status: response.status, answer: (await response.json()) as Answer };
}

test('a person picks up, hears the prompt and presses a key', async () => {
  const heard: unknown[] = [];
  const { app, twilio, place, told } = await start(async (call) => {
    heard.push(call.heard, await call.press('1'));
  });
  const { status, answer } = await place();
  expect([status, answer]).toEqual([
    201,
    expect.objectContaining({
      ...{ sid: expect.stringMatching(/^CA[0-9a-f]{32}$/), status: 'queued', direction: 'outbound-api' },
      ...{ from: BUSINESS, to: CALLER, start_time: null, end_time: null, duration: null },
    }),
  ]);
  await twilio.settled();
  expect(heard).toEqual([['Press 1.'], ['You pressed 1.']]);
  expect(told()).toEqual(['0 initiated -', '1 ringing -', '2 in-progress -', '3 completed 1']);
  expect(twilio.calls).toMatchObject([{ sid: answer.sid, status: 'completed', duration: '1' }]);
  expect(twilio.callbacks).toHaveLength(4);
  const fetched = app.asked.find(({ path }) => path === '/voice');
  expect(fetched?.form).toMatchObject({
    ...{ CallSid: answer.sid, Direction: 'outbound-api', CallStatus: 'in-progress' },
    ...{ From: BUSINESS, Caller: BUSINESS, To: CALLER, Called: CALLER },
  });
  expect(fetched?.form).not.toHaveProperty('StirVerstat');
  expect(fetched?.headers['x-twilio-signature']).toBe(
    signForm(AUTH_TOKEN, `${app.origin}/voice`, fetched?.form),
  );
  expect(twilio.unexpected()).toEqual([]);
});

test.each<[Phone, string[]]>([
  ['no-answer', ['0 initiated -', '1 ringing -', '2 no-answer 0']],
  ['busy', ['0 initiated -', '1 busy 0']],
  ['failed', ['0 initiated -', '1 failed 0']],
])('%s: nothing is played', async (phone, statuses) => {
  const { app, twilio, place, told } = await start(phone);
  await place();
  await twilio.settled();
  expect(told()).toEqual(statuses);
  expect(app.asked.map(({ path }) => path)).not.toContain('/voice');
  expect(twilio.calls).toMatchObject([{ status: phone, duration: '0' }]);
});

test('a number without a phone does not answer, and only the end is told unless more is asked for', async () => {
  const { app, twilio, told } = await start('busy', { phones: {} });
  await post(twilio, 'Calls', {
    ...{ To: CALLER, From: BUSINESS, Url: `${app.origin}/voice`, StatusCallback: `${app.origin}/status` },
  });
  await twilio.settled();
  expect(told()).toEqual(['0 no-answer 0']);
});

test('a voicemail box hears everything and presses nothing', async () => {
  const { app, twilio, place } = await start('voicemail');
  await place({ MachineDetection: 'Enable' });
  await twilio.settled();
  expect(twilio.outgoing[0]?.transcript.map(({ text }) => text)).toEqual(['Press 1.', 'Goodbye.']);
  expect(twilio.calls).toMatchObject([{ status: 'completed', duration: '6' }]);
  expect(app.asked.map(({ form }) => form.AnsweredBy)).toEqual([
    ...[undefined, undefined],
    ...['machine_start', 'machine_start', 'machine_start'],
  ]);
});

test('a person who says nothing hears the rest; one who does nothing hangs up', async () => {
  const silent = await start(async (call) => void (await call.staySilent()));
  await silent.place();
  await silent.twilio.settled();
  expect(silent.twilio.outgoing[0]?.transcript.at(-1)?.text).toBe('Goodbye.');

  const brief = await start(async () => {});
  await brief.place();
  await brief.twilio.settled();
  expect(brief.twilio.outgoing[0]?.transcript.map(({ text }) => text)).toEqual(['Press 1.']);
  expect(brief.twilio.calls[0]?.status).toBe('completed');
});

test('TwiML that came with the call is played; relative addresses lead nowhere', async () => {
  const { app, twilio } = await start(async (call) => void (await call.press('7')));
  const order = { To: CALLER, From: BUSINESS };
  await post(twilio, 'Calls', { ...order, Twiml: ASKS.replace('/key', `${app.origin}/key`) });
  await twilio.settled();
  expect(twilio.outgoing[0]?.heard).toEqual(['You pressed 7.']);
  await post(twilio, 'Calls', { ...order, Twiml: ASKS });
  await twilio.settled();
  expect(twilio.unexpected()[0]).toContain('Invalid URL format');
});

test('what goes wrong on a call is unexpected', async () => {
  const { app, twilio, place } = await start(async () => {
    throw new Error('he wanted to hear a name');
  });
  await place({ Url: `${app.origin}/nowhere` });
  await twilio.settled();
  expect(twilio.unexpected()).toEqual([
    expect.stringContaining('answered HTTP 404'),
    `at the phone ${CALLER}: Error: he wanted to hear a name`,
  ]);
  expect(twilio.calls[0]?.status).toBe('completed');
});

test.each<[string, Record<string, string>, number]>([
  ['no recipient', { To: '' }, 21201],
  ['no sender', { From: '' }, 21213],
  ['nothing to play', { Url: '' }, 21205],
  ['a relative address', { Url: '/voice' }, 21205],
  ['an address that is no web address', { Url: 'ftp://a/b' }, 21205],
  ['a bad recipient', { To: '415 555 0123' }, 21211],
  ["a sender that is not the account's", { From: '+14155550199' }, 21210],
  ['a bad method', { Method: 'PUT' }, 21209],
  ['a bad time limit', { Timeout: '0' }, 21208],
  ['a bad callback', { StatusCallback: 'status' }, 21609],
  ['a bad event', { StatusCallbackEvent: 'hung-up' }, 21626],
  ['two sources of TwiML', { Twiml: ASKS }, 20001],
  ['too much TwiML', { Url: '', Twiml: 'x'.repeat(4_001) }, 20001],
])('%s is refused', async (_, fields, code) => {
  const { twilio, place } = await start('busy');
  expect(await place(fields)).toMatchObject({ status: 400, answer: { code } });
  expect(twilio.calls).toEqual([]);
  expect(twilio.unexpected()).toHaveLength(1);
});

test.each([
  ['+15005550004', 21216],
  ['+14155550177', 21215],
])('%s is refused as the test asked', async (to, code) => {
  const { twilio, place } = await start('busy', { refusals: { '+14155550177': 21215 } });
  expect((await place({ To: to })).answer.code).toBe(code);
  expect(twilio.unexpected()).toEqual([]);
});

test('a call that rings can be canceled, one that is answered can be ended or sent elsewhere', async () => {
  const changes: unknown[] = [];
  const { app, twilio, place, told } = await start(async (call) => {
    const change = async (fields: Record<string, string>) =>
      changes.push((await post(twilio, `Calls/${call.callSid}`, fields)).answer.status);
    await change({ Status: 'canceled' });
    await change({ Twiml: '<Response><Say>Somebody has it.</Say><Pause/><Gather/></Response>' });
    while (!call.heard.includes('Somebody has it.')) await new Promise(setImmediate);
    await change({ Status: 'completed' });
    expect(call.waitingFor).toBeNull();
  });
  const { answer } = await place();
  await twilio.settled();
  expect(changes).toEqual(['in-progress', 'in-progress', 'completed']);
  expect(await post(twilio, `Calls/${answer.sid}`, { Status: 'completed' })).toMatchObject({
    answer: { code: 21220 },
  });
  expect(await post(twilio, 'Calls/CA1', { Status: 'completed' })).toMatchObject({ status: 404 });
  expect(told().at(-1)).toBe('3 completed 3');
  expect(app.asked.filter(({ path }) => path === '/key')).toEqual([]);
});

test('canceled while it rings, nobody hears anything', async () => {
  let canceled = () => {};
  const cancellation = new Promise<void>((resolve) => {
    canceled = resolve;
  });
  const { twilio, place } = await start(async () => expect.unreachable('nobody picks up'));
  const slow = await startApp({
    '/status': () => ({ status: 200, headers: {}, parts: after(cancellation), ending: 'end' }),
  });
  const { answer } = await place({ StatusCallback: `${slow.origin}/status` });
  expect(await post(twilio, `Calls/${answer.sid}`, { Status: 'canceled' })).toMatchObject({
    answer: { status: 'canceled', duration: '0' },
  });
  canceled();
  await twilio.settled();
  expect(twilio.outgoing[0]?.transcript).toEqual([]);
  expect(twilio.unexpected()).toEqual([]);
});

async function* after(event: Promise<void>) {
  await event;
  yield 'ok';
}

test('told to hang but accept, it rings', async () => {
  const { twilio, place } = await start('voicemail');
  twilio.fail({ mode: 'http_500' });
  expect(await place().catch(String)).toContain('SyntaxError');
  expect(twilio.calls).toEqual([]);
  twilio.fail({ mode: 'hang_but_accept' });
  place().catch(() => {});
  while (twilio.calls.length === 0) await new Promise(setImmediate);
  await twilio.settled();
  expect(twilio.calls[0]?.status).toBe('completed');
  expect(twilio.unexpected()).toEqual([]);
});
