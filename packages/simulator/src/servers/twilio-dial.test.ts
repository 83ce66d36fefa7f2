import { expect, onTestFinished, test } from 'vitest';
import { createSwitchboard } from '../caller/switchboard.ts';
import { ACCOUNT_SID, AUTH_TOKEN, BUSINESS, callApp, startApp } from '../caller/test-app.ts';
import { aPerson } from './person.ts';
import type { Phone } from './twilio-phones.ts';
import { startTwilioRest } from './twilio-rest.ts';

const DENTIST = '+14155550177';
const dial = (inside: string, attributes = '') =>
  `<Response><Dial callerId="${BUSINESS}" action="/after" ${attributes}>${inside}</Dial></Response>` as const;
const WHISPER =
  '<Response><Gather numDigits="1" action="/key"><Say>Press 1.</Say></Gather><Hangup/></Response>';

async function start(phone: Phone, inside = `<Number>${DENTIST}</Number>`, attributes = '') {
  const app = await startApp({
    '/voice': dial(inside, attributes),
    '/after': '<Response><Say>They have gone.</Say><Gather/></Response>',
    '/whisper': WHISPER,
    '/key': '<Response/>',
    '/status': { status: 204, body: '' },
  });
  const switchboard = createSwitchboard();
  const twilio = await startTwilioRest({
    ...{ accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, numbers: [BUSINESS], switchboard },
    phones: { [DENTIST]: phone },
  });
  onTestFinished(twilio.close);
  const caller = await callApp(app, { switchboard });
  const after = () => app.asked.filter(({ path }) => path === '/after').map(({ form }) => form);
  return { app, twilio, caller, after };
}

test('a person picks up: both hear each other, and who is left goes on', async () => {
  const dentist = aPerson();
  const { caller, after, twilio } = await start(dentist);
  expect(caller.heard).toEqual([`(rings ${DENTIST})`]);
  expect(caller.waitingFor).toEqual({ kind: 'dial', number: DENTIST, talking: false });
  await caller.wait(6);
  await dentist.picksUp();
  expect(caller.waitingFor).toMatchObject({ talking: true });
  await caller.say('Hello?');
  expect(dentist.heard).toEqual(['Hello?']);
  await dentist.wait(20);
  await dentist.hangUp();
  expect(caller.heard).toEqual(['They have gone.']);
  expect(after()).toMatchObject([
    {
      DialCallStatus: 'completed',
      DialBridged: 'true',
      DialCallDuration: '20',
      DialCallSid: dentist.call?.callSid,
    },
  ]);
  expect(caller.line.map(({ what }) => what)).toEqual(['tone', 'talk', 'words']);
  expect(twilio.calls).toMatchObject([
    { from: BUSINESS, to: DENTIST, direction: 'outbound-dial', parent_call_sid: caller.callSid },
  ]);
  expect(twilio.unexpected()).toEqual([]);
});

test.each(['no-answer', 'busy', 'failed'] as const)('%s is told to the action', async (phone) => {
  const { twilio, caller, after } = await start(phone);
  await twilio.settled();
  expect(after()).toMatchObject([{ DialCallStatus: phone, DialBridged: 'false' }]);
  expect(caller.heard).toEqual([`(rings ${DENTIST})`, 'They have gone.']);
});

test('a phone rings as long as it may, in the time that the caller waits', async () => {
  const dentist = aPerson();
  const { caller, after } = await start(dentist, DENTIST, 'timeout="20"');
  await caller.wait(19);
  expect(dentist.rings).toBe(true);
  expect(await caller.wait(1)).toEqual(['They have gone.']);
  expect(dentist.rings).toBe(false);
  expect(after()).toMatchObject([{ DialCallStatus: 'no-answer' }]);
  expect(caller.longestSilence()).toBe(0);
});

test('whoever hangs up in the whisper was answered, and not bridged', async () => {
  const whisper = `<Number url="/whisper" statusCallback="/status" statusCallbackEvent="ringing answered completed">${DENTIST}</Number>`;
  const refusing = await start(async (call) => void (await call.staySilent()), whisper);
  await refusing.twilio.settled();
  expect(refusing.after()).toMatchObject([{ DialCallStatus: 'completed', DialBridged: 'false' }]);
  const dentist = aPerson();
  const { app, caller, twilio } = await start(dentist, whisper);
  expect(await dentist.picksUp()).toEqual(['Press 1.']);
  expect(caller.waitingFor).toMatchObject({ talking: false });
  await dentist.press('1');
  expect(caller.waitingFor).toMatchObject({ talking: true });
  await caller.hangUp();
  expect(dentist.call?.status).toBe('completed');
  const told = app.asked.filter(({ path }) => path === '/status').map(({ form }) => form);
  expect(told.map(({ CallStatus }) => CallStatus)).toEqual(['ringing', 'in-progress', 'completed']);
  expect(told[0]).toMatchObject({ Direction: 'outbound-dial', ParentCallSid: caller.callSid });
  await twilio.settled();
});

test('a caller who hangs up while it rings cancels it', async () => {
  const dentist = aPerson();
  const { caller, after, twilio } = await start(dentist);
  await caller.wait(2);
  await caller.hangUp();
  expect(dentist.rings).toBe(false);
  expect(twilio.calls).toMatchObject([{ status: 'canceled' }]);
  expect(after()).toMatchObject([{ DialCallStatus: 'canceled', CallStatus: 'completed' }]);
});

test.each([
  ["a callerId that is not the account's", 13214, dial(DENTIST).replace(BUSINESS, '+14155550166')],
  ['a number that is none', 13223, dial('415 555 0177')],
  ['a Dial inside a whisper', 13201, dial(`<Number url="/voice">${DENTIST}</Number>`)],
] as const)('%s is refused', async (_, code, document) => {
  const app = await startApp({ '/voice': document as `<${string}` });
  const switchboard = createSwitchboard();
  const twilio = await startTwilioRest({
    ...{ accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, numbers: [BUSINESS], switchboard },
    phones: { [DENTIST]: async () => {} },
  });
  onTestFinished(twilio.close);
  const caller = await callApp(app, { switchboard });
  await twilio.settled();
  const found = [...caller.problems.map((problem) => problem.words), ...twilio.unexpected()].join('\n');
  expect(found).toContain(
    { 13214: 'callerId', 13223: 'phone number format', 13201: 'Dial Call Segment' }[code],
  );
});

test('without telephones nobody answers', async () => {
  const app = await startApp({ '/voice': dial(DENTIST), '/after': '<Response/>' });
  const caller = await callApp(app);
  expect(caller.heard).toEqual([`(rings ${DENTIST})`]);
  expect(app.asked.at(-1)?.form).toMatchObject({ DialCallStatus: 'no-answer' });
  expect(caller.line).toMatchObject([{ what: 'tone', seconds: 30 }]);
});
