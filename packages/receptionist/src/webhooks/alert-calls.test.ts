import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAlertCalls } from './alert-calls.ts';
import type { AlertAnswer, AlertCallTurn } from './alert-line.ts';
import { type Office, ORIGIN, openOffice } from './test-office.ts';

let office: Office;
let entry_id: string;
/** The call to Lex. */
let delivery_id: string;

beforeEach(async () => {
  office = await openOffice();
  entry_id = await office.file();
  delivery_id = (await office.send())[0]?.delivery_id ?? '';
});
afterEach(() => office.close());

const calls = () => createAlertCalls(office);
const turn = (answer: AlertAnswer, more: Partial<AlertCallTurn> = {}) =>
  calls().takeTurn({ delivery_id, others: 0, said: 1, account_id: 'AC1', answer, ...more }, ORIGIN);
const entry = async () => (await office.store.read.getEntry(entry_id)) ?? expect.fail('no entry');
const calledNext = async () => (await office.send()).map(({ channel, person }) => `${channel}: ${person}`);
const told = async () =>
  (await entry()).timeline.filter(({ action }) => action === 'alerted').map(({ detail }) => detail);

describe('an alert call', () => {
  it('says the alert and the choice twice, then goodbye', async () => {
    const first = await turn('nothing', { said: 0 });
    expect(first.say.at(0)).toBe('This is the receptionist of Northside Dental with a critical alert.');
    expect(first.say.at(-1)).toBe('Press 1 to acknowledge. Press 2 to pass it on.');
    expect(first.next).toEqual({ delivery_id, others: 0, said: 1 });
    const second = await turn('nothing', { said: 1 });
    expect(second).toEqual({ ...first, next: { delivery_id, others: 0, said: 2 } });
    expect(await turn('nothing', { said: 2 })).toMatchObject({ say: ['Goodbye.'], next: null });
  });

  it('says the choice again after another key', async () => {
    expect(await turn('unknown', { others: 2 })).toMatchObject({
      say: ['Press 1 to acknowledge. Press 2 to pass it on.'],
      next: { delivery_id, others: 2, said: 1 },
    });
  });

  it('speaks with the voice of the tenant', async () => {
    expect((await turn('nothing')).voice).toEqual(office.tenant.voice);
  });

  describe('1', () => {
    it('acknowledges, on the record', async () => {
      expect((await turn('acknowledge')).say.slice(0, 1)).toEqual(['Thank you. You have it.']);
      expect(await entry()).toMatchObject({ status: 'acknowledged', acknowledged_by: 'lex' });
      const { items } = await office.store.read.listAudit({}, { limit: 10, cursor: null });
      expect(items).toMatchObject([
        { actor: 'lex', action: 'fallback.acknowledge', target: `fallback:${entry_id}`, ...ORIGIN },
      ]);
      expect(office.rung).toEqual([entry_id]);
      await calls().end({ delivery_id, account_id: 'AC1', how: 'hung up without a choice' });
      expect(await calledNext()).not.toContain('call: bea');
      expect(await told()).toEqual(['call: lex']);
    });

    it('pressed again says the same', async () => {
      const first = await turn('acknowledge');
      expect(await turn('acknowledge')).toEqual(first);
    });

    it.each([
      ['who has it', () => office.act(entry_id, 'bea', 'acknowledge'), 'bea has it already.'],
      ['that it is settled', () => office.act(entry_id, 'bea', 'resolve'), 'It is settled already.'],
    ])('says %s', async (_what, meanwhile, said) => {
      await meanwhile();
      const reply = await turn('acknowledge');
      expect(reply).toMatchObject({ say: [said, 'Goodbye.'], next: null });
      expect(await turn('nothing')).toEqual(reply);
      expect(await turn('pass_on')).toEqual(reply);
    });

    it('leaves a later round to the alert that tells of it', async () => {
      await office.act(entry_id, 'lex', 'acknowledge');
      office.pass(10);
      await office.store.transact((tx) =>
        tx.advanceDue({ now: office.at(), ways: { slack: null, pagerduty: true, phone: true }, limit: 10 }),
      );
      expect((await turn('acknowledge')).say).toEqual(['A newer alert tells of it.', 'Goodbye.']);
      expect((await entry()).status).toBe('open');
    });
  });

  it('says to whoever took it while it rang that they have it', async () => {
    await office.act(entry_id, 'lex', 'acknowledge');
    expect((await turn('nothing', { said: 0 })).say).toEqual(['You have it already.', 'Goodbye.']);
  });

  describe('2', () => {
    it('calls the next one, once', async () => {
      expect((await turn('pass_on')).say).toEqual(['I call the next one.', 'Goodbye.']);
      await calls().end({ delivery_id, account_id: 'AC1', how: 'hung up without a choice' });
      expect(await calledNext()).toEqual(['call: bea']);
      expect(await told()).toEqual(['call: lex', 'call: lex, passed it on', 'call: bea']);
    });

    it('says when nobody is left', async () => {
      await turn('pass_on');
      delivery_id = (await office.send())[0]?.delivery_id ?? '';
      expect((await turn('pass_on')).say[0]).toBe('There is nobody else on call. The alert goes on.');
    });
  });

  it('that nobody takes rings the next one', async () => {
    const ended = { delivery_id, account_id: 'AC1', how: 'no answer' };
    await calls().end(ended);
    await calls().end(ended);
    expect(await calledNext()).toEqual(['call: bea']);
    expect(await told()).toContain('call: lex, no answer');
  });

  it('that nobody knows is about nothing', async () => {
    const unknown = { say: ['This call is about nothing that is known here.', 'Goodbye.'], next: null };
    expect(await turn('acknowledge', { delivery_id: 'dl_1' })).toMatchObject(unknown);
    expect(await calls().takeTurn(null, ORIGIN)).toMatchObject(unknown);
    await calls().end({ delivery_id: 'dl_1', account_id: 'AC1', how: 'busy' });
    expect((await entry()).status).toBe('open');
  });

  it('is heard as a sentence when something fails inside', async () => {
    await office.store.close();
    const reply = await turn('acknowledge');
    expect(reply.say[0]).toMatch(/went wrong on our side/);
    expect(reply.next).toBeNull();
    expect(office.lines.map(({ level }) => level)).toEqual(['error']);
  });
});

it('an account cannot take the alerts of a tenant that has its own', async () => {
  const other = await openOffice({ twilio_account_sid: 'AC00000000000000000000000000000001' });
  await other.file();
  const [call] = await other.send();
  const reply = await createAlertCalls(other).takeTurn(
    { delivery_id: call?.delivery_id ?? '', others: 0, said: 1, account_id: 'AC1', answer: 'acknowledge' },
    ORIGIN,
  );
  expect(reply.say[0]).toBe('This call is about nothing that is known here.');
  await other.close();
});
