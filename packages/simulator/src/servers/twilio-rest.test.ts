import { expect, onTestFinished, test } from 'vitest';
import { signForm } from '../caller/index.ts';
import { startApp } from '../caller/test-app.ts';
import { startTwilioRest, type TwilioRestOptions } from './twilio-rest.ts';

const SID = 'AC0123456789abcdef0123456789abcdef';
const TOKEN = '12345678901234567890123456789012';
const OURS = '+15005550006';
const THEIRS = '+14155550123';
const NOON = Date.UTC(2026, 10, 22, 12);

async function start(options: Partial<TwilioRestOptions> = {}) {
  const twilio = await startTwilioRest({
    accountSid: SID,
    authToken: TOKEN,
    numbers: [OURS, '+14155550100'],
    now: () => NOON,
    ...options,
  });
  onTestFinished(twilio.close);
  const ask = async (
    method: 'GET' | 'POST',
    path: string,
    fields: Record<string, string> = {},
    token = TOKEN,
  ) => {
    const response = await fetch(`${twilio.url}/2010-04-01/Accounts/${SID}${path}`, {
      method,
      headers: { authorization: `Basic ${Buffer.from(`${SID}:${token}`).toString('base64')}` },
      ...(method === 'POST' ? { body: new URLSearchParams(fields) } : {}),
      signal: AbortSignal.timeout(300),
    });
    const answer = (await response.json()) as Answer;
    return { status: response.status, answer, headers: response.headers };
  };
  const text = (fields: Record<string, string> = {}) =>
    ask('POST', '/Messages.json', { From: OURS, To: THEIRS, Body: 'Hello.', ...fields });
  return { twilio, ask, text };
}
// biome-ignore lint/suspicious/noExplicitAny: what a JSON answer holds is what the tests are about
type Answer = Record<string, any>;

test('the account is shown to whoever has its token', async () => {
  const { twilio, ask } = await start();
  const { status, answer } = await ask('GET', '.json');
  expect([status, answer.sid, answer.status]).toEqual([200, SID, 'active']);
  expect(await ask('GET', '.json', {}, 'wrong')).toMatchObject({
    status: 401,
    answer: {
      code: 20003,
      message: 'Authenticate',
      more_info: 'https://www.twilio.com/docs/errors/20003',
      status: 401,
    },
  });
  expect(twilio.unexpected()).toEqual(['GET : 20003 (Authenticate)']);
  expect(JSON.stringify(twilio.requests)).not.toContain(TOKEN);
});

test('what is not there is 404, and another method 405', async () => {
  const { twilio, ask } = await start();
  expect((await ask('GET', '/Recordings.json')).answer.code).toBe(20404);
  expect((await ask('GET', '/Calls/CA1.json')).answer.code).toBe(20404);
  expect((await ask('GET', '/toString.json')).answer.code).toBe(20404);
  expect((await ask('GET', '/Messages')).answer.code).toBe(20404);
  expect(await ask('POST', '/IncomingPhoneNumbers.json')).toMatchObject({
    status: 405,
    answer: { code: 20004 },
  });
  expect(twilio.unexpected()).toHaveLength(5);
});

test('a message is taken, then its statuses are told in signed callbacks', async () => {
  const app = await startApp({ '/status': { status: 204, body: '' } });
  const { twilio, ask, text } = await start();
  const { status, answer } = await text({ StatusCallback: `${app.origin}/status?x=1` });
  expect([status, answer]).toEqual([
    201,
    expect.objectContaining({
      ...{ sid: expect.stringMatching(/^SM[0-9a-f]{32}$/), account_sid: SID, from: OURS, to: THEIRS },
      ...{ body: 'Hello.', status: 'queued', num_segments: '1', error_code: null, direction: 'outbound-api' },
      ...{ date_created: 'Sun, 22 Nov 2026 12:00:00 +0000', date_sent: null },
    }),
  ]);
  await twilio.settled();
  expect(app.asked.map(({ form }) => form.MessageStatus)).toEqual(['queued', 'sent', 'delivered']);
  expect(app.asked[2]?.form).toMatchObject({ MessageSid: answer.sid, From: OURS, To: THEIRS });
  expect(app.asked[2]?.headers['x-twilio-signature']).toBe(
    signForm(TOKEN, `${app.origin}/status?x=1`, app.asked[2]?.form),
  );
  expect((await ask('GET', `/Messages/${answer.sid}.json`)).answer).toMatchObject({
    status: 'delivered',
    date_sent: 'Sun, 22 Nov 2026 12:00:00 +0000',
  });
  expect(twilio.callbacks).toHaveLength(3);
  expect(twilio.unexpected()).toEqual([]);
});

