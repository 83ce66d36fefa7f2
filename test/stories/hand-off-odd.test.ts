/** A caller is put through while everything happens in an odd order: twice, late, at once, or not at all. */
import { type AdminClient, createAdminClient, ROUTES } from '@receptionist/admin-api';
import { type Exchange, repeatRequest, sendSigned } from '@receptionist/simulator/caller';
import { aPerson } from '@receptionist/simulator/servers';
import { expect, onTestFinished, test } from 'vitest';
import { ACCOUNT_SID, ADMIN_KEY, AUTH_TOKEN, type FrontDesk } from '../harness/front-desk.ts';
import {
  BACK_PHONE,
  FRONT_PHONE,
  heardBy,
  LONGEST_SILENCE,
  openTransferDesk,
  theEntry,
  transfersOf,
} from '../harness/hand-off.ts';
import { BEA_PHONE, LEX_PHONE, LEX_THEN_BEA } from '../harness/on-call.ts';

const BOTH = { tenant: { hand_off: { phones: [FRONT_PHONE, BACK_PHONE], ring_seconds: 20 } } };
const NOBODY = { tenant: { hand_off: { phones: [], ring_seconds: 20 } } };

/** Whoever is put through; in the end they must not have heard nothing for too long. */
async function callerWhoAsks(desk: FrontDesk, from?: string) {
  const caller = await desk.ring(from);
  await caller.press('0');
  await desk.settle();
  onTestFinished(() => expect(caller.longestSilence()).toBeLessThanOrEqual(LONGEST_SILENCE));
  return caller;
}

async function callerInRoom(desk: FrontDesk, from?: string) {
  const caller = await callerWhoAsks(desk, from);
  expect(caller.waitingFor).toMatchObject({ kind: 'room', talking: false });
  return caller;
}

/** The only phone is busy. */
async function callerWhoCameBack() {
  const desk = await openTransferDesk({ phones: { [FRONT_PHONE]: 'busy' } });
  const caller = await callerWhoAsks(desk);
  expect(caller.waitingFor).toMatchObject({ kind: 'gather' });
  return { desk, caller };
}

/** All that the desk told elsewhere, so that the story need not. */
async function readTheRest(desk: FrontDesk) {
  await desk.alerts();
  await desk.placedCalls();
}

function join(admin: AdminClient, entry_id: string, phone: string) {
  return admin.call(ROUTES.joinEntry, { params: { entry_id }, body: { phone } });
}

function adminAs(user: string, { url, clock }: FrontDesk): AdminClient {
  return createAdminClient({ baseUrl: url, key: ADMIN_KEY, user, timeoutMs: 5_000, now: clock.now });
}

test('the caller hangs up while the second phone rings: it is silenced, and the entry waits for a call back', async () => {
  const back = aPerson();
  const desk = await openTransferDesk({ ...BOTH, phones: { [FRONT_PHONE]: 'busy', [BACK_PHONE]: back } });
  const caller = await callerInRoom(desk);
  await caller.wait(3);
  expect(back.rings).toBe(true);
  await caller.hangUp();
  await desk.settle();
  expect(back.rings).toBe(false);
  const entry_id = await theEntry(desk);
  expect(await transfersOf(desk, entry_id)).toEqual([
    `receptionistd: ringing: ${FRONT_PHONE} (1 of 2)`,
    `receptionistd: busy: ${FRONT_PHONE} (1 of 2)`,
    `receptionistd: ringing: ${BACK_PHONE} (2 of 2)`,
    `receptionistd: caller left: ${BACK_PHONE} (2 of 2)`,
  ]);
  expect(await desk.entry(entry_id)).toMatchObject({ status: 'open', context: { live: false } });
  await readTheRest(desk);
});

