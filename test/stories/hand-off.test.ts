/** A caller who asks for a person is put through to one, or comes back to the receptionist: every way it can go. */
import { ROUTES } from '@receptionist/admin-api';
import { aPerson } from '@receptionist/simulator/servers';
import { expect, test } from 'vitest';
import { CALLER, type FrontDesk } from '../harness/front-desk.ts';
import {
  BACK_PHONE,
  FRONT_PHONE,
  heardBy,
  LONGEST_SILENCE,
  openTransferDesk,
  theEntry,
  transfersOf,
} from '../harness/hand-off.ts';
import { LEX_PHONE, LEX_THEN_BEA } from '../harness/on-call.ts';

const BOTH = { tenant: { hand_off: { phones: [FRONT_PHONE, BACK_PHONE], ring_seconds: 20 } } };

async function callerInRoom(desk: FrontDesk) {
  const caller = await desk.ring();
  await caller.press('0');
  expect(caller.waitingFor).toMatchObject({ kind: 'room', room: `t:t1:${caller.callSid}`, talking: false });
  await desk.settle();
  return caller;
}

/** All that the desk told elsewhere, so that the story need not. */
async function readTheRest(desk: FrontDesk) {
  await desk.alerts();
  await desk.placedCalls();
}

test('the phone at the front desk is picked up, and 1 is pressed: they talk', async () => {
  const front = aPerson();
  const desk = await openTransferDesk({ phones: { [FRONT_PHONE]: front } });
  const caller = await callerInRoom(desk);
  await caller.wait(12);
  const whispered = (await front.picksUp()).join(' ');
  expect(whispered).toContain('Northside Dental');
  expect(whispered).toContain('Press 1 to take the call');
  await front.press('1');
  await desk.settle();
  expect(caller.waitingFor).toMatchObject({ kind: 'room', talking: true });
  await caller.say('hello?');
  expect(front.heard).toContain('hello?');
  await caller.wait(60);

  const entry_id = await theEntry(desk);
  expect(await desk.entry(entry_id)).toMatchObject({ status: 'engaged', reason: 'caller_asked_for_human' });
  const by = `phone:${FRONT_PHONE}`;
  expect(await transfersOf(desk, entry_id)).toEqual([
    `receptionistd: ringing: ${FRONT_PHONE}`,
    `${by}: accepted: ${FRONT_PHONE}`,
    `${by}: bridged: ${FRONT_PHONE}`,
  ]);
  await caller.hangUp();
  await desk.settle();
  expect(front.waitingFor).toBeNull();
  expect((await desk.entry(entry_id)).timeline.at(-1)).toMatchObject({ action: 'caller_left' });
  expect(heardBy(caller)).toEqual([
    'Thank you for calling Northside Dental.',
    'How can I help you? For a person, press zero.',
    'Of course.',
    'I am putting you through to a colleague. Please stay on the line; if nobody is free I will come back to you.',
    '(music)',
    'Please stay on the line, I am still trying to reach someone.',
    '(music)',
    '(talk)',
  ]);
  expect(caller.longestSilence()).toBeLessThanOrEqual(LONGEST_SILENCE);
  await readTheRest(desk);
});

test('the person hangs up first: the receptionist is there again', async () => {
  const front = aPerson();
  const desk = await openTransferDesk({ phones: { [FRONT_PHONE]: front } });
  const caller = await callerInRoom(desk);
  await front.picksUp();
  await front.press('1');
  await desk.settle();
  await caller.wait(30);
  await front.hangUp();
  await desk.settle();
  expect(caller.waitingFor).toMatchObject({ kind: 'gather' });
  expect(caller.heard.join(' ')).toMatch(/anything else/);
  await caller.say('no, goodbye');
  expect(caller.status).toBe('completed');
  expect(caller.longestSilence()).toBeLessThanOrEqual(LONGEST_SILENCE);
  await readTheRest(desk);
});

