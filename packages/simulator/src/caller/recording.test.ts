import { expect, test } from 'vitest';
import { ACCOUNT_SID, callApp, startApp } from './test-app.ts';

const AFTER = '<Response><Gather><Say>Anything else?</Say></Gather></Response>';

async function open(attributes = '') {
  const app = await startApp({
    '/voice': `<Response>
      <Record action="/recorded" maxLength="60" finishOnKey="#" ${attributes}
        recordingStatusCallback="/tape" recordingStatusCallbackEvent="completed absent"/>
      <Say>I heard nothing.</Say>
    </Response>`,
    '/recorded': AFTER,
    '/tape': { status: 204, body: '' },
  });
  const call = await callApp(app);
  const tape = () => app.asked.filter(({ path }) => path === '/tape').map(({ form }) => form);
  const recorded = () => app.asked.filter(({ path }) => path === '/recorded').map(({ form }) => form);
  return { call, app, tape, recorded };
}

test('after the tone the caller speaks, and ends it with a key; the tape is ready later', async () => {
  const { call, app, tape, recorded } = await open();
  expect(call.waitingFor).toMatchObject({ kind: 'record', maxSeconds: 60, finishOnKey: '#' });
  expect(call.line).toEqual([{ at_s: 0, seconds: 1, what: 'tone', text: '' }]);
  expect(await call.record('My crown came off.', { seconds: 12 })).toEqual(['Anything else?']);
  expect(recorded()).toEqual([
    expect.objectContaining({
      ...{ Digits: '#', RecordingDuration: '12', CallStatus: 'in-progress' },
      RecordingUrl: expect.stringMatching(`/Accounts/${ACCOUNT_SID}/Recordings/RE[0-9a-f]{32}$`),
    }),
  ]);
  expect(tape()).toMatchObject([
    {
      ...{ RecordingStatus: 'completed', RecordingDuration: '12', RecordingSource: 'RecordVerb' },
      ...{ CallSid: call.callSid, RecordingSid: recorded()[0]?.RecordingSid },
    },
  ]);
  expect(app.asked.at(-1)?.path).toBe('/tape');
});

test('who falls silent ends it too, and who speaks too long', async () => {
  const silent = await open('timeout="3"');
  await silent.call.say('Call me');
  expect(silent.recorded()[0]).not.toHaveProperty('Digits');
  expect(silent.call.longestSilence()).toBe(3);
  const long = await open();
  await long.call.record('and so on', { seconds: 500 });
  expect(long.recorded()).toMatchObject([{ RecordingDuration: '60' }]);
});

test('a caller who hangs up while speaking is on tape; nobody hears the answer', async () => {
  const { call, tape, recorded } = await open();
  await call.record('Please call', { seconds: 3, finish: 'hangup' });
  expect(call.status).toBe('completed');
  expect(recorded()).toMatchObject([{ Digits: 'hangup', RecordingDuration: '3', CallStatus: 'completed' }]);
  expect(tape()).toMatchObject([{ RecordingStatus: 'completed', RecordingDuration: '3' }]);
  expect(call.heard).toEqual([]);
});

test('who hangs up at the tone leaves a second of nothing', async () => {
  const { call, recorded } = await open();
  await call.hangUp();
  expect(recorded()).toMatchObject([{ Digits: 'hangup', RecordingDuration: '1' }]);
});

test.each(['silence', 'the finish key'])(
  '%s alone is no recording: the next verb is played',
  async (what) => {
    const { call, tape, recorded } = await open();
    await (what === 'silence' ? call.staySilent() : call.press('#'));
    expect(call.heard).toEqual(['I heard nothing.']);
    expect(recorded()).toEqual([]);
    expect(tape()).toMatchObject([{ RecordingStatus: 'absent' }]);
  },
);

test('only a Record records', async () => {
  const app = await startApp({ '/voice': AFTER });
  const call = await callApp(app);
  await expect(call.record('hello')).rejects.toThrow('waits in a <Gather>');
  await expect(call.wait(3)).rejects.toThrow('waits in a <Gather>');
});
