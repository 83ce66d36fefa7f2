import type { HandOff, Leg, Tenant } from '@receptionist/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../observability/metrics.ts';
import type { LegAnswer, LegTurn } from '../webhooks/hand-off-line.ts';
import { type Office, openOffice } from '../webhooks/test-office.ts';
import { createLegs } from './legs.ts';
import { createTellHandOff, type TellHandOff } from './news.ts';
import { createRooms } from './rooms.ts';
import { beginHandOff, CALLER, WAYS } from './test-wait.ts';

const [FRONT, BACK] = ['+15005550009', '+15005550010'] as const;

let office: Office;
let handOff: HandOff;
let tell: TellHandOff;
let metrics: ReturnType<typeof createMetrics>;

async function open(changes: Partial<Tenant> = {}) {
  office = await openOffice({ hand_off: { phones: [FRONT, BACK], ring_seconds: 20 }, ...changes });
  metrics = createMetrics();
  tell = createTellHandOff({ ...office, metrics });
  handOff = await ringFirst();
}

/** A caller waits, and the first phone rings. */
async function ringFirst(): Promise<HandOff> {
  const begun = await beginHandOff(office);
  await order();
  const { leg_id = '' } = begun.legs[0] ?? {};
  await tell(begun.hand_off_id, { news: 'placed', leg_id, provider_id: 'CA2' });
  return begun;
}

const order = () =>
  office.store.transact(async (tx) => {
    const claim = { now: office.at(), limit: 10, lease_ms: 10_000, ways: WAYS };
    for (const claimed of await tx.claimHandOffs(claim)) await tx.releaseHandOff(claimed, office.at());
  });
const present = async () =>
  (await office.store.read.getHandOff(handOff.hand_off_id)) ?? expect.fail('no hand-off');
const leg = async (index = 0): Promise<Leg> => (await present()).legs[index] ?? expect.fail('no leg');
const legs = () => createLegs({ ...office, tell });
const turn = async (answer: LegAnswer, more: Partial<LegTurn> = {}) => {
  const { leg_id } = await leg();
  return legs().takeTurn({
    ...{ leg_id, provider_id: 'CA2', account_id: 'AC1', said: 1, offer: 'caller', answer },
    ...more,
  });
};
const waits = async () => (await metrics.registry.metrics()).match(/^receptionist_hand_offs_total.*$/m)?.[0];

beforeEach(() => open());
afterEach(() => office.close());