test.each([
  ['is busy', 'busy', 'busy'],
  ['does not answer', 'no-answer', 'no answer'],
  ['cannot be reached', 'failed', 'failed'],
  ['is a mailbox', 'voicemail', 'voicemail'],
  ['hangs up on the whisper', async () => {}, 'declined'],
] as const)('the first phone %s: the second one is rung', async (_what, first, outcome) => {
  const back = aPerson();
  const desk = await openTransferDesk({ ...BOTH, phones: { [FRONT_PHONE]: first, [BACK_PHONE]: back } });
  const caller = await callerInRoom(desk);
  await caller.wait(3);
  await back.picksUp();
  await back.press('1');
  await desk.settle();
  expect(caller.waitingFor).toMatchObject({ kind: 'room', talking: true });
  expect(await transfersOf(desk, await theEntry(desk))).toEqual([
    `receptionistd: ringing: ${FRONT_PHONE} (1 of 2)`,
    expect.stringMatching(new RegExp(`: ${outcome}: \\${FRONT_PHONE} \\(1 of 2\\)$`)),
    `receptionistd: ringing: ${BACK_PHONE} (2 of 2)`,
    `phone:${BACK_PHONE}: accepted: ${BACK_PHONE} (2 of 2)`,
    `phone:${BACK_PHONE}: bridged: ${BACK_PHONE} (2 of 2)`,
  ]);
  await caller.hangUp();
  expect(caller.longestSilence()).toBeLessThanOrEqual(LONGEST_SILENCE);
  await readTheRest(desk);
});

test('who is asked declines with 2, or presses another key first', async () => {
  const front = aPerson();
  const desk = await openTransferDesk({ phones: { [FRONT_PHONE]: front } });
  const caller = await callerInRoom(desk);
  await front.picksUp();
  expect((await front.press('7')).join(' ')).toContain('Press 1');
  await front.press('2');
  await desk.settle();
  expect(front.waitingFor).toBeNull();
  expect(await transfersOf(desk, await theEntry(desk))).toEqual([
    expect.stringContaining('ringing'),
    `phone:${FRONT_PHONE}: declined: ${FRONT_PHONE}`,
    'receptionistd: nobody could be reached',
  ]);
  expect(caller.waitingFor).toMatchObject({ kind: 'gather' });
  await caller.hangUp();
  await readTheRest(desk);
});

/** Two phones ring, nobody picks up, and the caller is back with the receptionist. */
async function callerWhoCameBack() {
  const desk = await openTransferDesk({
    ...BOTH,
    phones: { [FRONT_PHONE]: aPerson(), [BACK_PHONE]: aPerson() },
  });
  const caller = await callerInRoom(desk);
  await caller.wait(21);
  await desk.settle();
  await caller.wait(21);
  await desk.settle();
  expect(caller.waitingFor).toMatchObject({ kind: 'gather' });
  return { desk, caller };
}

test('nobody is there: the caller leaves a message on tape, after hearing that it is recorded', async () => {
  const { desk, caller } = await callerWhoCameBack();
  await caller.press('1');
  expect(caller.heard.join(' ')).toMatch(/will be recorded/);
  expect(caller.waitingFor).toMatchObject({ kind: 'record' });
  await caller.record('My crown came off, please call me.', { seconds: 12, finish: '#' });
  await desk.settle();
  expect(caller.waitingFor).toMatchObject({ kind: 'gather' });
  await caller.say('no, that was all');
  expect(caller.status).toBe('completed');

  const entry = await desk.entry(await theEntry(desk));
  expect(entry).toMatchObject({ status: 'open', severity: 'critical' });
  expect(entry.context['recordings']).toMatchObject([
    { recording_id: expect.stringMatching(/^RE/), duration_s: 12, status: 'completed' },
  ]);
  expect(heardBy(caller).slice(4)).toEqual([
    '(music)',
    'Please stay on the line, I am still trying to reach someone.',
    '(music)',
    'Please stay on the line, I am still trying to reach someone.',
    '(music)',
    'I am sorry, I could not reach anyone just now.',
    'You can leave a message after the tone, or I can have someone call you back. Which would you prefer?',
    'For a message press 1, for a call back press 2.',
    'Your message will be recorded.',
    'Please speak after the tone; press # when you are done.',
    '(tone)',
    '(talk)',
    'Thank you, I am passing your message on.',
    'Someone will call you back at 4 1 5, 5 5 5, 0 1 2 3 as soon as possible.',
    'Is there anything else I can help you with?',
    '(talk)',
    'Thank you for calling. Goodbye.',
  ]);
  expect(caller.longestSilence()).toBeLessThanOrEqual(LONGEST_SILENCE);
  await readTheRest(desk);
});

