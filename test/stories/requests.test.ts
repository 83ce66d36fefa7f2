/** What reaches the Twilio addresses: signatures, repetitions and odd input. */
import { repeatRequest, sendSigned } from '@receptionist/simulator/caller';
import twilio from 'twilio';
import { expect, test } from 'vitest';
import { ACCOUNT_SID, AUTH_TOKEN, type FrontDesk, openFrontDesk } from '../harness/front-desk.ts';
import { northside } from '../harness/tenants.ts';

const CALL = {
  CallSid: `CA${'1'.repeat(32)}`,
  AccountSid: ACCOUNT_SID,
  From: '+14155550123',
  To: '+15005550006',
  CallStatus: 'ringing',
  Direction: 'inbound',
  ApiVersion: '2010-04-01',
  CallerName: '',
};

async function conversations({ store }: FrontDesk): Promise<number> {
  return (await store.read.listConversations('t1', { limit: 500, cursor: null })).items.length;
}

function post(
  desk: FrontDesk,
  path: string,
  params: Record<string, string>,
  headers: Record<string, string>,
) {
  return fetch(desk.url + path, { method: 'POST', body: new URLSearchParams(params), headers });
}

test('the official package signs it: it is accepted, also with a query and empty parameters', async () => {
  const desk = await openFrontDesk();
  const path = '/twilio/webhook?source=a%20b&source=c&empty=';
  const signature = twilio.getExpectedTwilioSignature(AUTH_TOKEN, desk.url + path, CALL);
  const response = await post(desk, path, CALL, { 'x-twilio-signature': signature });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/xml/);
  expect(await response.text()).toContain('Thank you for calling Northside Dental.');
});

test('one byte changed, another URL, no header, a wrong token, two headers: 403, and nothing is written', async () => {
  const desk = await openFrontDesk();
  const url = `${desk.url}/twilio/webhook`;
  const sign = (token: string, to: string, params: Record<string, string>) =>
    twilio.getExpectedTwilioSignature(token, to, params);
  const right = sign(AUTH_TOKEN, url, CALL);
  const forged: [Record<string, string>, Record<string, string>][] = [
    [{ ...CALL, From: '+14155550124' }, { 'x-twilio-signature': right }],
    [CALL, { 'x-twilio-signature': sign(AUTH_TOKEN, `${desk.url}/twilio/webhook/`, CALL) }],
    [CALL, {}],
    [CALL, { 'x-twilio-signature': '' }],
    [CALL, { 'x-twilio-signature': sign('another-token', url, CALL) }],
    [CALL, { 'x-twilio-signature': `${right}, ${right}` }],
    [{ ...CALL, Extra: '1' }, { 'x-twilio-signature': right }],
  ];
  for (const [params, headers] of forged) {
    const response = await post(desk, '/twilio/webhook', params, headers);
    expect([response.status, headers]).toEqual([403, headers]);
  }
  expect(await conversations(desk)).toBe(0);
});

