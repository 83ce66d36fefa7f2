import type { EscalationChannel } from '@receptionist/core';
import type { Call } from '@receptionist/simulator/caller';
import { expect, test } from 'vitest';
import { CALLER, type FrontDesk, openFrontDesk } from '../harness/front-desk.ts';
import { BEA_PHONE, LEX_PHONE, LEX_THEN_BEA } from '../harness/on-call.ts';
import { northside } from '../harness/tenants.ts';

/** Told at once, and never again as long as a story lasts. */
function told(notify: EscalationChannel[]) {
  const escalation = {
    critical: [
      { after_minutes: 0, notify },
      { after_minutes: 600, notify },
    ],
    standard: [
      { after_minutes: 0, notify },
      { after_minutes: 600, notify },
    ],
  };
  return northside({ escalation });
}

const BY_CALL = { tenants: [told(['call'])], onCall: LEX_THEN_BEA };

/** Somebody rings, presses zero for a person, and waits. */
async function askForHuman(desk: FrontDesk): Promise<string> {
  const call = await desk.ring();
  await call.press('0');
  const [entry] = await desk.entries();
  return entry?.entry_id ?? expect.fail('nobody was asked for');
}

const presses = (keys: string) => async (call: Call) => {
  await call.press(keys);
};
const calledNumbers = async (desk: FrontDesk) => (await desk.placedCalls()).map(({ to }) => to);
const alertsOf = async (desk: FrontDesk, entry_id: string) =>
  (await desk.entry(entry_id)).timeline
    .filter(({ action }) => action === 'alerted' || action === 'acknowledged')
    .map(({ actor, action, detail }) => (action === 'alerted' ? detail : `${action} by ${actor}`));

test('Lex is rung, presses 1 and has it: nobody else is', async () => {
  const desk = await openFrontDesk({ ...BY_CALL, phones: { [LEX_PHONE]: presses('1') } });
  const entry_id = await askForHuman(desk);

  const [call, ...others] = await desk.placedCalls();
  expect(others).toEqual([]);
  expect(call).toMatchObject({ from: '+15005550006', to: LEX_PHONE, problems: [] });
  expect(desk.twilioRest.requests.at(-1)?.params).toMatchObject({
    Timeout: '25',
    TimeLimit: '180',
    StatusCallbackEvent: 'completed',
  });
  const said = call?.transcript.map(({ text }) => text).join(' ');
  expect(said).toContain('This is the receptionist of Northside Dental with a critical alert.');
  expect(said).toContain('A caller is on the line.');
  expect(said).toContain('Press 1 to acknowledge. Press 2 to pass it on.');
  const ending = entry_id.slice(-3).toUpperCase().split('').join(' ');
  expect(said).toContain(`Thank you. You have it. The entry ends in ${ending}.`);
  expect(said).toContain("The caller's number is 4 1 5, 5 5 5, 0 1 2 3.");
  expect(await desk.entry(entry_id)).toMatchObject({ status: 'acknowledged', acknowledged_by: 'lex' });
  expect(await alertsOf(desk, entry_id)).toContain('acknowledged by lex');

  desk.clock.advance('2m');
  expect(await calledNumbers(desk)).toEqual([]);
});

test.each([
  ['does not answer', 'no-answer', 'no answer'],
  ['is busy', 'busy', 'busy'],
  ['cannot be reached', 'failed', 'could not be reached'],
  ['has a mailbox that answers', 'voicemail', 'hung up without a choice'],
  ['hangs up', async () => {}, 'hung up without a choice'],
  ['presses 2', presses('2'), 'passed it on'],
] as const)('Lex %s: Bea is rung, and takes it', async (_what, lex, how) => {
  const phones = { [LEX_PHONE]: lex, [BEA_PHONE]: presses('1') };
  const desk = await openFrontDesk({ ...BY_CALL, phones });
  const entry_id = await askForHuman(desk);
  expect(await calledNumbers(desk)).toEqual([LEX_PHONE, BEA_PHONE]);
  expect(await alertsOf(desk, entry_id)).toContain(`call: lex, ${how}`);
  expect(await desk.entry(entry_id)).toMatchObject({ status: 'acknowledged', acknowledged_by: 'bea' });
});

test('a mailbox hears the alert twice, and nothing that the caller said', async () => {
  const desk = await openFrontDesk({ ...BY_CALL, phones: { [LEX_PHONE]: 'voicemail' } });
  const caller = await desk.ring();
  await caller.say('I want to talk to a human about my crown');
  const [call] = await desk.placedCalls();
  const said = call?.transcript.map(({ text }) => text).join(' ') ?? '';
  expect(said.match(/This is the receptionist/g)).toHaveLength(2);
  expect(said).toMatch(/Goodbye\.$/);
  expect(said).not.toMatch(/crown/);
});