test('a landline gives the message back', async () => {
  const app = await startApp({ '/status': { status: 204, body: '' } });
  const { twilio, text } = await start({
    deliveries: { [THEIRS]: { status: 'undelivered', errorCode: 30006 } },
  });
  await text({ StatusCallback: `${app.origin}/status` });
  await text({ StatusCallback: `${app.origin}/status`, From: `whatsapp:${OURS}`, To: `whatsapp:${THEIRS}` });
  await twilio.settled();
  expect(twilio.messages).toMatchObject([
    { status: 'undelivered', error_code: 30006, error_message: 'Landline or unreachable carrier' },
    { status: 'undelivered', to: `whatsapp:${THEIRS}` },
  ]);
  const codes = app.asked.map(({ form }) => `${form.MessageStatus} ${form.ErrorCode ?? ''}`);
  expect(codes.filter((code) => code === 'undelivered 30006')).toHaveLength(2);
  expect(codes.filter((code) => code.includes('30006'))).toHaveLength(2);
});

test('a callback that cannot be made is unexpected', async () => {
  const app = await startApp({});
  const { twilio, text } = await start();
  await text({ StatusCallback: `${app.origin}/status` });
  await twilio.settled();
  expect(twilio.unexpected()).toHaveLength(3);
  expect(twilio.unexpected()[0]).toContain('answered HTTP 404');
});

test.each<[string, Record<string, string>, number, boolean]>([
  ['no recipient', { To: '' }, 21604, false],
  ['no sender', { From: '' }, 21603, false],
  ['no body', { Body: '' }, 21602, false],
  ['a long body', { Body: 'a'.repeat(1601) }, 21617, false],
  ['a recipient that is no number', { To: '555-0123' }, 21211, false],
  ["somebody else's number as sender", { From: '+14155550199' }, 21606, false],
  ['two channels', { To: `whatsapp:${THEIRS}` }, 21910, false],
  ['a callback that is no address', { StatusCallback: '/status' }, 21609, false],
  ['the magic invalid recipient', { To: '+15005550001' }, 21211, true],
  ['the magic unroutable recipient', { To: '+15005550002' }, 21612, true],
  ['the magic recipient without permission', { To: '+15005550003' }, 21408, true],
  ['the magic recipient who opted out', { To: '+15005550004' }, 21610, true],
  ['the magic recipient that is no mobile', { To: '+15005550009' }, 21614, true],
  ['the magic invalid sender', { From: '+15005550001' }, 21212, true],
  ['the magic sender that is not ours', { From: '+15005550007' }, 21606, true],
  ['the magic sender with a full queue', { From: '+15005550008' }, 21611, true],
  ['a recipient that the test has opted out', { To: '+14155550111' }, 21610, true],
])('%s is refused', async (_, fields, code, excused) => {
  const { twilio, text } = await start({ refusals: { '+14155550111': 21610 } });
  const { status, answer } = await text(fields);
  expect(answer).toMatchObject({ code, status, message: expect.not.stringContaining('$') });
  expect(status).toBe(code === 21611 ? 429 : 400);
  expect(twilio.messages).toEqual([]);
  expect(twilio.requests[0]?.outcome).toBe(String(code));
  expect(twilio.unexpected()).toHaveLength(excused ? 0 : 1);
});