test('somebody picks up at the moment in which the caller hangs up', async () => {
  const front = aPerson();
  const desk = await openTransferDesk({ phones: { [FRONT_PHONE]: front } });
  const caller = await callerInRoom(desk);
  await caller.wait(2);
  await Promise.all([front.picksUp(), caller.hangUp()]);
  await desk.settle();
  if (front.waitingFor) await front.press('1');
  await desk.settle();
  expect(front.waitingFor).toBeNull();
  const entry_id = await theEntry(desk);
  expect(await desk.entry(entry_id)).toMatchObject({ status: 'open', context: { live: false } });
  expect((await transfersOf(desk, entry_id)).at(-1)).toBe(`receptionistd: caller left: ${FRONT_PHONE}`);
  await readTheRest(desk);
});

test('1 is pressed at the moment in which the caller hangs up: nobody stays alone in the room', async () => {
  const front = aPerson();
  const desk = await openTransferDesk({ phones: { [FRONT_PHONE]: front } });
  const caller = await callerInRoom(desk);
  await front.picksUp();
  await Promise.all([front.press('1'), caller.hangUp()]);
  await desk.settle();
  expect(front.waitingFor).toBeNull();
  expect(await desk.entry(await theEntry(desk))).toMatchObject({ context: { live: false } });
  await readTheRest(desk);
});

test('whatever Twilio tells once more, in the wrong order and a minute late, changes nothing', async () => {
  const back = aPerson();
  const desk = await openTransferDesk({ ...BOTH, phones: { [FRONT_PHONE]: 'busy', [BACK_PHONE]: back } });
  const caller = await callerInRoom(desk);
  await caller.wait(3);
  await back.picksUp();
  await back.press('1');
  await desk.settle();
  const entry_id = await theEntry(desk);
  const before = await desk.entry(entry_id);
  desk.clock.advance('60s');

  const outgoing = desk.twilioRest.outgoing.flatMap(({ requests }) => requests);
  const told = [...caller.requests, ...outgoing, ...desk.twilioRest.callbacks];
  for (const exchange of told.toReversed()) await expectTheSame(exchange);
  await desk.settle();

  expect((await desk.entry(entry_id)).timeline).toEqual(before.timeline);
  expect(caller.waitingFor).toMatchObject({ kind: 'room', talking: true });
  expect(back.waitingFor).toMatchObject({ kind: 'room', talking: true });
  await back.hangUp();
  await desk.settle();
  expect(caller.waitingFor).toMatchObject({ kind: 'gather' });
  expect(heardBy(caller).at(-1)).not.toMatch(/wrong|sorry/);
  await caller.hangUp();
  await readTheRest(desk);
});

async function expectTheSame(exchange: Exchange) {
  const again = await repeatRequest(exchange);
  expect([again.url, again.status]).toEqual([exchange.url, exchange.status]);
}

test('two people join at once: one of them is rung, the other is told who has the caller', async () => {
  const phones = { [LEX_PHONE]: aPerson(), [BEA_PHONE]: aPerson() };
  const desk = await openTransferDesk({ ...NOBODY, onCall: LEX_THEN_BEA, phones });
  const caller = await callerWhoAsks(desk);
  const entry_id = await theEntry(desk);
  const both = await Promise.allSettled([
    join(desk.admin, entry_id, LEX_PHONE),
    join(adminAs('bea', desk), entry_id, BEA_PHONE),
  ]);
  await desk.settle();
  const { assignee } = await desk.entry(entry_id);
  expect(both.filter(({ status }) => status === 'rejected')).toMatchObject([
    { reason: { code: 'already_acknowledged', message: expect.stringContaining(`${assignee} has`) } },
  ]);
  expect(Object.values(phones).filter(({ rings }) => rings)).toHaveLength(1);
  await caller.hangUp();
  await readTheRest(desk);
});

