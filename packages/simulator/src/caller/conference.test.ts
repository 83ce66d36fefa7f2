import { expect, test } from 'vitest';
import { createSwitchboard } from './switchboard.ts';
import { ACCOUNT_SID, callApp, startApp, type TestApp, twiml } from './test-app.ts';

const EVENTS = 'statusCallback="/room?x=1" statusCallbackEvent="start end join leave"';
const CALLER_SEAT = `startConferenceOnEnter="false" endConferenceOnExit="true" beep="false" waitUrl="/wait" ${EVENTS}`;

const room = (attributes: string, dial = 'action="/after"') =>
  `<Response><Dial ${dial}><Conference ${attributes}>t:t1:CA1</Conference></Dial><Say>behind</Say></Response>` as const;

/** A second of silence in a WAV file, 8 kHz and a byte a sample. */
function wave(seconds: number): Buffer {
  const header = Buffer.from(
    'RIFF....WAVEfmt \u0010\0\0\0\u0007\0\u0001\0....____\u0001\0\u0008\0data....',
    'latin1',
  );
  header.writeUInt32LE(8_000, 28);
  header.writeUInt32LE(seconds * 8_000, 40);
  return Buffer.concat([header, Buffer.alloc(seconds * 8_000)]);
}

async function open({ seat = CALLER_SEAT, wait = MUSIC as `<${string}` } = {}) {
  const app = await startApp({
    '/voice': room(seat),
    '/leg': room('startConferenceOnEnter="true" endConferenceOnExit="true" beep="false" waitUrl=""', ''),
    '/wait': wait,
    '/music.wav': twiml(wave(15), 'audio/wav'),
    '/after': '<Response><Gather><Say>You are back.</Say></Gather></Response>',
    '/room': { status: 204, body: '' },
    '/status': { status: 204, body: '' },
  });
  const options = { switchboard: createSwitchboard(), statusCallbackUrl: `${app.origin}/status` };
  const caller = await callApp(app, options);
  const pickUp = () => callApp(app, { ...options, voiceUrl: `${app.origin}/leg` });
  return { app, caller, pickUp };
}

const MUSIC = '<Response><Play>/music.wav</Play><Say>Please stay on the line, we try.</Say></Response>';

const asked = (app: TestApp, path: string) => app.asked.filter((one) => one.path === path);
const roomEvents = (app: TestApp) => asked(app, '/room?x=1').map(({ form }) => form.StatusCallbackEvent);

test('alone in a room, a caller hears its music again and again', async () => {
  const { app, caller } = await open();
  expect(caller.waitingFor).toEqual({ kind: 'room', room: 't:t1:CA1', talking: false });
  expect(caller.heard).toEqual([`(plays ${app.origin}/music.wav)`]);
  await caller.wait(40);
  expect(caller.heard).toEqual([
    'Please stay on the line, we try.',
    `(plays ${app.origin}/music.wav)`,
    'Please stay on the line, we try.',
    `(plays ${app.origin}/music.wav)`,
  ]);
  expect(caller.line.map(({ at_s, seconds, what }) => [at_s, seconds, what])).toEqual([
    [0, 15, 'music'],
    [15, 2.1, 'words'],
    [17.1, 15, 'music'],
    [32.1, 2.1, 'words'],
    [34.3, 5.7, 'music'],
  ]);
  expect(caller.longestSilence()).toBe(0);
  expect(asked(app, '/wait')).toHaveLength(3);
  expect(asked(app, '/music.wav')).toHaveLength(1);
  expect(asked(app, '/wait')[0]?.form).toMatchObject({
    CallSid: caller.callSid,
    FriendlyName: 't:t1:CA1',
    ConferenceSid: expect.stringMatching(/^CF[0-9a-f]{32}$/),
  });
});

test('somebody joins: the room begins, they hear each other, and nobody hears music', async () => {
  const { app, caller, pickUp } = await open();
  expect(roomEvents(app)).toEqual(['participant-join']);
  const leg = await pickUp();
  expect(roomEvents(app)).toEqual(['participant-join', 'participant-join', 'conference-start']);
  expect([caller.waitingFor, leg.waitingFor]).toMatchObject([{ talking: true }, { talking: true }]);
  await caller.say('hello?');
  expect(leg.heard).toContain('hello?');
  await leg.wait(60);
  expect(caller.line.at(-1)).toMatchObject({ what: 'talk', seconds: expect.closeTo(60.4, 1) });
  expect(caller.longestSilence()).toBe(0);
});

