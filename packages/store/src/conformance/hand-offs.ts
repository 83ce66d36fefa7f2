/** Callers who are put through to a person. */
import type { HandOff, HandOffNews, Move, Order } from '@receptionist/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClaimedHandOff, LiveConversation, Recording, Store } from '../store.ts';
import { anEvent, at, entryOf, LEASE_MS, seedCall, seedEntry, seedTenant, WAYS } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

const FRONT = '+15005550009';
const BACK = '+15005550010';
const LEX = { phone: '+14155550199', person: 'lex', ring_seconds: 20 };

export function handOffsConform(fresh: Fresh, openAnother: () => Promise<Store>): void {
  let call: LiveConversation;
  let other: Store;
  beforeEach(async () => {
    other = await openAnother();
    await seedTenant(fresh());
    call = await seedCall(fresh(), 'CA1');
  });
  afterEach(() => other.close());

  describe('beginning', () => {
    it('is kept with the event, before anybody is told', async () => {
      const { hand_off_id, event_id } = await begin();
      const kept = await fresh().read.getHandOff(hand_off_id);
      expect(kept).toMatchObject({
        ...{
          tenant_id: 't1',
          conversation_id: call.conversation_id,
          event_id,
          entry_id: null,
          call_id: 'CA1',
        },
        ...{ caller: '+14155550123', number: '+15005550006', place: 'waiting', begun_at: at(0) },
        legs: [
          { phone: FRONT, person: null, ring_seconds: 20, state: 'due', outcome: null, provider_id: null },
          { phone: BACK, state: 'due', since: at(0) },
        ],
      });
      expect(await fresh().read.handOffOfCall('CA1')).toEqual(kept);
      expect(await fresh().read.handOffOfLeg(legId(kept, FRONT))).toEqual(kept);
      expect(await fresh().read.handOffOfCall('CA2')).toBeNull();
      expect(await fresh().read.handOffOfLeg('lg_1')).toBeNull();
      expect(await tell('ho_1', { news: 'caller_left' }, 1)).toBeNull();
    });

    it('goes on in the one that somebody began who asked for the caller', async () => {
      const { entry_id } = await seedLive();
      const joined = await join(entry_id);
      const begun = await begin();
      expect(begun).toMatchObject({ hand_off_id: joined.hand_off_id, place: 'waiting' });
      const [claimed] = await claim(1);
      expect(inWords(claimed)).toEqual([`ring ${LEX.phone}`, `ring ${FRONT}`]);
      expect(claimed).toMatchObject({ entry_id, event_id: begun.event_id });
    });
  });

  describe('orders', () => {
    it('are given to one worker for the time of a lease, once the event is filed', async () => {
      const { hand_off_id, event_id } = await begin();
      const claims = await Promise.all([claim(1), claim(1, other), claim(1), claim(1, other)]);
      const [claimed, ...others] = claims.flat();
      expect(others).toEqual([]);
      expect(claimed).toMatchObject({
        hand_off_id,
        fence: 1,
        legs: [{ state: 'placing' }, { state: 'due' }],
      });
      expect(inWords(claimed)).toEqual([`ring ${FRONT}`]);
      const entry_id = claimed?.entry_id ?? '';
      expect(await fresh().read.getEvent(event_id)).toMatchObject({ entry_id, filed_at: at(1) });
      expect(await transfers(entry_id)).toEqual([]);
      expect(await claim(LEASE_MS / 1_000)).toEqual([]);
    });

    it('are given again where the worker died; a phone is not rung twice, but the next one', async () => {
      await begin();
      const [died] = await claim(1);
      expect(await claim(1 + LEASE_MS / 1_000)).toEqual([]);
      const [claimed] = await claim(1 + 15, other);
      expect(inWords(claimed)).toEqual([`ring ${BACK}`]);
      expect(await transfers(died?.entry_id)).toEqual([
        `receptionistd failed: ${FRONT} (1 of 2), it is not known whether it rang`,
      ]);
      const late = await tell(died?.hand_off_id, placed(died, FRONT), 17, died);
      expect(late).toBeNull();
      expect(await fresh().read.getHandOff(died?.hand_off_id ?? '')).toMatchObject({
        legs: [{ state: 'ended', outcome: 'failed', provider_id: null }, { state: 'placing' }],
      });
    });

    it('wait for what is known, and are due at once when something new is', async () => {
      await begin();
      const [claimed] = await claim(1);
      await tell(claimed?.hand_off_id, placed(claimed, FRONT), 1, claimed);
      await tell(claimed?.hand_off_id, ended(claimed, FRONT, 'busy'), 2);
      expect(await claim(2)).toEqual([]);
      await release(claimed, 2);
      const [next] = await claim(2);
      expect(inWords(next)).toEqual([`ring ${BACK}`]);
      await tell(next?.hand_off_id, placed(next, BACK), 3, next);
      await release(next, 3);
      expect(await claim(3 + 20 + 14)).toEqual([]);
      expect(inWords((await claim(3 + 20 + 15))[0])).toEqual([`hang_up ${BACK}`, 'return_caller']);
    });

    it('that failed are given again in their time, and not by whoever lost them', async () => {
      await begin();
      const [first] = await claim(1);
      await tell(first?.hand_off_id, placed(first, FRONT), 1, first);
      await release(first, 1);
      await tell(first?.hand_off_id, { news: 'caller_left' }, 2);
      const [claimed] = await claim(2);
      expect(inWords(claimed)).toEqual([`hang_up ${FRONT}`]);
      await release(first, 3);
      await release(claimed, 3, at(4));
      expect(await claim(3)).toEqual([]);
      const [again] = await claim(4);
      expect(inWords(again)).toEqual([`hang_up ${FRONT}`]);
      await tell(again?.hand_off_id, ended(again, FRONT, 'hung_up'), 4, again);
      await release(again, 4);
      expect(await claim(9_999)).toEqual([]);
    });

    it('are repeated where no news of them comes', async () => {
      await begin();
      const [first] = await claim(1);
      await tell(first?.hand_off_id, placed(first, FRONT), 1, first);
      await release(first, 1);
      await tell(first?.hand_off_id, { news: 'caller_left' }, 2);
      await release((await claim(2))[0], 2);
      expect(await claim(6)).toEqual([]);
      expect(inWords((await claim(7))[0])).toEqual([`hang_up ${FRONT}`]);
    });
  });

  describe('an entry', () => {
    it('tells of each phone, and is whose phone it was that took the call', async () => {
      const people = [{ user: 'bea', phone: BACK, slack_user_id: null }];
      await fresh().transact((tx) => tx.putOnCall({ people, rotations: [], overrides: [] }, at(0)));
      await begin();
      const { entry_id } = await ringing(FRONT);
      await news(ended(await present(), FRONT, 'no_answer'));
      await ringing(BACK);
      await news({ news: 'answered', leg_id: legId(await present(), BACK), provider_id: 'CA3' });
      await news({ news: 'accepted', leg_id: legId(await present(), BACK) });
      expect(await entryOf(fresh(), { entry_id })).toMatchObject({ status: 'acknowledged', assignee: 'bea' });
      await news({ news: 'bridged', leg_id: legId(await present(), BACK) });
      await news({ news: 'bridged', leg_id: legId(await present(), BACK) });
      expect(await transfers(entry_id)).toEqual([
        `receptionistd ringing: ${FRONT} (1 of 2)`,
        `receptionistd no answer: ${FRONT} (1 of 2)`,
        `receptionistd ringing: ${BACK} (2 of 2)`,
        `bea accepted: ${BACK} (2 of 2)`,
        `bea bridged: ${BACK} (2 of 2)`,
      ]);
      const { timeline, ...entry } = await entryOf(fresh(), { entry_id });
      expect(entry).toMatchObject({ status: 'engaged', engaged_by: 'bea', acknowledged_by: 'bea' });
      expect(timeline.at(-1)).toEqual({ at: at(5), actor: 'bea', action: 'engaged', detail: 'live call' });
    });

    it('is held by the phone itself where we know nobody who has it', async () => {
      await begin([FRONT]);
      const { entry_id } = await ringing(FRONT);
      await news({ news: 'accepted', leg_id: legId(await present(), FRONT) });
      expect(await entryOf(fresh(), { entry_id })).toMatchObject({ assignee: `phone:${FRONT}` });
      expect(await transfers(entry_id)).toEqual([
        `receptionistd ringing: ${FRONT}`,
        `phone:${FRONT} accepted: ${FRONT}`,
      ]);
    });

    it('that somebody resolved or took meanwhile stays theirs, and the caller is put through all the same', async () => {
      await begin([FRONT]);
      const { entry_id } = await ringing(FRONT);
      await fresh().transact((tx) => tx.moveEntry(entry_id, { move: 'acknowledge' }, 'bea', at(3)));
      await news({ news: 'accepted', leg_id: legId(await present(), FRONT) });
      const resolve: Move = { move: 'resolve', notes: 'done', tags: [] };
      await fresh().transact((tx) => tx.moveEntry(entry_id, resolve, 'bea', at(4)));
      expect(await news({ news: 'bridged', leg_id: legId(await present(), FRONT) })).toMatchObject({
        place: 'bridged',
      });
      expect(await entryOf(fresh(), { entry_id })).toMatchObject({
        ...{ status: 'resolved', acknowledged_by: 'bea', engaged_by: null },
      });
      expect((await transfers(entry_id)).at(-1)).toBe(`phone:${FRONT} bridged: ${FRONT}`);
    });

    it('hears at once that the caller has hung up, and what rings is silenced', async () => {
      await begin();
      const { entry_id } = await ringing(FRONT);
      await fresh().transact((tx) => tx.endConversation('CA1', 'caller_left', at(4)));
      await fresh().transact((tx) => tx.endConversation('CA1', 'caller_left', at(5)));
      const { timeline } = await entryOf(fresh(), { entry_id });
      expect(timeline.slice(-2)).toEqual([
        { at: at(4), actor: 'receptionistd', action: 'transfer', detail: `caller left: ${FRONT} (1 of 2)` },
        { at: at(4), actor: 'caller', action: 'caller_left', detail: null },
      ]);
      expect(inWords((await claim(4))[0])).toEqual([`hang_up ${FRONT}`]);
    });

    it('of a caller who has hung up before anybody was rung rings nobody', async () => {
      await begin();
      await fresh().transact((tx) => tx.endConversation('CA1', 'caller_left', at(1)));
      expect(await claim(1)).toEqual([]);
    });
  });

  describe('joining', () => {
    it('takes the entry and rings the person, once, and brings them the caller', async () => {
      const { entry_id } = await seedLive();
      const joined = await join(entry_id);
      expect(joined).toMatchObject({ place: 'talking', entry_id, event_id: null, number: '+15005550006' });
      expect(await entryOf(fresh(), { entry_id })).toMatchObject({ status: 'acknowledged', assignee: 'lex' });
      expect((await join(entry_id)).legs).toHaveLength(1);
      await ringing(LEX.phone);
      await news({ news: 'accepted', leg_id: legId(await present(), LEX.phone) });
      expect(inWords((await claim(5))[0])).toEqual(['bring_caller']);
      expect(await transfers(entry_id)).toEqual([`lex ringing: ${LEX.phone}`, `lex accepted: ${LEX.phone}`]);
    });

    it('joins what goes on already', async () => {
      const begun = await begin();
      const { entry_id } = await ringing(FRONT);
      expect(await join(entry_id)).toMatchObject({ hand_off_id: begun.hand_off_id, place: 'waiting' });
      expect(inWords((await claim(3))[0])).toEqual([`ring ${LEX.phone}`]);
    });

    it('calls back whoever has left, or wrote, or was filed by hand', async () => {
      const { entry_id } = await seedLive();
      await fresh().transact((tx) => tx.endConversation('CA1', 'caller_left', at(1)));
      expect(await join(entry_id)).toMatchObject({ place: 'left', place_since: at(1), call_id: 'CA1' });
      const byHand = await seedEntry(fresh());
      const [first, second] = await Promise.all([join(byHand.entry_id), join(byHand.entry_id, other)]);
      expect(first).toMatchObject({ place: 'left', conversation_id: null, call_id: null });
      expect(second?.hand_off_id).toBe(first?.hand_off_id);
      expect((await claim(3)).map(inWords)).toEqual(Array(2).fill([`ring ${LEX.phone}`]));
    });

    it('refuses what somebody else has, what is over, and callers whom nobody can call back', async () => {
      const { entry_id } = await seedLive();
      const move = (what: Move, by: string) =>
        fresh().transact((tx) => tx.moveEntry(entry_id, what, by, at(1)));
      await move({ move: 'acknowledge' }, 'bea');
      await expect(join(entry_id)).rejects.toMatchObject({ code: 'already_acknowledged' });
      await move({ move: 'engage', how: 'by mail' }, 'lex');
      await expect(join(entry_id)).rejects.toMatchObject({
        ...{ code: 'invalid_transition', details: { entry_status: 'engaged' } },
      });
      await expect(join('fb_1')).rejects.toMatchObject({ code: 'not_found' });
      const withheld = await seedEntry(fresh(), { caller: null });
      await expect(join(withheld.entry_id)).rejects.toMatchObject({ code: 'conflict' });
      expect(await entryOf(fresh(), withheld)).toMatchObject({ status: 'open' });
      expect(await claim(9)).toEqual([]);
    });
  });

  it('survives that everything happens at once: one has the call, and nobody is told of it twice', async () => {
    for (const round of ['CA1', 'CA2', 'CA3', 'CA4']) {
      if (round !== 'CA1') call = await seedCall(fresh(), round);
      await begin([FRONT]);
      const [claimed] = await claim(1);
      const { hand_off_id = '', entry_id = '' } = claimed ?? {};
      await join(entry_id ?? '');
      const handOff = await present();
      const accept = (store: Store, phone: string) =>
        store.transact((tx) =>
          tx.tellHandOff(hand_off_id, { news: 'accepted', leg_id: legId(handOff, phone) }, at(3)),
        );
      await release(claimed, 3);
      await claim(3);
      await Promise.all([
        accept(fresh(), FRONT),
        accept(other, LEX.phone),
        claim(3, other),
        other.transact((tx) => tx.endConversation(round, 'caller_left', at(3))),
        seedEntry(fresh(), { conversation_id: call.conversation_id, reason: 'message_left' }, 3),
        other.transact((tx) => tx.moveEntry(entry_id ?? '', { move: 'note', text: 'hm' }, 'bea', at(3))),
      ]);
      const taken = (await present()).legs.filter(({ outcome }) => outcome === 'accepted');
      expect(taken.length).toBeLessThanOrEqual(1);
      const told = await transfers(entry_id);
      expect(told).toEqual([...new Set(told)]);
      expect((await entryOf(fresh(), { entry_id: entry_id ?? '' })).assignee).toBe('lex');
    }
  });

  it('shows what the caller left on tape with the entry, once, and keeps what is known of it', async () => {
    const { entry_id } = await seedLive();
    expect((await entryOf(fresh(), { entry_id })).context).not.toHaveProperty('recordings');
    const tape = { recording_id: 'RE1', url: 'https://api.twilio.com/RE1', at: at(1) };
    await tapes({ ...tape, status: 'in_progress', duration_s: 12 });
    await tapes({ ...tape, status: 'completed', duration_s: null });
    await tapes({ ...tape, status: 'in_progress', duration_s: null });
    const recordings = [{ ...tape, status: 'completed', duration_s: 12 }];
    expect((await entryOf(fresh(), { entry_id })).context).toMatchObject({ recordings });
    // An event that joins writes the context anew.
    const { conversation_id } = call;
    await seedEntry(fresh(), { conversation_id, reason: 'message_left' }, 2);
    expect((await entryOf(fresh(), { entry_id })).context).toMatchObject({ recordings });
  });

  function tapes(recording: Recording): Promise<void> {
    const { tenant_id, conversation_id } = call;
    return fresh().transact((tx) => tx.recordRecording({ ...recording, tenant_id, conversation_id }));
  }

  /** As the turn does that escalates. */
  function begin(phones = [FRONT, BACK]): Promise<HandOff & { event_id: string }> {
    const { conversation_id, provider_id: call_id } = call;
    return fresh().transact(async (tx) => {
      const event = anEvent({ conversation_id, channel: 'voice', live: true });
      const { event_id } = await tx.emitEscalate(event);
      const about = { tenant_id: 't1', conversation_id, event_id, call_id };
      const numbers = { caller: '+14155550123', number: '+15005550006' };
      const handOff = await tx.beginHandOff({ ...about, ...numbers, phones, ring_seconds: 20 }, at(0));
      return { ...handOff, event_id };
    });
  }

  function seedLive() {
    return seedEntry(fresh(), { conversation_id: call.conversation_id, channel: 'voice', live: true });
  }

  function join(entry_id: string, store = fresh()): Promise<HandOff> {
    return store.transact((tx) => tx.joinEntry({ entry_id, ...LEX }, at(2)));
  }

  function claim(seconds: number, store = fresh()): Promise<ClaimedHandOff[]> {
    const what = { now: at(seconds), limit: 10, lease_ms: LEASE_MS, ways: WAYS };
    return store.transact((tx) => tx.claimHandOffs(what));
  }

  function tell(hand_off_id = '', what: HandOffNews, seconds: number, claimed?: { fence: number }) {
    return fresh().transact((tx) => tx.tellHandOff(hand_off_id, what, at(seconds), claimed));
  }

  async function release(claimed: ClaimedHandOff | undefined, seconds: number, retry_at?: string) {
    if (!claimed) throw new Error('nothing was claimed');
    await fresh().transact((tx) => tx.releaseHandOff(claimed, at(seconds), retry_at));
  }

  async function present(): Promise<HandOff> {
    const handOff = await fresh().read.handOffOfCall(call.provider_id);
    if (!handOff) throw new Error('no hand-off');
    return handOff;
  }

  async function news(what: HandOffNews) {
    return tell((await present()).hand_off_id, what, 5);
  }

  /** What is to be rung now is this phone, and it rings. */
  async function ringing(phone: string): Promise<{ entry_id: string }> {
    const [claimed, ...others] = await claim(5);
    expect([inWords(claimed), others]).toEqual([[`ring ${phone}`], []]);
    await tell(claimed?.hand_off_id, placed(claimed, phone), 5, claimed);
    await release(claimed, 5);
    return { entry_id: claimed?.entry_id ?? '' };
  }

  async function transfers(entry_id: string | null = ''): Promise<string[]> {
    const { timeline } = await entryOf(fresh(), { entry_id: entry_id ?? '' });
    return timeline
      .filter(({ action }) => action === 'transfer')
      .map(({ actor, detail }) => `${actor} ${detail}`);
  }
}

function legId(handOff: HandOff | null | undefined, phone: string): string {
  const leg = handOff?.legs.find((one) => one.phone === phone);
  if (!leg) throw new Error(`${phone} is not rung`);
  return leg.leg_id;
}

function placed(handOff: HandOff | undefined, phone: string): HandOffNews {
  return { news: 'placed', leg_id: legId(handOff, phone), provider_id: 'CA2' };
}

function ended(
  handOff: HandOff | undefined,
  phone: string,
  how: Extract<HandOffNews, { news: 'leg_ended' }>['how'],
): HandOffNews {
  return { news: 'leg_ended', leg_id: legId(handOff, phone), how };
}

function inWords(claimed: ClaimedHandOff | undefined): string[] {
  const orders: Order[] = claimed?.orders ?? [];
  return orders.map((one) => ('leg' in one ? `${one.order} ${one.leg.phone}` : one.order));
}