test('the same phone is asked to join twice: it rings once', async () => {
  const lex = aPerson();
  const desk = await openTransferDesk({ ...NOBODY, onCall: LEX_THEN_BEA, phones: { [LEX_PHONE]: lex } });
  const caller = await callerWhoAsks(desk);
  const entry_id = await theEntry(desk);
  await Promise.all([join(desk.admin, entry_id, LEX_PHONE), join(desk.admin, entry_id, LEX_PHONE)]);
  await desk.settle();
  await lex.picksUp();
  await lex.press('1');
  await desk.settle();
  expect(await transfersOf(desk, entry_id)).toEqual([
    `lex: ringing: ${LEX_PHONE}`,
    `lex: accepted: ${LEX_PHONE}`,
    `lex: bridged: ${LEX_PHONE}`,
  ]);
  await caller.hangUp();
  await readTheRest(desk);
});

test('two press 1 at once: one talks, the other hears that somebody else has the call', async () => {
  const [front, lex] = [aPerson(), aPerson()];
  const phones = { [FRONT_PHONE]: front, [LEX_PHONE]: lex };
  const desk = await openTransferDesk({ onCall: LEX_THEN_BEA, phones });
  const caller = await callerInRoom(desk);
  const entry_id = await theEntry(desk);
  await join(desk.admin, entry_id, LEX_PHONE);
  await desk.settle();
  await Promise.all([front.picksUp(), lex.picksUp()]);
  await Promise.all([front.press('1'), lex.press('1')]);
  await desk.settle();
  expect(caller.waitingFor).toMatchObject({ kind: 'room', talking: true });
  const [talks, comesTooLate] = front.waitingFor ? [front, lex] : [lex, front];
  expect(talks.waitingFor).toMatchObject({ kind: 'room', talking: true });
  expect(comesTooLate.waitingFor).toBeNull();
  expect(comesTooLate.call?.transcript.map(({ text }) => text).join(' ')).toContain(
    'Somebody else has taken the call',
  );
  expect((await transfersOf(desk, entry_id)).filter((each) => each.includes('accepted'))).toHaveLength(1);
  await caller.hangUp();
  await readTheRest(desk);
});

test('the daemon is started anew while they talk: the caller comes back to the receptionist all the same', async () => {
  const front = aPerson();
  const desk = await openTransferDesk({ phones: { [FRONT_PHONE]: front } });
  const caller = await callerInRoom(desk);
  await front.picksUp();
  await front.press('1');
  await desk.settle();
  await desk.restart();
  await caller.wait(40);
  await front.hangUp();
  await desk.settle();
  expect(caller.waitingFor).toMatchObject({ kind: 'gather' });
  expect(heardBy(caller).join(' ')).toMatch(/anything else/);
  await caller.hangUp();
  await readTheRest(desk);
});

test('the daemon is started anew while a message is recorded: it joins the entry once', async () => {
  const { desk, caller } = await callerWhoCameBack();
  await caller.press('1');
  expect(caller.waitingFor).toMatchObject({ kind: 'record' });
  await desk.restart();
  await caller.record('My crown came off.', { seconds: 9, finish: '#' });
  await desk.settle();
  for (const exchange of caller.requests.slice(-2)) await repeatRequest(exchange);
  await desk.settle();
  const entry = await desk.entry(await theEntry(desk));
  expect(entry.context['recordings']).toMatchObject([{ duration_s: 9, status: 'completed' }]);
  expect(entry.timeline.filter(({ detail }) => detail?.includes('message_left'))).toHaveLength(1);
  await caller.hangUp();
  await readTheRest(desk);
});

test('Twilio has the recording before it says that the message is over', async () => {
  const { desk, caller } = await callerWhoCameBack();
  await caller.press('1');
  await tellOfRecording(desk, caller.callSid, 'completed');
  await tellOfRecording(desk, caller.callSid, 'completed');
  expect(caller.waitingFor).toMatchObject({ kind: 'record' });
  await caller.hangUp();
  await desk.settle();
  const entry = await desk.entry(await theEntry(desk));
  expect(entry.context['recordings']).toContainEqual(
    expect.objectContaining({ recording_id: RECORDING_SID, duration_s: 7, status: 'completed' }),
  );
  await readTheRest(desk);
});

const RECORDING_SID = `RE${'0'.repeat(32)}`;