describe('a phone that is rung for a caller', () => {
  it('says who calls and why three times, and is then taken for a mailbox', async () => {
    const first = await turn('nothing', { said: 0 });
    expect(first.say).toEqual([
      'A call for Northside Dental, from 4 1 5, 5 5 5, 0 1 2 3.',
      'The caller asked for a person.',
      'Press 1 to take the call, 2 to decline.',
    ]);
    const { leg_id } = await leg();
    expect(first.next).toEqual({ action: 'ask', call: { leg_id, said: 1, offer: 'caller' } });
    expect((await leg()).state).toBe('asked');
    expect(await turn('nothing', { said: 1 })).toMatchObject({ say: first.say });
    expect(await turn('nothing', { said: 2 })).toMatchObject({ say: first.say });
    expect(await turn('nothing', { said: 3 })).toMatchObject({ say: ['Goodbye.'], next: null });
    expect((await leg()).outcome).toBe('voicemail');
  });

  it('1 joins the room, also where it is asked twice', async () => {
    const joined = await turn('take');
    const { leg_id } = await leg();
    expect(joined).toMatchObject({
      say: ['Connecting you.'],
      next: { action: 'join', leg_id, room: 't:t1:CA1' },
    });
    expect(await turn('take')).toEqual(joined);
    expect((await leg()).outcome).toBe('accepted');
  });

  it('2 declines', async () => {
    expect(await turn('decline')).toMatchObject({ say: ['All right.', 'Goodbye.'], next: null });
    expect((await leg()).outcome).toBe('declined');
  });

  it('another key is told what there is', async () => {
    expect(await turn('unknown')).toMatchObject({
      say: ['Press 1 to take the call, 2 to decline.'],
      next: { action: 'ask', call: { said: 1 } },
    });
  });

  it('a hang-up before a key is a refusal', async () => {
    await turn('nothing', { said: 0 });
    await legs().end({ leg_id: (await leg()).leg_id, account_id: 'AC1', how: 'hung_up' });
    expect((await leg()).outcome).toBe('declined');
  });

  it.each(['nothing', 'take'] as const)('says that the caller has hung up: %s', async (answer) => {
    await tell(handOff.hand_off_id, { news: 'caller_left' });
    expect(await turn(answer)).toMatchObject({ say: ['The caller has hung up.', 'Goodbye.'], next: null });
    expect(await waits()).toContain('outcome="caller_left"} 1');
  });

  it('says that somebody else has the call', async () => {
    const joining = { entry_id: (await present()).entry_id ?? '', phone: '+14155550101', person: 'lex' };
    await office.store.transact((tx) => tx.joinEntry({ ...joining, ring_seconds: 20 }, office.at()));
    await order();
    const lex = await leg(2);
    await tell(handOff.hand_off_id, { news: 'accepted', leg_id: lex.leg_id });
    expect(await turn('take')).toMatchObject({
      say: ['Somebody else has taken the call.', 'Goodbye.'],
      next: null,
    });
  });

  it('is told nothing that another account asks for', async () => {
    await office.close();
    await open({ twilio_account_sid: 'AC1' });
    expect(await turn('take', { account_id: 'AC2' })).toMatchObject({
      say: ['This call is about nothing that is known here.', 'Goodbye.'],
    });
    expect((await leg()).outcome).toBeNull();
    expect(await turn('take', { leg_id: 'lg_nobody' })).toMatchObject({ next: null });
    expect(await legs().takeTurn(null)).toMatchObject({ next: null });
  });

  it('hears an apology where we fail', async () => {
    const broken = createLegs({ ...office, tell: () => Promise.reject(new Error('disk full')) });
    const { leg_id } = await leg();
    const asked = { leg_id, provider_id: 'CA2', account_id: 'AC1', said: 1, offer: 'caller' as const };
    expect(await broken.takeTurn({ ...asked, answer: 'take' })).toMatchObject({
      say: ['I am sorry, something went wrong on our side.', 'Goodbye.'],
      next: null,
    });
    expect(office.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});

describe('whoever asked to be put through', () => {
  /** Lex is rung. */
  async function join(): Promise<Leg> {
    const joining = { entry_id: (await present()).entry_id ?? '', phone: '+14155550101', person: 'lex' };
    await office.store.transact((tx) => tx.joinEntry({ ...joining, ring_seconds: 20 }, office.at()));
    await order();
    return leg(2);
  }

  it('calls back a caller who has left, once asked', async () => {
    const { leg_id } = await join();
    await tell(handOff.hand_off_id, { news: 'caller_left' });
    const asked = await turn('take', { leg_id });
    expect(asked.say).toEqual(['The caller has hung up.', 'Press 1 to call them back, 2 to leave it.']);
    expect(asked.next).toMatchObject({ action: 'ask', call: { offer: 'call_back' } });
    expect(await turn('take', { leg_id, offer: 'call_back' })).toMatchObject({
      say: ['I am calling them now.'],
      next: { action: 'call_back', leg_id, caller: CALLER, number: '+15005550006' },
    });
    await legs().hearCallBack({ leg_id, account_id: 'AC1', outcome: 'answered' });
    const entry = await office.store.read.getEntry((await present()).entry_id ?? '');
    expect(entry).toMatchObject({ status: 'engaged', engaged_by: 'lex' });
  });

  it('hears how the call back went', async () => {
    const { leg_id } = await join();
    await tell(handOff.hand_off_id, { news: 'caller_left' });
    await turn('take', { leg_id, offer: 'call_back' });
    const over = await legs().endCallBack({ leg_id, account_id: 'AC1', outcome: 'busy' });
    expect(over).toMatchObject({ say: ['Their line is busy.', 'Goodbye.'], next: null });
  });
});

describe('the room', () => {
  const hear = (what: Parameters<ReturnType<typeof createRooms>['hear']>[0]['what']) =>
    createRooms({ ...office, tell }).hear({ call_id: 'CA1', account_id: 'AC1', what });

  it('is a conversation once it has begun with somebody who pressed 1', async () => {
    await hear('begins');
    expect((await present()).place).toBe('waiting');
    await turn('take');
    expect((await present()).place).toBe('waiting');
    await hear('begins');
    expect((await present()).place).toBe('bridged');
    expect(await waits()).toContain('outcome="bridged"} 1');
  });

  it('is empty when the caller has hung up', async () => {
    await hear('caller_hung_up');
    expect((await present()).place).toBe('left');
  });
});