test('a caller who hangs up while speaking on tape is heard, too', async () => {
  const { desk, caller } = await callerWhoCameBack();
  await caller.say('I would like to leave a message');
  await caller.record('Please call me', { seconds: 3, finish: 'hangup' });
  await desk.settle();
  const entry = await desk.entry(await theEntry(desk));
  expect(entry.context['recordings']).toMatchObject([{ duration_s: 3, status: 'completed' }]);
  await readTheRest(desk);
});

test('nobody is there: the caller wants a call back', async () => {
  const { desk, caller } = await callerWhoCameBack();
  await caller.press('2');
  expect(caller.heard.join(' ')).toContain('4 1 5, 5 5 5, 0 1 2 3');
  await caller.say('no thank you, goodbye');
  expect(caller.status).toBe('completed');
  const { timeline } = await desk.entry(await theEntry(desk));
  expect(timeline).toContainEqual(
    expect.objectContaining({ action: 'joined', detail: expect.stringContaining('callback_requested') }),
  );
  expect(caller.longestSilence()).toBeLessThanOrEqual(LONGEST_SILENCE);
  await readTheRest(desk);
});

test('a caller who says nothing any more is promised a call back before we hang up', async () => {
  const { desk, caller } = await callerWhoCameBack();
  await caller.staySilent();
  expect(caller.status).toBe('in-progress');
  await caller.staySilent();
  await caller.staySilent().catch(() => {});
  expect(caller.status).toBe('completed');
  expect(heardBy(caller).join(' ')).toMatch(/call you back/);
  await readTheRest(desk);
});

test('the caller hangs up: what still rings is silenced', async () => {
  const front = aPerson();
  const desk = await openTransferDesk({ phones: { [FRONT_PHONE]: front } });
  const caller = await callerInRoom(desk);
  await caller.wait(4);
  expect(front.rings).toBe(true);
  await caller.hangUp();
  await desk.settle();
  expect(front.rings).toBe(false);
  const entry_id = await theEntry(desk);
  expect(await transfersOf(desk, entry_id)).toEqual([
    `receptionistd: ringing: ${FRONT_PHONE}`,
    `receptionistd: caller left: ${FRONT_PHONE}`,
  ]);
  expect((await desk.entry(entry_id)).timeline).toContainEqual(
    expect.objectContaining({ action: 'caller_left' }),
  );
  await readTheRest(desk);
});

test('who picks up when the caller has just left hears it', async () => {
  const front = aPerson();
  const desk = await openTransferDesk({ phones: { [FRONT_PHONE]: front } });
  const caller = await callerInRoom(desk);
  await front.picksUp();
  await caller.hangUp();
  const told = await front.press('1').catch(() => front.heard);
  expect(told.join(' ')).toMatch(/hung up|has left/);
  await desk.settle();
  await readTheRest(desk);
});

test('on-call joins: whoever waits in the room talks to them, and the other phone is silenced', async () => {
  const front = aPerson();
  const lex = aPerson();
  const desk = await openTransferDesk({
    onCall: LEX_THEN_BEA,
    phones: { [FRONT_PHONE]: front, [LEX_PHONE]: lex },
  });
  const caller = await callerInRoom(desk);
  await caller.wait(4);
  const entry_id = await theEntry(desk);
  const joined = await desk.admin.call(ROUTES.joinEntry, {
    params: { entry_id },
    body: { phone: LEX_PHONE },
  });
  expect(joined).toMatchObject({ status: 'acknowledged', assignee: 'lex' });
  await desk.settle();
  await lex.picksUp();
  await lex.press('1');
  await desk.settle();
  expect(caller.waitingFor).toMatchObject({ kind: 'room', talking: true });
  expect(front.rings).toBe(false);
  expect(await desk.entry(entry_id)).toMatchObject({ status: 'engaged', engaged_by: 'lex' });
  expect(await transfersOf(desk, entry_id)).toEqual([
    `receptionistd: ringing: ${FRONT_PHONE}`,
    `lex: ringing: ${LEX_PHONE}`,
    `lex: accepted: ${LEX_PHONE}`,
    `receptionistd: taken by another: ${FRONT_PHONE}`,
    `lex: bridged: ${LEX_PHONE}`,
  ]);
  await lex.hangUp();
  await caller.hangUp();
  expect(caller.longestSilence()).toBeLessThanOrEqual(LONGEST_SILENCE);
  await readTheRest(desk);
});