async function tellOfRecording(desk: FrontDesk, CallSid: string, RecordingStatus: string) {
  const params = {
    ...{ AccountSid: ACCOUNT_SID, CallSid, RecordingSid: RECORDING_SID, RecordingStatus },
    ...{ RecordingUrl: `https://api.twilio.com/${RECORDING_SID}`, RecordingDuration: '7' },
  };
  const { status } = await sendSigned({
    url: `${desk.url}/twilio/voice/recording-status`,
    authToken: AUTH_TOKEN,
    params,
  });
  expect(status).toBeLessThan(300);
}

test('who is asked for a key talks instead, three times: that is a mailbox, and the next phone rings', async () => {
  const [front, back] = [aPerson(), aPerson()];
  const desk = await openTransferDesk({ ...BOTH, phones: { [FRONT_PHONE]: front, [BACK_PHONE]: back } });
  const caller = await callerInRoom(desk);
  await front.picksUp();
  for (let times = 0; times < 3 && front.waitingFor; times++) await front.say('hello? who is it?');
  await desk.settle();
  expect(front.waitingFor).toBeNull();
  expect(back.rings).toBe(true);
  expect(await transfersOf(desk, await theEntry(desk))).toContainEqual(expect.stringContaining('voicemail'));
  await caller.hangUp();
  await readTheRest(desk);
});

test('whoever presses 1 twice takes the call once', async () => {
  const front = aPerson();
  const desk = await openTransferDesk({ phones: { [FRONT_PHONE]: front } });
  const caller = await callerInRoom(desk);
  await front.picksUp();
  await front.press('11');
  if (front.waitingFor?.kind !== 'room') await front.press('1');
  await front.press('1');
  await desk.settle();
  expect(caller.waitingFor).toMatchObject({ kind: 'room', talking: true });
  const transfers = await transfersOf(desk, await theEntry(desk));
  expect(transfers.filter((each) => each.includes('accepted'))).toHaveLength(1);
  await caller.hangUp();
  await readTheRest(desk);
});

test('a caller who waits presses keys and talks: they wait on', async () => {
  const front = aPerson();
  const desk = await openTransferDesk({ phones: { [FRONT_PHONE]: front } });
  const caller = await callerInRoom(desk);
  await caller.press('1');
  await caller.press('*');
  await caller.say('hello, is anybody there?');
  await caller.wait(5);
  expect(caller.waitingFor).toMatchObject({ kind: 'room', talking: false });
  await front.picksUp();
  await front.press('1');
  await desk.settle();
  expect(caller.waitingFor).toMatchObject({ kind: 'room', talking: true });
  await caller.hangUp();
  await readTheRest(desk);
});

test('a caller without a number is put through, and asked for one when nobody comes', async () => {
  const front = aPerson();
  const desk = await openTransferDesk({ phones: { [FRONT_PHONE]: front } });
  const caller = await callerInRoom(desk, 'anonymous');
  expect((await front.picksUp()).join(' ')).toMatch(/withheld|unknown|no number/i);
  await front.press('2');
  await desk.settle();
  await caller.press('2');
  expect(caller.heard.join(' ')).toMatch(/number/);
  await caller.say('415 555 0199');
  await caller.say('no, goodbye');
  expect(caller.status).toBe('completed');
  const entry = await desk.entry(await theEntry(desk));
  expect(JSON.stringify(entry)).toContain('0199');
  await readTheRest(desk);
});

test('a caller who is asked for a key says something else: it is heard, and nobody is lost', async () => {
  const { desk, caller } = await callerWhoCameBack();
  await caller.press('7');
  expect(caller.heard.join(' ')).toContain('press 1');
  await caller.say('what?');
  await caller.say('my crown fell out and it hurts, please tell the dentist');
  await caller.hangUp();
  await desk.settle();
  const entry = await desk.entry(await theEntry(desk));
  expect(JSON.stringify(entry.context)).toContain('crown fell out');
  await readTheRest(desk);
});
