import { expect, test } from 'vitest';
import { OPT_OUT_ANSWERS, signForm } from './index.ts';
import { ACCOUNT_SID, AUTH_TOKEN, BUSINESS, CALLER, startApp, type TestApp, textApp } from './test-app.ts';

const HELLO = '<Response><Message>Hello.</Message></Response>';
const PHOTO = { url: 'https://api.twilio.test/Media/ME1', contentType: 'image/png' };

const statuses = (app: TestApp) =>
  app.asked
    .filter(({ path }) => path.startsWith('/status'))
    .map(({ form }) => [form.MessageStatus, form.ErrorCode]);

test('a text has the fields of an SMS and is signed', async () => {
  const app = await startApp({ '/message': HELLO });
  const thread = textApp(app, {}, { extraParameters: { Simulated: 'true' } });
  expect(await thread.send("I'd like a cleaning")).toEqual(['Hello.']);
  const [asked] = app.asked;
  const sid = asked?.form.MessageSid;
  expect(sid).toMatch(/^SM[0-9a-f]{32}$/);
  expect(asked?.form).toEqual({
    ...{ AccountSid: ACCOUNT_SID, ApiVersion: '2010-04-01', Simulated: 'true', SmsStatus: 'received' },
    ...{ MessageSid: sid, SmsSid: sid, SmsMessageSid: sid },
    ...{ Body: "I'd like a cleaning", NumMedia: '0', NumSegments: '1' },
    ...{ From: CALLER, FromCity: '', FromState: '', FromZip: '', FromCountry: 'US' },
    ...{ To: BUSINESS, ToCity: '', ToState: '', ToZip: '', ToCountry: 'US' },
  });
  expect(asked?.headers['x-twilio-signature']).toBe(
    signForm(AUTH_TOKEN, `${app.origin}/message`, asked?.form),
  );
  expect(thread.transcript).toEqual([
    { speaker: 'caller', text: "I'd like a cleaning" },
    { speaker: 'receptionist', text: 'Hello.' },
  ]);
  expect(thread.problems).toEqual([]);
  expect(thread.requests).toHaveLength(1);
});

test('media are counted from zero and make an MMS, which may have no words', async () => {
  const app = await startApp({ '/message': HELLO });
  const thread = textApp(app);
  await thread.send('', { media: [PHOTO, { ...PHOTO, url: `${PHOTO.url}2` }] });
  expect(app.asked[0]?.form).toMatchObject({
    MessageSid: expect.stringMatching(/^MM/),
    ...{ Body: '', NumMedia: '2', NumSegments: '1' },
    ...{ MediaUrl0: PHOTO.url, MediaContentType0: 'image/png', MediaUrl1: `${PHOTO.url}2` },
  });
  expect(thread.transcript[0]?.text).toBe(`(media ${PHOTO.url}) (media ${PHOTO.url}2)`);
});

test('on WhatsApp both ends are addresses of it, and the writer has a name', async () => {
  const app = await startApp({ '/message': HELLO });
  const thread = textApp(app, { channel: 'whatsapp' });
  expect(await thread.send('STOP')).toEqual(['Hello.']);
  const form = app.asked[0]?.form;
  expect(form).toMatchObject({ From: `whatsapp:${CALLER}`, To: `whatsapp:${BUSINESS}`, WaId: '14155550123' });
  expect(form).toMatchObject({ ProfileName: 'Simulated', MessageType: 'text', NumSegments: '1' });
  expect(form).not.toHaveProperty('FromCity');
  expect(thread.replies).toMatchObject([{ from: `whatsapp:${BUSINESS}`, to: `whatsapp:${CALLER}` }]);
});

test.each([
  ['160 plain letters', 'a'.repeat(160), '1'],
  ['161 plain letters', 'a'.repeat(161), '2'],
  ['a euro sign, which takes two', `${'a'.repeat(159)}€`, '2'],
  ['70 letters of another alphabet', 'я'.repeat(70), '1'],
  ['71 letters of another alphabet', 'я'.repeat(71), '2'],
])('%s', async (_, body, segments) => {
  const app = await startApp({ '/message': HELLO });
  await textApp(app).send(body);
  expect(app.asked[0]?.form.NumSegments).toBe(segments);
});

