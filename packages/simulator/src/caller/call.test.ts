import { expect, test } from 'vitest';
import { APPLICATION_ERROR, type CallEvent, createTwilio, signForm } from './index.ts';
import { AUTH_TOKEN, BUSINESS, CALLER, callApp, startApp, twiml } from './test-app.ts';

const LISTEN = '<Response><Gather input="speech dtmf" action="/turn"><Say>Hello.</Say></Gather></Response>';
const BYE = '<Response><Say>Bye.</Say></Response>';

test('a call: greeting, a turn, goodbye, status callback', async () => {
  const app = await startApp({
    '/voice': LISTEN,
    '/turn': ({ form }) => `<Response><Say>You said ${form.SpeechResult}.</Say><Hangup/></Response>`,
    '/status': { status: 204, body: '' },
  });
  const call = await callApp(app, { statusCallbackUrl: `${app.origin}/status` });
  expect(call.status).toBe('in-progress');
  expect(call.heard).toEqual(['Hello.']);
  expect(call.waitingFor).toEqual({
    kind: 'gather',
    input: ['speech', 'dtmf'],
    hints: [],
    timeoutSeconds: 5,
    actionUrl: `${app.origin}/turn`,
  });
  expect(await call.say('good day', { confidence: 0.5 })).toEqual(['You said good day.']);
  expect(call.status).toBe('completed');
  expect(call.waitingFor).toBeNull();
  expect(call.problems).toEqual([]);
  expect(call.transcript).toEqual([
    { speaker: 'receptionist', text: 'Hello.' },
    { speaker: 'caller', text: 'good day' },
    { speaker: 'receptionist', text: 'You said good day.' },
  ]);
  expect(app.asked.map(({ path, form }) => [path, form.CallStatus])).toEqual([
    ['/voice', 'ringing'],
    ['/turn', 'in-progress'],
    ['/status', 'completed'],
  ]);
  expect(app.asked[1]?.form).toMatchObject({ SpeechResult: 'good day', Confidence: '0.5' });
  expect(app.asked[2]?.form).toMatchObject({
    CallDuration: '2',
    SequenceNumber: '0',
    CallbackSource: 'call-progress-events',
    Timestamp: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/),
  });
});