test('what Twilio would ignore is noted', async () => {
  const { twilio, text } = await start();
  expect((await text({ statusCallback: 'http://a.test/' })).status).toBe(201);
  expect(twilio.unexpected()).toEqual(['POST Messages: ok ("statusCallback" is ignored here)']);
  await fetch(`${twilio.url}/2010-04-01/Accounts/${SID}/Messages.json`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${SID}:${TOKEN}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ To: THEIRS }),
  });
  expect(twilio.unexpected()[1]).toContain('content type application/json: only a form is read');
});

test('a number is found and its webhooks are set', async () => {
  const { twilio, ask } = await start();
  const list = await ask('GET', `/IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(OURS)}`);
  expect(list.answer).toMatchObject({
    incoming_phone_numbers: [{ phone_number: OURS, voice_url: '', voice_application_sid: null }],
    ...{ page: 0, page_size: 50, next_page_uri: null },
  });
  const [number] = list.answer.incoming_phone_numbers;
  const set = await ask('POST', `/IncomingPhoneNumbers/${number.sid}.json`, {
    VoiceUrl: 'https://a.test/twilio/webhook#rc=2',
    VoiceMethod: 'POST',
    SmsFallbackUrl: 'https://b.test/sms.xml',
    SmsFallbackMethod: 'GET',
    StatusCallback: 'https://a.test/twilio/status/call',
  });
  expect(set).toMatchObject({
    status: 200,
    answer: {
      voice_url: 'https://a.test/twilio/webhook#rc=2',
      sms_fallback_method: 'GET',
      status_callback: 'https://a.test/twilio/status/call',
      sms_url: '',
    },
  });
  expect((await ask('GET', `/IncomingPhoneNumbers/${number.sid}.json`)).answer).toEqual(set.answer);
  expect(twilio.numbers[0]).toEqual(set.answer);
  expect(twilio.unexpected()).toEqual([]);
});

test('a part of a number finds it too, and a name', async () => {
  const { ask } = await start();
  const found = async (query: string) =>
    (await ask('GET', `/IncomingPhoneNumbers.json${query}`)).answer.incoming_phone_numbers.map(
      (number: Answer) => number.phone_number,
    );
  expect(await found('')).toEqual([OURS, '+14155550100']);
  expect(await found('?PhoneNumber=415')).toEqual(['+14155550100']);
  expect(await found('?PhoneNumber=1500555*006')).toEqual([OURS]);
  expect(await found(`?FriendlyName=${encodeURIComponent(OURS)}`)).toEqual([OURS]);
  expect(await found('?PhoneNumber=99')).toEqual([]);
});

test.each([
  ['an address that is none', { VoiceUrl: 'a.test/voice' }, 21402],
  ['a method that is none', { SmsMethod: 'post' }, 21403],
])('%s changes nothing', async (_, fields, code) => {
  const { twilio, ask } = await start();
  const path = `/IncomingPhoneNumbers/${twilio.numbers[0]?.sid}.json`;
  expect((await ask('POST', path, { FriendlyName: 'x', ...fields })).answer.code).toBe(code);
  expect(twilio.numbers[0]?.friendly_name).toBe(OURS);
});

test('a trunk and an application take a number from each other', async () => {
  const { twilio } = await start();
  const masters = () => [twilio.numbers[0]?.voice_application_sid, twilio.numbers[0]?.trunk_sid];
  twilio.configure(OURS, { VoiceApplicationSid: 'AP1', VoiceUrl: 'https://a.test/' });
  expect(masters()).toEqual(['AP1', null]);
  twilio.configure(OURS, { TrunkSid: 'TK1' });
  expect(masters()).toEqual([null, 'TK1']);
  twilio.configure(OURS, { TrunkSid: '' });
  expect(masters()).toEqual([null, null]);
  expect(() => twilio.configure(THEIRS, {})).toThrow('no number of this account');
});