test.each<[string, Parameters<typeof startApp>[0][string], string[]]>([
  ['nothing', '<Response/>', []],
  ['two messages', '<Response><Message>One</Message><Message>Two</Message></Response>', ['One', 'Two']],
  ['lines', '<Response><Message> Mon 9:00\nTue 10:00 </Message></Response>', ['Mon 9:00\nTue 10:00']],
  [
    'words and a picture',
    '<Response><Message><Body>Here\nwe are</Body><Media>https://a.test/map.png</Media></Message></Response>',
    ['Here\nwe are (media https://a.test/map.png)'],
  ],
  ['plain text', { status: 200, headers: { 'content-type': 'text/plain' }, body: 'Hello.\n' }, ['Hello.']],
  ['no text', { status: 200, headers: { 'content-type': 'text/plain' }, body: '' }, []],
])('%s comes back as it was written', async (_, answer, received) => {
  const thread = textApp(await startApp({ '/message': answer }));
  expect(await thread.send('hi')).toEqual(received);
  expect(thread.received).toEqual(received);
  expect(thread.problems).toEqual([]);
});

test('a redirect brings the text to another document, behind what was said before it', async () => {
  const app = await startApp({
    '/message':
      '<Response><Message>One</Message><Redirect>next?a=1&amp;b=2</Redirect><Message>No</Message></Response>',
    '/next': '<Response><Message>Two</Message></Response>',
  });
  expect(await textApp(app).send('hi')).toEqual(['One', 'Two']);
  expect(app.asked[1]).toMatchObject({ path: '/next?a=1&b=2', form: { Body: 'hi' } });
});

test.each([
  ['a verb of calls', 12200, '<Response><Say>Hello.</Say></Response>'],
  ['Body outside of Message', 12200, '<Response><Body>Hello.</Body></Response>'],
  ['words beside Body', 12200, '<Response><Message>Hi<Body>Hello.</Body></Message></Response>'],
  ['two times Body', 12200, '<Response><Message><Body>a</Body><Body>b</Body></Message></Response>'],
  ['another element in Message', 12200, '<Response><Message><Say>a</Say></Message></Response>'],
  ['an unknown attribute', 12200, '<Response><Message volume="1">a</Message></Response>'],
  ['an address that is none', 14101, '<Response><Message to="Ann">a</Message></Response>'],
  ['a sender that is none', 14102, '<Response><Message from="a name too long">a</Message></Response>'],
  ['another method', 14104, '<Response><Message method="PUT">a</Message></Response>'],
  ['a message without words', 14103, '<Response><Message/></Response>'],
  ['too many words', 21617, `<Response><Message>${'a'.repeat(1601)}</Message></Response>`],
  [
    'too many pictures',
    21623,
    `<Response><Message>${'<Media>https://a.test/1</Media>'.repeat(11)}</Message></Response>`,
  ],
  ['documents without end', 14106, '<Response><Redirect>/message</Redirect></Response>'],
  ['no XML', 12100, '<Response>'],
] as const)('%s: %i', async (_, code, answer) => {
  const thread = textApp(await startApp({ '/message': answer }));
  expect(await thread.send('hi')).toEqual([]);
  expect(thread.problems).toEqual([expect.objectContaining({ code, level: 'error' })]);
});

test('a message that cannot be sent does not keep the others back; ten are the most', async () => {
  const many = '<Message>a</Message>'.repeat(11);
  const app = await startApp({
    '/message': ({ form }) =>
      form.Body === 'many'
        ? `<Response>${many}</Response>`
        : '<Response><Message/><Message>Hello.</Message></Response>',
  });
  const thread = textApp(app);
  expect(await thread.send('hi')).toEqual(['Hello.']);
  expect(await thread.send('many')).toHaveLength(10);
  expect(thread.problems.map(({ code, level }) => [code, level])).toEqual([
    [14103, 'error'],
    [14109, 'warning'],
  ]);
});