test('every request has the base fields and is signed over the address without its fragment', async () => {
  const app = await startApp({ '/voice': BYE });
  const voiceUrl = `${app.origin}/voice?tenant=t1&x=`;
  const call = await callApp(app, { voiceUrl: `${voiceUrl}#rc=2`, extraParameters: { Simulated: 'true' } });
  const [asked] = app.asked;
  expect(asked?.path).toBe('/voice?tenant=t1&x=');
  expect(asked?.form).toEqual({
    ...{ AccountSid: 'AC0123456789abcdef0123456789abcdef', ApiVersion: '2010-04-01', CallSid: call.callSid },
    ...{
      CallStatus: 'ringing',
      Direction: 'inbound',
      StirVerstat: 'TN-Validation-Passed-A',
      Simulated: 'true',
    },
    ...{ From: CALLER, FromCity: '', FromState: '', FromZip: '', FromCountry: 'US' },
    ...{ To: BUSINESS, ToCity: '', ToState: '', ToZip: '', ToCountry: 'US' },
    ...{ Caller: CALLER, CallerCity: '', CallerState: '', CallerZip: '', CallerCountry: 'US' },
    ...{ Called: BUSINESS, CalledCity: '', CalledState: '', CalledZip: '', CalledCountry: 'US' },
  });
  expect(call.callSid).toMatch(/^CA[0-9a-f]{32}$/);
  expect(asked?.headers).toMatchObject({
    'user-agent': 'TwilioProxy/1.1',
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'x-twilio-signature': signForm(AUTH_TOKEN, voiceUrl, asked?.form),
    'i-twilio-idempotency-token': expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

test('a withheld number has no country and no attestation', async () => {
  const app = await startApp({ '/voice': BYE });
  const twilio = createTwilio({ accountSid: 'AC1', authToken: AUTH_TOKEN, voiceUrl: `${app.origin}/voice` });
  await twilio.placeCall({ from: 'anonymous', to: BUSINESS });
  expect(app.asked[0]?.form).toMatchObject({ From: 'anonymous', Caller: 'anonymous', FromCountry: '' });
  expect(app.asked[0]?.form).not.toHaveProperty('StirVerstat');
});

test('a CallSid that Twilio would not give is refused', async () => {
  const twilio = createTwilio({ accountSid: 'AC1', authToken: AUTH_TOKEN, voiceUrl: 'http://127.0.0.1:1/' });
  await expect(twilio.placeCall({ from: CALLER, to: BUSINESS, callSid: 'CA1' })).rejects.toThrow('32 hex');
});

test('verbs play in order until a Gather listens', async () => {
  const slept: number[] = [];
  const app = await startApp({
    '/voice': `<Response>
      <Say loop="2">Welcome.</Say><Pause length="3"/><Play>/music.mp3</Play>
      <Redirect>next?a=1&amp;b=2</Redirect><Say>never heard</Say>
    </Response>`,
    '/music.mp3': twiml('music', 'audio/mpeg'),
    '/next': '<Response><Gather><Say>Press.</Say><Pause/></Gather><Say>not yet</Say></Response>',
  });
  const call = await callApp(app, { sleep: async (ms) => void slept.push(ms) });
  expect(call.heard).toEqual(['Welcome.', 'Welcome.', `(plays ${app.origin}/music.mp3)`, 'Press.']);
  expect(slept).toEqual([3000, 1000]);
  expect(app.asked.map(({ path }) => path)).toEqual(['/voice', '/music.mp3', '/next?a=1&b=2']);
  expect(app.asked[2]?.form.CallStatus).toBe('in-progress');
});

test('the action is relative to the document, and the document itself where there is none', async () => {
  const app = await startApp({
    '/a/voice': '<Response><Gather action="../b/turn?x=1"/></Response>',
    '/b/turn': ({ form }) => (form.Digits === '2' ? BYE : '<Response><Gather/></Response>'),
  });
  const call = await callApp(app, { voiceUrl: `${app.origin}/a/voice` });
  await call.press('1');
  expect(call.waitingFor).toMatchObject({ actionUrl: `${app.origin}/b/turn?x=1` });
  expect(await call.press('2')).toEqual(['Bye.']);
});

test('a GET carries its fields in the query, and the whole address is signed', async () => {
  const app = await startApp({
    '/voice': '<Response><Gather method="GET" action="/turn?x=1"/></Response>',
    '/turn': BYE,
  });
  const call = await callApp(app);
  await call.press('12#');
  const asked = app.asked[1];
  expect(asked).toMatchObject({
    method: 'GET',
    body: '',
    form: { x: '1', Digits: '12', FinishedOnKey: '#' },
  });
  expect(asked?.headers['x-twilio-signature']).toBe(signForm(AUTH_TOKEN, `${app.origin}${asked?.path}`));
});

test.each([
  ['keys until the finish key', '', '12#3', { Digits: '12', FinishedOnKey: '#' }],
  ['keys until the caller stops', '', '12', { Digits: '12', FinishedOnKey: '' }],
  ['keys until there are enough', 'numDigits="1"', '45', { Digits: '4', FinishedOnKey: '' }],
  ['another finish key', 'finishOnKey="*"', '1#*', { Digits: '1#', FinishedOnKey: '*' }],
  ['no finish key', 'finishOnKey=""', '1#', { Digits: '1#', FinishedOnKey: '' }],
  ['a finish key before any digit', '', '#7', { Digits: '7', FinishedOnKey: '' }],
])('%s', async (_, attributes, keys, fields) => {
  const app = await startApp({
    '/voice': `<Response><Gather action="/turn" ${attributes}/></Response>`,
    '/turn': BYE,
  });
  const call = await callApp(app);
  await call.press(keys);
  expect(app.asked[1]?.form).toMatchObject(fields);
});

test.each([
  ['silence', 'speech dtmf', (call: Acts) => call.staySilent()],
  ['speech where only keys are heard', 'dtmf', (call: Acts) => call.say('hello')],
  ['keys where only speech is heard', 'speech', (call: Acts) => call.press('1')],
  ['nothing but the finish key', 'dtmf', (call: Acts) => call.press('#')],
])('%s falls through to the next verb', async (_, input, act) => {
  const slept: number[] = [];
  const app = await startApp({
    '/voice': `<Response><Gather input="${input}" timeout="7" action="/turn"/><Say>Still there?</Say></Response>`,
  });
  const call = await callApp(app, { sleep: async (ms) => void slept.push(ms) });
  expect(await act(call)).toEqual(['Still there?']);
  expect(slept).toEqual([7000]);
  expect(call.status).toBe('completed');
  expect(app.asked).toHaveLength(1);
});
type Acts = Awaited<ReturnType<typeof callApp>>;

test.each([
  ['dtmf', ['Digits', 'FinishedOnKey']],
  ['speech', []],
])('with actionOnEmptyResult silence on %s is sent to the action', async (input, fields) => {
  const app = await startApp({
    '/voice': `<Response><Gather input="${input}" action="/turn" actionOnEmptyResult="true"/><Say>no</Say></Response>`,
    '/turn': BYE,
  });
  const call = await callApp(app);
  expect(await call.staySilent()).toEqual(['Bye.']);
  const base = Object.keys(app.asked[0]?.form ?? {});
  expect(Object.keys(app.asked[1]?.form ?? {}).filter((name) => !base.includes(name))).toEqual(fields);
});

test('speech without words, without confidence, and long with emoji arrives as it is', async () => {
  const app = await startApp({ '/voice': LISTEN, '/turn': LISTEN });
  const call = await callApp(app);
  const long = '😀 ünï & <b> '.repeat(300);
  await call.say('', { confidence: null });
  await call.say(long);
  expect(app.asked[1]?.form).toMatchObject({ SpeechResult: '' });
  expect(app.asked[1]?.form).not.toHaveProperty('Confidence');
  expect(app.asked[2]?.form.SpeechResult).toBe(long);
});

test('hanging up tells the status callback once, and nobody is there afterwards', async () => {
  const app = await startApp({ '/voice': LISTEN, '/status': { status: 200, body: '' } });
  const call = await callApp(app, { statusCallbackUrl: `${app.origin}/status`, sleep: async () => {} });
  expect(await call.hangUp()).toEqual([]);
  await call.hangUp();
  expect(app.asked.map(({ path }) => path)).toEqual(['/voice', '/status']);
  await expect(call.say('hello?')).rejects.toThrow('The call is over (completed)');
});

test('pauses and silence count into the duration', async () => {
  const app = await startApp({
    '/voice': '<Response><Pause length="60"/><Gather timeout="10"/></Response>',
    '/status': { status: 200, body: '' },
  });
  const call = await callApp(app, { statusCallbackUrl: `${app.origin}/status` });
  await call.staySilent();
  expect(app.asked[1]?.form).toMatchObject({ CallDuration: '70', Duration: '2' });
});

test.each([
  ['<Reject/>', 'no-answer', 'no-answer'],
  ['<Reject reason="busy"/>', 'busy', 'busy'],
])('%s ends an unanswered call as %s', async (verb, status, told) => {
  const app = await startApp({
    '/voice': `<Response>${verb}</Response>`,
    '/status': { status: 200, body: '' },
  });
  const call = await callApp(app, { statusCallbackUrl: `${app.origin}/status` });
  expect(call.status).toBe(status);
  expect(call.heard).toEqual([]);
  expect(app.asked[1]?.form.CallStatus).toBe(told);
});

test('a number without an address for voice fails without any request', async () => {
  const app = await startApp({});
  const call = await callApp(app, { voiceUrl: '' });
  expect(call.status).toBe('failed');
  expect(call.requests).toEqual([]);
});

test.each([
  ['broken XML', 12100, twiml('<Response>')],
  ['an unknown verb', 12200, twiml('<Response><Sing/></Response>')],
  ['a failure', 11200, { status: 500, body: 'no' }],
  ['a page that is not there', 11200, { status: 404, body: 'no' }],
  ['JSON', 12300, twiml('{}', 'application/json')],
  ['no content type', 12300, { status: 200, body: '<Response/>' }],
  ['bytes that are not UTF-8', 12100, twiml(Buffer.from('<Response><Say>\xfc</Say></Response>', 'latin1'))],
  ['too much', 11750, twiml(`<Response>${' '.repeat(65_536)}</Response>`)],
  ['a connection that is cut', 11205, 'reset' as const],
  ['a redirect to nowhere', 11100, twiml('<Response><Redirect/></Response>')],
  ['a sound without an address', 11100, twiml('<Response><Play/></Response>')],
  ['an address that is none', 11100, twiml('<Response><Redirect>ftp://a.test/</Redirect></Response>')],
  ['a host with an underscore', 11100, twiml('<Response><Redirect>http://a_b.test/</Redirect></Response>')],
])('%s: the caller hears an application error, the debugger has %i', async (_, code, answer) => {
  const app = await startApp({ '/voice': answer });
  const call = await callApp(app);
  expect(call.heard).toEqual([APPLICATION_ERROR]);
  expect(call.status).toBe('completed');
  expect(call.problems).toEqual([expect.objectContaining({ code, level: 'error' })]);
});

test('latin-1 is read where the answer says so', async () => {
  const body = Buffer.from('<Response><Say>Gr\xfc\xdfe</Say></Response>', 'latin1');
  const app = await startApp({ '/voice': twiml(body, 'text/xml; charset="iso-8859-1"') });
  expect((await callApp(app)).heard).toEqual(['Grüße']);
});

test.each([
  ['plain text is read aloud', 'text/plain', 'We are closed.', 'We are closed.'],
  ['TwiML as plain text is played', 'text/plain', BYE, 'Bye.'],
  ['TwiML as HTML is played', 'text/html', BYE, 'Bye.'],
])('%s, and the call ends', async (_, type, body, heard) => {
  const app = await startApp({ '/voice': twiml(body, type) });
  const call = await callApp(app);
  expect(call.heard).toEqual([heard]);
  expect(call.status).toBe('completed');
});

test.each([
  ['is not there', 11200, { status: 404, body: 'no' }],
  ['is none', 13420, twiml('{}', 'application/json')],
])('a sound that %s is an application error: %i', async (_, code, sound) => {
  const app = await startApp({ '/voice': '<Response><Play>/ding.wav</Play></Response>', '/ding.wav': sound });
  const call = await callApp(app);
  expect(call.heard).toEqual([APPLICATION_ERROR]);
  expect(call.problems).toEqual([expect.objectContaining({ code })]);
});

test('the fallback address is asked with what went wrong, and the call goes on there', async () => {
  const app = await startApp({ '/voice': LISTEN, '/turn': twiml('<Response>'), '/fallback': LISTEN });
  const call = await callApp(app, { voiceFallbackUrl: `${app.origin}/fallback` });
  expect(await call.say('hello')).toEqual(['Hello.']);
  expect(call.waitingFor).not.toBeNull();
  expect(app.asked[2]).toMatchObject({
    path: '/fallback',
    form: { ErrorCode: '12100', ErrorUrl: `${app.origin}/turn` },
  });
});

test('a fallback that fails too ends the call', async () => {
  const app = await startApp({ '/voice': twiml('<Response>') });
  const call = await callApp(app, { voiceFallbackUrl: `${app.origin}/nothing` });
  expect(call.heard).toEqual([APPLICATION_ERROR]);
  expect(call.problems.map(({ code }) => code)).toEqual([12100, 11200]);
});

test('documents that redirect for ever end the call', async () => {
  const app = await startApp({ '/voice': '<Response><Redirect>/voice</Redirect></Response>' });
  const call = await callApp(app);
  expect(call.heard).toEqual([APPLICATION_ERROR]);
  expect(call.problems[0]?.code).toBe(11215);
});

test('a status callback that fails is a problem of its own and nothing the caller hears', async () => {
  const app = await startApp({ '/voice': BYE });
  const call = await callApp(app, { statusCallbackUrl: `${app.origin}/status` });
  expect(call.heard).toEqual(['Bye.']);
  expect(call.problems.map(({ code }) => code)).toEqual([11200]);
});

test('what happens is told as it happens', async () => {
  const events: CallEvent[] = [];
  const app = await startApp({ '/voice': LISTEN });
  const call = await callApp(app, { onEvent: (event) => events.push(event) });
  await call.hangUp();
  expect(events.map(({ event }) => event)).toEqual(['request', 'said', 'waiting', 'ended']);
});

test('two acts at once are refused', async () => {
  const app = await startApp({ '/voice': LISTEN, '/turn': LISTEN });
  const call = await callApp(app);
  const first = call.say('one');
  await expect(call.say('two')).rejects.toThrow('still playing');
  await first;
  await expect(call.press('5a')).rejects.toThrow('no keys');
});