test('calls are listed newest first, page by page, also while new ones come in', async () => {
  const { twilio, ask } = await start();
  const calls = [0, 1, 2, 3, 4].map((hour) =>
    twilio.addCall({ from: THEIRS, to: OURS, startedAt: NOON + hour * 3_600_000 }),
  );
  const sids: string[] = [];
  let next: string | null =
    `/2010-04-01/Accounts/${SID}/Calls.json?To=${encodeURIComponent(OURS)}&PageSize=2`;
  for (let pages = 0; next; pages += 1) {
    const { answer }: { answer: Answer } = await ask('GET', next.replace(/^.*?AC[0-9a-f]{32}/, ''));
    sids.push(...answer.calls.map((call: Answer) => call.sid));
    expect(answer.page).toBe(pages);
    if (pages === 0) twilio.addCall({ from: THEIRS, to: OURS, startedAt: NOON + 9 * 3_600_000 });
    next = answer.next_page_uri;
  }
  expect(sids).toEqual(calls.map(({ sid }) => sid).reverse());
  expect(twilio.unexpected()).toEqual([]);
});

test('calls are chosen by number, status and time', async () => {
  const { twilio, ask } = await start();
  twilio.addCall({ from: THEIRS, to: OURS, startedAt: Date.UTC(2026, 10, 21, 23, 59), callSid: 'CA1' });
  twilio.addCall({ from: THEIRS, to: OURS, startedAt: Date.UTC(2026, 10, 22), callSid: 'CA2' });
  twilio.addCall({ from: THEIRS, to: OURS, callSid: 'CA3', status: 'no-answer', duration: 0 });
  twilio.addCall({ from: OURS, to: THEIRS, callSid: 'CA4' });
  const sids = async (query: string) =>
    (await ask('GET', `/Calls.json?${query}`)).answer.calls?.map((call: Answer) => call.sid);
  expect(await sids('StartTime>=2026-11-22')).toEqual(['CA3', 'CA4', 'CA2']);
  expect(await sids('StartTime%3E=2026-11-22T11:59:59Z')).toEqual(['CA3', 'CA4']);
  expect(await sids('StartTime<=2026-11-22')).toEqual(['CA2', 'CA1']);
  expect(await sids('StartTime=2026-11-21')).toEqual(['CA1']);
  expect(await sids(`To=${encodeURIComponent(OURS)}&Status=no-answer`)).toEqual(['CA3']);
  expect((await ask('GET', '/Calls/CA3.json')).answer).toMatchObject({
    ...{ status: 'no-answer', duration: '0', phone_number_sid: twilio.numbers[0]?.sid },
    ...{ start_time: 'Sun, 22 Nov 2026 12:00:00 +0000' },
  });
});

test.each(['StartTime>=yesterday', 'StartTime=2026-13-01', 'PageSize=0', 'PageSize=ten', 'Page=1'])(
  '%s is refused',
  async (query) => {
    const { ask } = await start();
    expect(await ask('GET', `/Calls.json?${query}`)).toMatchObject({ status: 400, answer: { code: 20001 } });
  },
);

test('told to fail, it does so as often as told', async () => {
  const { twilio, text } = await start();
  twilio.fail({ mode: 'rate_limited', times: 2, retryAfter: 7 });
  for (let time = 0; time < 2; time += 1) {
    const { status, answer, headers } = await text();
    expect([status, answer.code, headers.get('retry-after')]).toEqual([429, 20429, '7']);
  }
  expect((await text()).status).toBe(201);
  twilio.fail({ mode: 'http_500', untilCleared: true });
  await expect(text()).rejects.toThrow('JSON');
  await expect(text()).rejects.toThrow('JSON');
  twilio.recover();
  expect((await text()).status).toBe(201);
  expect(twilio.messages).toHaveLength(2);
  expect(twilio.unexpected()).toEqual([]);
});

test.each([
  ['refuse', 'ECONNRESET', 0],
  ['hang', 'TimeoutError', 0],
  ['hang_but_accept', 'TimeoutError', 1],
] as const)('told to %s, it gives no answer', async (mode, name, messages) => {
  const { twilio, text } = await start();
  twilio.fail({ mode });
  const error = await text().then(
    () => null,
    (error) => error,
  );
  expect(error?.cause?.code ?? error?.name).toBe(name);
  expect(twilio.messages).toHaveLength(messages);
});