test('nobody takes it: each is rung once, and the alert goes on', async () => {
  const desk = await openFrontDesk(BY_CALL);
  const entry_id = await askForHuman(desk);
  expect(await calledNumbers(desk)).toEqual([LEX_PHONE, BEA_PHONE]);
  desk.clock.advance('1m');
  expect(await calledNumbers(desk)).toEqual([]);
  expect((await desk.entry(entry_id)).status).toBe('open');
});

test('whoever presses 1 too late hears who has it', async () => {
  const desk: FrontDesk = await openFrontDesk({ ...BY_CALL, phones: { [LEX_PHONE]: lex } });
  async function lex(call: Call) {
    const { items } = await desk.store.read.listEntries({ status: ['open'] }, { limit: 1, cursor: null });
    const { entry_id } = items[0] ?? expect.fail('no entry');
    const now = desk.clock.now().toISOString();
    await desk.store.transact((tx) => tx.moveEntry(entry_id, { move: 'acknowledge' }, 'bea', now));
    await call.press('1');
    expect(call.heard.join(' ')).toBe('bea has it already. Goodbye.');
  }
  await askForHuman(desk);
  expect(await calledNumbers(desk)).toEqual([LEX_PHONE]);
});

test('several callers at once: one call tells of all that came meanwhile, and who is left goes on to the next person', async () => {
  const phones = { [LEX_PHONE]: presses('1'), [BEA_PHONE]: presses('1') };
  const desk = await openFrontDesk({ ...BY_CALL, phones });
  for (const from of ['+14155550124', '+14155550125', '+14155550126']) {
    const call = await desk.ring(from);
    await call.press('0');
    await desk.settle();
  }
  expect(await calledNumbers(desk)).toEqual([LEX_PHONE]);
  desk.clock.advance('61s');
  const [toLex, toBea] = await desk.placedCalls();
  expect(toLex?.transcript.map(({ text }) => text)).toEqual(
    expect.arrayContaining(['And 1 more caller waits.', '1 more caller waits.']),
  );
  expect([toLex?.to, toBea?.to]).toEqual([LEX_PHONE, BEA_PHONE]);
  const holders = (await desk.entries()).map(({ acknowledged_by }) => acknowledged_by);
  expect(holders.sort()).toEqual(['bea', 'lex', 'lex']);
});

test('another key says the choice again', async () => {
  const lex = async (call: Call) => {
    await call.press('7');
    expect(call.heard.join(' ')).toBe('Press 1 to acknowledge. Press 2 to pass it on.');
    await call.press('1');
  };
  const desk = await openFrontDesk({ ...BY_CALL, phones: { [LEX_PHONE]: lex } });
  await askForHuman(desk);
  expect(await calledNumbers(desk)).toEqual([LEX_PHONE]);
});

test('it is not known whether Twilio placed the call: it is not placed again, and 1 still counts', async () => {
  const desk = await openFrontDesk({ ...BY_CALL, phones: { [LEX_PHONE]: presses('1') } });
  desk.twilioRest.fail({ mode: 'hang_but_accept', times: 1 });
  const entry_id = await askForHuman(desk);
  expect(await calledNumbers(desk)).toEqual([LEX_PHONE]);
  expect(await desk.entry(entry_id)).toMatchObject({
    acknowledged_by: 'lex',
    notifications: [{ channel: 'call', status: 'failed', attempts: 1 }],
  });
});

test('Twilio refuses the call: the next one is rung', async () => {
  const desk = await openFrontDesk({
    ...BY_CALL,
    phones: { [BEA_PHONE]: presses('1') },
    twilioRest: { refusals: { [LEX_PHONE]: 21215 } },
  });
  desk.expectErrors(/an alert was refused/);
  const entry_id = await askForHuman(desk);
  expect(await calledNumbers(desk)).toEqual([BEA_PHONE]);
  expect(await desk.entry(entry_id)).toMatchObject({ acknowledged_by: 'bea' });
});

test('a text tells whoever is on call, once', async () => {
  const desk = await openFrontDesk({ tenants: [told(['text'])], onCall: LEX_THEN_BEA });
  const entry_id = await askForHuman(desk);
  const texts = await desk.sentTexts();
  expect(texts).toMatchObject([{ from: '+15005550006', to: LEX_PHONE }]);
  expect(texts[0]?.body).toBe(
    `Critical: Northside Dental: caller asked for a person. adminctl fallback ack ${entry_id} --admin-user you`,
  );
  expect(texts[0]?.body).not.toContain(CALLER);
});