test('who ends the room by leaving sends the others on, to their action or what stands behind', async () => {
  const { app, caller, pickUp } = await open();
  const leg = await pickUp();
  await leg.hangUp();
  expect(caller.heard).toEqual([`(plays ${app.origin}/music.wav)`, 'You are back.']);
  expect(caller.waitingFor).toMatchObject({ kind: 'gather' });
  const [after] = asked(app, '/after');
  expect(after?.form).toMatchObject({ DialCallStatus: 'answered', CallStatus: 'in-progress' });
  expect(after?.form).not.toHaveProperty('DialCallSid');
  const told = asked(app, '/room?x=1').map(({ form }) => form);
  expect(told.map((form) => `${form.SequenceNumber} ${form.StatusCallbackEvent}`).slice(3)).toEqual([
    ...['4 participant-leave', '5 participant-leave', '6 conference-end'],
  ]);
  expect(told[3]).toMatchObject({
    ...{ AccountSid: ACCOUNT_SID, CallSid: leg.callSid, EndConferenceOnExit: 'true' },
    ...{ ParticipantCallStatus: 'completed', ReasonParticipantLeft: 'participant_hung_up' },
  });
  expect(told[5]).toMatchObject({
    ...{ CallSidEndingConference: leg.callSid, FriendlyName: 't:t1:CA1' },
    ...{ ReasonConferenceEnded: 'participant-with-end-conference-on-exit-left' },
  });
});

test('without an action the verbs behind a Dial are played', async () => {
  const { caller, pickUp } = await open();
  const leg = await pickUp();
  await caller.hangUp();
  expect(leg.heard).toEqual(['behind']);
  expect(leg.status).toBe('completed');
});

test('a caller who hangs up is told of: the room, the action that nobody hears, the call', async () => {
  const { app, caller } = await open();
  await caller.hangUp();
  expect(
    app.asked.slice(-4).map(({ path, form }) => `${path} ${form.CallStatus ?? form.StatusCallbackEvent}`),
  ).toEqual([
    '/room?x=1 participant-leave',
    '/room?x=1 conference-end',
    '/after completed',
    '/status completed',
  ]);
  expect(caller.heard).toEqual([]);
});

test('two who may not begin the room wait on; one in a room that has begun hears nothing', async () => {
  const seat = 'startConferenceOnEnter="false"';
  const { app, caller, pickUp } = await open({ seat });
  const other = await callApp(app, { voiceUrl: `${app.origin}/voice` });
  expect([caller.waitingFor, other.waitingFor]).toMatchObject([{ talking: false }, { talking: false }]);
  expect(caller.heard).toEqual(["(plays Twilio's hold music)"]);
  const leg = await pickUp();
  await caller.hangUp();
  await leg.wait(9);
  expect(leg.line.at(-1)).toEqual({ at_s: 0.5, seconds: 9, what: 'silence', text: '' });
});

test.each([
  ['Gather', 13238, '<Response><Gather/></Response>'],
  ['Hangup', 13238, '<Response><Hangup/></Response>'],
  ['no document', 12100, '<Response>'],
] as const)('waiting with %s is a problem, and silence', async (_, code, wait) => {
  const { caller } = await open({ wait });
  await caller.wait(20);
  expect(caller.problems).toMatchObject([{ code, level: 'error' }]);
  expect(caller.longestSilence()).toBe(20);
  expect(caller.waitingFor).toMatchObject({ kind: 'room' });
});

test('music that redirects goes on there, and music that takes no time is asked for once', async () => {
  const { app, caller } = await open({
    wait: '<Response><Say>Wait.</Say><Redirect>/wait2</Redirect></Response>',
  });
  await caller.wait(10);
  expect(caller.problems).toMatchObject([{ code: 11200 }]);
  expect(asked(app, '/wait2')).toHaveLength(1);
  const empty = await open({ wait: '<Response/>' });
  await empty.caller.wait(10);
  expect(asked(empty.app, '/wait')).toHaveLength(1);
  expect(empty.caller.longestSilence()).toBe(10);
});

test('a muted participant is not heard, and a beep is', async () => {
  const { app, caller } = await open({ seat: 'muted="true" beep="onExit"' });
  const leg = await callApp(app, { voiceUrl: `${app.origin}/leg` });
  await caller.say('psst');
  expect(leg.heard).toEqual([]);
});

test('what a room has no use for is refused', async () => {
  const { caller } = await open();
  await expect(caller.record('hello')).rejects.toThrow('waits in a <Conference>');
  expect(await caller.press('1')).toEqual([]);
});

test('with hangupOnStar the star key leaves the room', async () => {
  const app = await startApp({ '/voice': room('waitUrl=""', 'hangupOnStar="true"') });
  const caller = await callApp(app);
  expect(await caller.press('*')).toEqual(['behind']);
});
