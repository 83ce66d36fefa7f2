import type { HandOff, Leg } from '@receptionist/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTellHandOff, type TellHandOff } from '../hand-off/news.ts';
import { beginHandOff, WAYS } from '../hand-off/test-wait.ts';
import { createMetrics } from '../observability/metrics.ts';
import type { CallState, CallToChange, CallToPlace, Sent } from '../texts/twilio-rest.ts';
import { type Office, openOffice } from '../webhooks/test-office.ts';
import { createTwilioHandOffLine } from '../webhooks/twilio-hand-off-line.ts';
import { createHandOffs } from './hand-offs.ts';

const ACCOUNT = { sid: 'AC1', token: 'secret' };
const OVER: Sent = { outcome: 'refused', why: 'Twilio answered 400 (21220)', code: 21220 };
const REFUSED: Sent = { outcome: 'refused', why: 'Twilio answered 400 (21215)', code: 21215 };
const POSTPONED: Sent = { outcome: 'postponed', why: 'Twilio answered 503', retryAfterSeconds: null };
const UNCLEAR: Sent = { outcome: 'unclear', why: 'Twilio could not be reached (TimeoutError)' };

let office: Office;
let handOff: HandOff;
let tell: TellHandOff;
/** What Twilio was asked for, and what it answers: the last answer stays. */
let placed: CallToPlace[];
let changed: CallToChange[];
let toPlacing: Sent;
let toChanging: Sent;
let callerIs: CallState;

beforeEach(async () => {
  office = await openOffice({ hand_off: { phones: ['+15005550009'], ring_seconds: 20 } });
  tell = createTellHandOff({ ...office, metrics: createMetrics() });
  handOff = await beginHandOff(office);
  [placed, changed] = [[], []];
  toPlacing = { outcome: 'sent', provider_id: 'CA2' };
  toChanging = { outcome: 'sent', provider_id: 'CA2' };
  callerIs = 'up';
});
afterEach(() => office.close());

const seconds = (count: number) => office.pass(count / 60);
const orders = (account: typeof ACCOUNT | null = ACCOUNT) =>
  createHandOffs({
    ...office,
    ...{ ways: WAYS, tell, accountOf: () => account },
    line: createTwilioHandOffLine({ publicUrl: 'https://phone.example.com' }),
    placeCall: async (call) => {
      placed.push(call);
      return toPlacing;
    },
    changeCall: async (call) => {
      changed.push(call);
      return toChanging;
    },
    lookUpCall: async () => callerIs,
    endCall: ({ call_id }) =>
      office.store.transact((tx) => tx.endConversation(call_id, 'caller_left', office.at())),
  });
async function cycle(account?: typeof ACCOUNT | null) {
  const giveOrders = orders(account);
  await giveOrders(office.at());
  await giveOrders.settled?.();
}
const present = async () =>
  (await office.store.read.getHandOff(handOff.hand_off_id)) ?? expect.fail('no hand-off');
const leg = async (): Promise<Leg> => (await present()).legs[0] ?? expect.fail('no leg');

describe('ring', () => {
  it("rings with the tenant's number, for as long as the tenant says, and once", async () => {
    await cycle();
    await cycle();
    expect(placed).toMatchObject([
      { sender: '+15005550006', recipient: '+15005550009', ringSeconds: 20, longestSeconds: null },
    ]);
    expect(await leg()).toMatchObject({ state: 'ringing', provider_id: 'CA2' });
  });

  it.each([
    ['refused', REFUSED],
    ['not reached', POSTPONED],
  ])('gives a phone up where Twilio was %s', async (_how, answer) => {
    toPlacing = answer;
    await cycle();
    expect(await leg()).toMatchObject({ state: 'ended', outcome: 'failed' });
  });

  it('waits for news where nobody knows whether it rings', async () => {
    toPlacing = UNCLEAR;
    await cycle();
    expect(await leg()).toMatchObject({ state: 'placing', outcome: null });
    seconds(16);
    await cycle();
    expect(placed).toHaveLength(1);
    expect(await leg()).toMatchObject({ outcome: 'failed' });
  });

  it('says what is not set where there is no account', async () => {
    await cycle(null);
    expect(placed).toEqual([]);
    expect((await leg()).outcome).toBe('failed');
    expect(office.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', why: expect.stringContaining('TWILIO_ACCOUNT_SID') }),
    );
  });
});

describe('somebody pressed 1, and nothing is heard of the room', () => {
  beforeEach(async () => {
    await cycle();
    const { leg_id } = await leg();
    await tell(handOff.hand_off_id, { news: 'accepted', leg_id });
    seconds(31);
  });

  it('counts as talking where the caller is still on the line', async () => {
    await cycle();
    expect((await present()).place).toBe('bridged');
  });

  it('tells them that the caller has left where nobody is on the line any more', async () => {
    callerIs = 'over';
    await cycle();
    expect((await present()).place).toBe('left');
    await cycle();
    expect(changed).toMatchObject([
      { call_id: 'CA2', to: { url: expect.stringContaining('/hand-off/leg?') } },
    ]);
  });

  it('looks again where Twilio cannot tell', async () => {
    callerIs = 'unknown';
    await cycle();
    expect((await present()).place).toBe('waiting');
    seconds(2);
    callerIs = 'over';
    await cycle();
    expect((await present()).place).toBe('left');
  });
});

describe('a caller whom nobody could be found for', () => {
  beforeEach(async () => {
    toPlacing = REFUSED;
    await cycle();
    seconds(4);
  });

  it('is brought back to the receptionist, at the turn that is expected', async () => {
    await cycle();
    const url = 'https://phone.example.com/twilio/voice/hand-off/returned?turn=1';
    expect(changed).toMatchObject([{ call_id: 'CA1', to: { url } }]);
  });

  it('is brought back once Twilio takes it', async () => {
    toChanging = POSTPONED;
    await cycle();
    seconds(1);
    await cycle();
    expect(changed).toHaveLength(1);
    seconds(1);
    toChanging = { outcome: 'sent', provider_id: 'CA1' };
    await cycle();
    expect(changed).toHaveLength(2);
  });

  it('is gone where Twilio says that the call is over', async () => {
    toChanging = OVER;
    await cycle();
    expect((await present()).place).toBe('left');
  });
});

describe('hang up', () => {
  it('silences what rings when the caller has gone', async () => {
    await cycle();
    await tell(handOff.hand_off_id, { news: 'caller_left' });
    await cycle();
    expect(changed).toMatchObject([{ call_id: 'CA2', to: 'hang_up' }]);
    expect(await leg()).toMatchObject({ state: 'ended', outcome: 'caller_left' });
  });

  it('tells whoever listens already why', async () => {
    await cycle();
    const { leg_id } = await leg();
    await tell(handOff.hand_off_id, { news: 'answered', leg_id, provider_id: 'CA2' });
    await tell(handOff.hand_off_id, { news: 'caller_left' });
    await cycle();
    expect(changed).toMatchObject([{ call_id: 'CA2', to: { url: expect.stringContaining('/leg?') } }]);
  });
});