test('headers of a proxy do not change what the signature is computed over', async () => {
  const desk = await openFrontDesk({ settings: { PUBLIC_URL: 'https://phone.example' } });
  const behindProxy = { 'x-forwarded-host': 'elsewhere.example', 'x-forwarded-proto': 'http' };
  for (const address of ['https://phone.example', 'https://phone.example:443']) {
    const signature = twilio.getExpectedTwilioSignature(AUTH_TOKEN, `${address}/twilio/webhook`, CALL);
    const response = await post(desk, '/twilio/webhook', CALL, {
      ...behindProxy,
      'x-twilio-signature': signature,
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('https://phone.example/twilio/voice/turn?turn=2');
  }
});

test('a subaccount signs with its own token, and speaks only for tenants that name it', async () => {
  const sub = `AC${'a'.repeat(32)}`;
  const settings = { TWILIO_ACCOUNTS: `${sub}:the-token-of-the-subaccount` };
  const own = northside({ tenant_id: 't2', numbers: ['+15005550007'], twilio_account_sid: sub });
  const other = northside({ tenant_id: 't3', numbers: ['+15005550008'], twilio_account_sid: ACCOUNT_SID });
  const desk = await openFrontDesk({ settings, tenants: [own, other] });
  const status = async (To: string, token: string) => {
    const params = { ...CALL, AccountSid: sub, To };
    const signature = twilio.getExpectedTwilioSignature(token, `${desk.url}/twilio/webhook`, params);
    return (await post(desk, '/twilio/webhook', params, { 'x-twilio-signature': signature })).status;
  };
  expect(await status('+15005550007', 'the-token-of-the-subaccount')).toBe(200);
  expect(await status('+15005550007', AUTH_TOKEN)).toBe(403);
  expect(await status('+15005550008', 'the-token-of-the-subaccount')).toBe(403);
});

test('a repeated request gets the same reply and makes no second turn, also at the same moment', async () => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await call.say('I want to leave a message');
  await call.say('Tell them that the door is open');
  await desk.alerts();

  for (const exchange of [...call.requests]) {
    const [again, atOnce] = await Promise.all([repeatRequest(exchange), repeatRequest(exchange)]);
    expect([again.body, atOnce.body]).toEqual([exchange.body, exchange.body]);
    const anotherToken = {
      ...exchange,
      headers: { ...exchange.headers, 'i-twilio-idempotency-token': crypto.randomUUID() },
    };
    expect((await repeatRequest(anotherToken)).body).toBe(exchange.body);
  }
  expect(await conversations(desk)).toBe(1);
  expect(await desk.alerts()).toEqual([]);
  const [entry] = await desk.entries();
  expect((await desk.entry(entry?.entry_id ?? '')).timeline.map(({ action }) => action)).toEqual([
    'filed',
    'alerted',
  ]);
  await call.hangUp();
});

test('the first request twice at the same moment is one call', async () => {
  const desk = await openFrontDesk();
  const send = () => sendSigned({ url: `${desk.url}/twilio/webhook`, authToken: AUTH_TOKEN, params: CALL });
  const answers = await Promise.all(Array.from({ length: 10 }, send));
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(await conversations(desk)).toBe(1);
});

test("a number that is nobody's: the caller hears so, and nothing is stored", async () => {
  const desk = await openFrontDesk();
  const call = await desk.ring('+14155550123', '+15005550099');
  expect(call.heard.join(' ')).toContain('not in service');
  expect([call.status, call.problems]).toEqual(['completed', []]);
  expect(await conversations(desk)).toBe(0);
});

test.each(['anonymous', 'Restricted', '+266696687', 'client:browser', 'sip:bob@example.com', ''])(
  'a caller whose number is withheld (%j) is served, and asked for a number where it matters',
  async (from) => {
    const desk = await openFrontDesk();
    const call = await desk.ring(from);
    await call.say('I want to speak to a person');
    const [entry] = await desk.entries();
    expect(entry).toMatchObject({ caller: null, reason: 'caller_asked_for_human' });
    const [alert] = await desk.alerts();
    expect(alert?.lines().join('\n')).toContain('withheld');
    await call.hangUp();
  },
);

test.each([
  ['4,000 characters', 'blah '.repeat(800)],
  ['emoji', '😀👩‍👩‍👧‍👦🏳️‍🌈'],
  ['control characters', 'a\u0000b\u0007c\u001b[31m\u000b'],
  ['lone surrogates', '\ud800 hello \udfff'],
  ['markup', '</Say></Response><Dial>+1900</Dial> & <!channel> ]]>'],
  ['right to left', '\u202eolleh\u202c مرحبا'],
  ['digits alone', '0000000000000000000000'],
])('the caller says %s: the answer can be played', async (_, words) => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await call.say(words);
  if (call.status === 'in-progress') await call.say(words);
  expect(call.problems).toEqual([]);
  expect(call.heard.join('')).not.toBe('');
  const [alert] = await desk.alerts();
  expect(alert?.mentions.includes('channel') ?? false).toBe(false);
  await call.hangUp();
});

test('nothing said at all: asked again, then a polite end that pages nobody', async () => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await call.staySilent();
  await call.staySilent();
  if (call.status === 'in-progress') await call.staySilent();
  expect([call.status, call.problems]).toEqual(['completed', []]);
  expect(await desk.entries()).toEqual([]);
});

test('card numbers never get further than the door', async () => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await call.say('I want to pay, my card is 4242 4242 4242 4242 and the security code is 123');
  await call.say('that was four two four two four two four two four two four two four two four two');
  const [entry] = await desk.entries();
  const everything = JSON.stringify([
    await desk.entry(entry?.entry_id ?? ''),
    desk.log,
    (await desk.alerts()).map((a) => a.lines()),
  ]);
  expect(everything).not.toMatch(/4242|four two four two/);
  expect(everything).toContain('[card number]');
  await call.hangUp();
});

test('a text is answered with words, not with an error', async () => {
  const desk = await openFrontDesk();
  const params = {
    MessageSid: `SM${'2'.repeat(32)}`,
    AccountSid: ACCOUNT_SID,
    From: '+14155550123',
    To: '+15005550006',
    Body: 'hi',
  };
  const answer = await sendSigned({ url: `${desk.url}/twilio/webhook`, authToken: AUTH_TOKEN, params });
  expect([answer.status, answer.body]).toEqual([
    200,
    expect.stringMatching(/<Message [^>]+>[^<]+<\/Message>/),
  ]);
});

test('the daemon is stopped and started in the middle of a call: the call goes on', async () => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await desk.restart();
  await call.say('I would like to leave a message');
  await desk.restart();
  await call.say('The blue door please');
  expect(call.problems).toEqual([]);
  expect(await desk.alerts()).toHaveLength(1);
  await call.hangUp();
});