test('a failing answer is asked for at the fallback address, with its reason', async () => {
  const app = await startApp({ '/message': { status: 500, body: '' }, '/fallback': HELLO });
  const thread = textApp(app, {}, { smsFallbackUrl: `${app.origin}/fallback` });
  expect(await thread.send('hi')).toEqual(['Hello.']);
  expect(app.asked[1]?.form).toMatchObject({
    ...{ Body: 'hi', ErrorCode: '11200', ErrorUrl: `${app.origin}/message` },
  });
  expect(thread.problems.map(({ code }) => code)).toEqual([11200]);
});

test('without a fallback, or with one that fails too, the text is dropped', async () => {
  const app = await startApp({ '/message': { status: 500, body: '' } });
  expect(await textApp(app).send('hi')).toEqual([]);
  const thread = textApp(app, {}, { smsFallbackUrl: `${app.origin}/nothing` });
  expect(await thread.send('hi')).toEqual([]);
  expect(thread.problems.map(({ code }) => code)).toEqual([11200, 11200]);
});

test('a failure is tried again under one token', async () => {
  const app = await startApp({
    '/message': () => (app.asked.length === 1 ? { status: 503, body: '' } : HELLO),
  });
  const thread = textApp(app, {}, { messageUrl: `${app.origin}/message#rc=1&rp=5xx` });
  expect(await thread.send('hi')).toEqual(['Hello.']);
  expect(new Set(app.asked.map(({ headers }) => headers['i-twilio-idempotency-token'])).size).toBe(1);
});

test('the message says where its statuses go, else the number does', async () => {
  const app = await startApp({
    '/message':
      '<Response><Message action="/status/own?x=1">a</Message><Message>b</Message><Message statusCallback="/status/other">c</Message></Response>',
    '/status': { status: 204, body: '' },
    '/status/own': { status: 204, body: '' },
    '/status/other': { status: 204, body: '' },
  });
  const thread = textApp(app, {}, { messageStatusCallbackUrl: `${app.origin}/status` });
  expect(await thread.send('hi')).toEqual(['a', 'b', 'c']);
  expect(app.asked.slice(1).map(({ path, form }) => `${path} ${form.MessageStatus}`)).toEqual(
    ['/status/own?x=1', '/status', '/status/other'].flatMap((path) =>
      ['queued', 'sent', 'delivered'].map((status) => `${path} ${status}`),
    ),
  );
  const [, callback] = app.asked;
  expect(callback?.form).toEqual({
    ...{ AccountSid: ACCOUNT_SID, ApiVersion: '2010-04-01', From: BUSINESS, To: CALLER },
    ...{ MessageSid: thread.replies[0]?.messageSid, SmsSid: thread.replies[0]?.messageSid },
    ...{ MessageStatus: 'queued', SmsStatus: 'queued' },
  });
  expect(callback?.headers['x-twilio-signature']).toBe(
    signForm(AUTH_TOKEN, `${app.origin}/status/own?x=1`, callback?.form),
  );
  expect(thread.problems).toEqual([]);
});

test.each([
  ['undelivered', ['queued', 'sent', 'undelivered']],
  ['failed', ['queued', 'failed']],
] as const)('a reply that ends as %s does not reach the phone', async (status, steps) => {
  const app = await startApp({ '/message': HELLO, '/status': { status: 204, body: '' } });
  const thread = textApp(
    app,
    { deliver: { status, errorCode: 30006 } },
    { messageStatusCallbackUrl: `${app.origin}/status` },
  );
  expect(await thread.send('hi')).toEqual([]);
  expect(statuses(app)).toEqual(steps.map((step) => [step, step === status ? '30006' : undefined]));
  expect(thread.replies).toEqual([expect.objectContaining({ body: 'Hello.', status, errorCode: 30006 })]);
});

test('a message to somebody else does not reach this phone', async () => {
  const app = await startApp({
    '/message': `<Response><Message to="+15005550009" from="+15005550001">Look!</Message></Response>`,
  });
  const thread = textApp(app, { deliver: { status: 'undelivered', errorCode: 30003 } });
  expect(await thread.send('hi')).toEqual([]);
  expect(thread.replies).toMatchObject([
    { to: '+15005550009', from: '+15005550001', body: 'Look!', status: 'delivered' },
  ]);
});

