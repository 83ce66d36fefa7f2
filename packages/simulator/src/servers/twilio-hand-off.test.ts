import { expect, onTestFinished, test } from 'vitest';
import { createSwitchboard } from '../caller/switchboard.ts';
import { ACCOUNT_SID, AUTH_TOKEN, BUSINESS, callApp, startApp } from '../caller/test-app.ts';
import { aPerson } from './person.ts';
import { startTwilioRest } from './twilio-rest.ts';

const LEX = '+14155550101';
const seat = (starts: boolean) =>
  `<Response><Dial action="/after"><Conference startConferenceOnEnter="${starts}" endConferenceOnExit="true" beep="false">r</Conference></Dial></Response>` as const;

async function start() {
  const app = await startApp({
    '/voice': seat(false),
    '/listen': '<Response><Gather action="/voice"><Say>Hello.</Say></Gather></Response>',
    '/leg':
      '<Response><Gather numDigits="1" action="/take"><Say>Press 1 to take it.</Say></Gather></Response>',
    '/take': seat(true),
    '/after': '<Response><Gather><Say>Back again.</Say></Gather></Response>',
    '/elsewhere': '<Response><Gather><Say>I could not reach anyone.</Say></Gather></Response>',
    '/status': { status: 204, body: '' },
  });
  const lex = aPerson();
  const switchboard = createSwitchboard();
  const twilio = await startTwilioRest({
    ...{ accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, numbers: [BUSINESS], switchboard },
    phones: { [LEX]: lex },
  });
  onTestFinished(twilio.close);
  const post = async (path: string, fields: Record<string, string>) => {
    const response = await fetch(`${twilio.url}/2010-04-01/Accounts/${ACCOUNT_SID}/${path}.json`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}` },
      body: new URLSearchParams(fields),
    });
    return (await response.json()) as { sid: string; status: string; code?: number };
  };
  const callLex = () =>
    post('Calls', {
      ...{ To: LEX, From: BUSINESS, Url: `${app.origin}/leg`, Timeout: '25' },
      StatusCallback: `${app.origin}/status`,
    });
  const call = (path = '/voice') => callApp(app, { switchboard, voiceUrl: `${app.origin}${path}` });
  return { app, lex, twilio, post, callLex, call };
}

test('a phone rings while the caller waits; who presses 1 is in the room', async () => {
  const { lex, twilio, callLex, call } = await start();
  const caller = await call();
  await callLex();
  await twilio.settled();
  expect(lex.rings).toBe(true);
  await caller.wait(20);
  expect(await lex.picksUp()).toEqual(['Press 1 to take it.']);
  await lex.press('1');
  expect(lex.waitingFor).toEqual({ kind: 'room', room: 'r', talking: true });
  await lex.say('This is Lex.');
  expect(caller.heard).toContain('This is Lex.');
  await lex.hangUp();
  expect(caller.heard.at(-1)).toBe('Back again.');
  expect(caller.line.map(({ what }) => what)).toEqual(['music', 'talk', 'words']);
  expect(caller.line[0]?.seconds).toBeCloseTo(20 + 'Press 1 to take it.'.length / 15, 1);
});

test('nobody picks up within the time, and a second call finds who is on the phone busy', async () => {
  const { app, lex, callLex, twilio, call } = await start();
  const caller = await call();
  await callLex();
  await twilio.settled();
  await caller.wait(26);
  expect(app.asked.at(-1)?.form).toMatchObject({ CallStatus: 'no-answer' });
  await callLex();
  await lex.picksUp();
  await callLex();
  await twilio.settled();
  expect(twilio.calls.map(({ status }) => status)).toEqual(['no-answer', 'in-progress', 'busy']);
  await lex.hangUp();
  await callLex();
  await lex.declines();
  expect(twilio.calls.at(-1)?.status).toBe('busy');
});

test('a caller in a room, or listening, is sent elsewhere', async () => {
  const { app, lex, post, callLex, twilio, call } = await start();
  const caller = await call();
  await callLex();
  await lex.picksUp();
  await lex.press('1');
  const sent = await post(`Calls/${caller.callSid}`, { Url: `${app.origin}/elsewhere`, Method: 'POST' });
  await twilio.settled();
  expect(sent).toMatchObject({ sid: caller.callSid, status: 'in-progress' });
  expect(caller.heard).toEqual(['I could not reach anyone.']);
  expect(lex.heard.at(-1)).toBe('Back again.');
  const listening = await call('/listen');
  await post(`Calls/${listening.callSid}`, { Url: `${app.origin}/voice` });
  await twilio.settled();
  expect(listening.waitingFor).toMatchObject({ kind: 'room' });
});

test('a leg is hung up, a ringing one canceled; what is over or unknown cannot be changed', async () => {
  const { app, lex, post, callLex, twilio, call } = await start();
  const caller = await call();
  await callLex();
  await lex.picksUp();
  await lex.press('1');
  await post(`Calls/${lex.call?.callSid}`, { Status: 'completed' });
  await twilio.settled();
  expect(lex.waitingFor).toBeNull();
  expect(caller.heard.at(-1)).toBe('Back again.');
  const { sid } = await callLex();
  await twilio.settled();
  await post(`Calls/${sid}`, { Status: 'canceled' });
  expect(lex.rings).toBe(false);
  await caller.hangUp();
  const url = { Url: `${app.origin}/elsewhere` };
  expect(await post(`Calls/${caller.callSid}`, url)).toMatchObject({ code: 21220 });
  expect(await post(`Calls/CA${'0'.repeat(32)}`, url)).toMatchObject({ code: 20404 });
});

test('who is sent elsewhere while waiting in time waits out that time first', async () => {
  const { app, post, twilio, call } = await start();
  const caller = await call();
  const waiting = caller.wait(30);
  await post(`Calls/${caller.callSid}`, { Url: `${app.origin}/elsewhere` });
  await waiting;
  await twilio.settled();
  expect(caller.heard).toEqual(['I could not reach anyone.']);
});