test('on-call joins a caller who still talks to the receptionist', async () => {
  const lex = aPerson();
  const desk = await openTransferDesk({
    onCall: LEX_THEN_BEA,
    phones: { [LEX_PHONE]: lex },
    tenant: { hand_off: { phones: [], ring_seconds: 20 } },
  });
  const caller = await desk.ring();
  await caller.press('0');
  expect(caller.waitingFor).toMatchObject({ kind: 'gather' });
  const entry_id = await theEntry(desk);
  await desk.admin.call(ROUTES.joinEntry, { params: { entry_id }, body: { phone: LEX_PHONE } });
  await desk.settle();
  await lex.picksUp();
  await lex.press('1');
  await desk.settle();
  expect(heardBy(caller).join(' ')).toContain('I have someone for you now');
  expect(caller.waitingFor).toMatchObject({ kind: 'room', talking: true });
  expect(await desk.entry(entry_id)).toMatchObject({ status: 'engaged', engaged_by: 'lex' });
  await caller.hangUp();
  await desk.settle();
  expect(lex.waitingFor).toBeNull();
  await readTheRest(desk);
});

test('on-call joins when the caller has left: the caller is called back from the number they had called', async () => {
  const lex = aPerson();
  const callerAtHome = aPerson();
  const desk = await openTransferDesk({
    onCall: LEX_THEN_BEA,
    phones: { [LEX_PHONE]: lex, [CALLER]: callerAtHome },
    tenant: { hand_off: { phones: [], ring_seconds: 20 } },
  });
  const caller = await desk.ring();
  await caller.press('0');
  await caller.hangUp();
  const entry_id = await theEntry(desk);
  await desk.admin.call(ROUTES.joinEntry, { params: { entry_id }, body: { phone: LEX_PHONE } });
  await desk.settle();
  expect((await lex.picksUp()).join(' ')).toMatch(/call them back|called back|call back/i);
  await lex.press('1');
  await desk.settle();
  await callerAtHome.picksUp();
  expect(callerAtHome.call).toMatchObject({ from: '+15005550006', to: CALLER });
  await lex.wait(30);
  await callerAtHome.hangUp();
  await desk.settle();
  expect(await desk.entry(entry_id)).toMatchObject({ status: 'engaged', engaged_by: 'lex' });
  expect(await transfersOf(desk, entry_id)).toEqual([
    `lex: ringing: ${LEX_PHONE}`,
    `lex: accepted: ${LEX_PHONE}`,
    `lex: called back: ${LEX_PHONE}`,
  ]);
  await readTheRest(desk);
});

test('it is closed, or not allowed: nobody is rung, and somebody calls back', async () => {
  const desk = await openTransferDesk({ tenant: { opening_hours: { tuesday: ['15:00-16:00'] } as never } });
  const caller = await desk.ring();
  await caller.press('0');
  expect(caller.waitingFor).toMatchObject({ kind: 'gather' });
  expect(await desk.placedCalls()).toEqual([]);
  await caller.hangUp();
  await readTheRest(desk);
});

test('the daemon is started anew while a caller waits: the phones go on ringing', async () => {
  const back = aPerson();
  const desk = await openTransferDesk({ ...BOTH, phones: { [FRONT_PHONE]: aPerson(), [BACK_PHONE]: back } });
  const caller = await callerInRoom(desk);
  await desk.restart();
  await caller.wait(21);
  await desk.settle();
  await back.picksUp();
  await back.press('1');
  await desk.settle();
  expect(caller.waitingFor).toMatchObject({ kind: 'room', talking: true });
  await caller.hangUp();
  await readTheRest(desk);
});

test('Twilio takes no orders: the caller comes back to the receptionist once it does', async () => {
  const desk = await openTransferDesk({ twilioRest: { refusals: { [FRONT_PHONE]: 21215 } } });
  const caller = await desk.ring();
  await caller.press('0');
  await desk.settle();
  expect(caller.waitingFor).toMatchObject({ kind: 'gather' });
  expect(await transfersOf(desk, await theEntry(desk))).toContainEqual(expect.stringContaining('failed'));
  await caller.hangUp();
  await readTheRest(desk);
});