test('a status callback that fails is a problem of its own', async () => {
  const app = await startApp({ '/message': HELLO, '/status': { status: 500, body: '' } });
  const thread = textApp(app, {}, { messageStatusCallbackUrl: `${app.origin}/status` });
  expect(await thread.send('hi')).toEqual(['Hello.']);
  expect(thread.problems.map(({ code }) => code)).toEqual([11200, 11200, 11200]);
});

test('Twilio answers STOP, START and HELP by itself, and the webhook sees texts like any other', async () => {
  const app = await startApp({ '/message': HELLO });
  const thread = textApp(app);
  expect(await thread.send('help')).toEqual([OPT_OUT_ANSWERS.HELP, 'Hello.']);
  expect(await thread.send(' Stop ')).toEqual([OPT_OUT_ANSWERS.STOP]);
  expect(await thread.send('are you there?')).toEqual([]);
  expect(await thread.send('START')).toEqual([OPT_OUT_ANSWERS.START, 'Hello.']);
  expect(thread.problems.map(({ code }) => code)).toEqual([21610, 21610]);
  expect(app.asked.map(({ form }) => form.Body)).toEqual(['help', ' Stop ', 'are you there?', 'START']);
  expect(app.asked.every(({ form }) => !('OptOutType' in form))).toBe(true);
});

test('a yes to a question is no keyword, and neither is a sentence with stop in it', async () => {
  const thread = textApp(await startApp({ '/message': HELLO }));
  expect(await thread.send('YES')).toEqual(['Hello.']);
  expect(await thread.send('Stop, please')).toEqual(['Hello.']);
});

test('with Advanced Opt-Out the webhook is told', async () => {
  const app = await startApp({ '/message': '<Response/>' });
  const thread = textApp(app, { optOut: 'advanced' });
  expect(await thread.send('STOP')).toEqual([OPT_OUT_ANSWERS.STOP]);
  expect(await thread.send('arrête', { optOutType: 'STOP' })).toEqual([OPT_OUT_ANSWERS.STOP]);
  await thread.send('hi');
  expect(app.asked.map(({ form }) => form.OptOutType)).toEqual(['STOP', 'STOP', undefined]);
});

test('without opt-out a STOP is for the application alone', async () => {
  const thread = textApp(await startApp({ '/message': HELLO }), { optOut: 'off' });
  expect(await thread.send('STOP')).toEqual(['Hello.']);
});

test('a text that is too long does not arrive', async () => {
  const app = await startApp({ '/message': HELLO });
  const thread = textApp(app);
  expect(await thread.send('a'.repeat(1601))).toEqual([]);
  expect(app.asked).toEqual([]);
  expect(thread.problems.map(({ code }) => code)).toEqual([21617]);
});

test('events are told as they happen', async () => {
  const events: string[] = [];
  const app = await startApp({ '/message': '<Response><Message>Hi.</Message><Message/></Response>' });
  await textApp(app, { onEvent: ({ event }) => events.push(event) }).send('hello');
  expect(events).toEqual(['said', 'request', 'said', 'problem']);
});

test('what no phone sends is refused', async () => {
  const thread = textApp(await startApp({ '/message': HELLO }));
  await expect(thread.send('')).rejects.toThrow('words or media');
  await expect(thread.send('hi', { messageSid: 'SM1' })).rejects.toThrow('32 hex');
  const first = thread.send('one');
  await expect(thread.send('two')).rejects.toThrow('still being answered');
  expect(await first).toEqual(['Hello.']);
  expect(() => textApp({ origin: '', asked: [] }, {}, { messageUrl: '' })).toThrow('messageUrl');
});

test('a repeated MessageSid is sent as it is told', async () => {
  const app = await startApp({ '/message': HELLO });
  const messageSid = `SM${'0'.repeat(32)}`;
  await textApp(app).send('hi', { messageSid });
  expect(app.asked[0]?.form.SmsMessageSid).toBe(messageSid);
});
