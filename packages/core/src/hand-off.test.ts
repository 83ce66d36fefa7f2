import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HandOff, HandOffNews, Leg, Order } from './hand-off.ts';
import { type AfterNews, afterNews, withLegs } from './hand-off-news.ts';
import { nextOrders, overdueLegs } from './hand-off-orders.ts';

const START = Date.parse('2026-11-24T18:00:00.000Z');
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();
const FRONT = '+15005550009';
const BACK = '+15005550010';
const LEX = '+14155550199';
const LEX_ASKS: HandOffNews = {
  news: 'join',
  leg: { leg_id: 'lex', phone: LEX, person: 'lex', ring_seconds: 20 },
};

function waiting(changes: Partial<HandOff> = {}, phones = [FRONT, BACK]): HandOff {
  const nobody: HandOff = {
    ...{ hand_off_id: 'ho_1', tenant_id: 't1', conversation_id: 'cv_1', event_id: 'ev_1', entry_id: 'fb_1' },
    ...{ call_id: 'CA1', caller: '+14155550123', number: '+15005550006', place: 'waiting', legs: [] },
    ...{ place_since: at(0), begun_at: at(0), ...changes },
  };
  return withLegs(
    nobody,
    phones.map((phone, i) => ({ leg_id: ['front', 'back'][i] ?? '', phone, person: null, ring_seconds: 20 })),
    at(0),
  );
}

/** Gives the orders of a moment, as the store does: what is to be rung is being placed then. */
function order(handOff: HandOff, seconds: number): { orders: string[]; handOff: HandOff } {
  const { orders } = nextOrders(handOff, at(seconds));
  const rung = new Set(orders.flatMap((one) => (one.order === 'ring' ? [one.leg.leg_id] : [])));
  const legs = handOff.legs.map((leg): Leg => {
    return rung.has(leg.leg_id) ? { ...leg, state: 'placing', since: at(seconds) } : leg;
  });
  return { orders: orders.map(inWords), handOff: { ...handOff, legs } };
}

function inWords(one: Order): string {
  return 'leg' in one ? `${one.order} ${one.leg.leg_id}` : one.order;
}

/** What happens in a story: news in order, a second apart, and orders whenever there are some. */
function live(handOff: HandOff, story: HandOffNews[]) {
  let present = order(handOff, 0).handOff;
  const timeline: string[] = [];
  const entry: unknown[] = [];
  story.forEach((news, i) => {
    const after = afterNews(present, news, at(i + 1));
    timeline.push(...inTimeline(after));
    if (after.entry) entry.push([after.entry.move, after.entry.by.leg_id]);
    present = order(after.handOff, i + 1).handOff;
  });
  const { orders, next_action_at } = nextOrders(present, at(story.length));
  const legs = Object.fromEntries(present.legs.map((leg) => [leg.leg_id, [leg.state, leg.outcome]]));
  return { handOff: present, timeline, entry, orders: orders.map(inWords), next_action_at, legs };
}

function inTimeline({ timeline }: AfterNews): string[] {
  return timeline.map(({ by, detail }) => `${by ? by.leg_id : 'we'} ${detail}`);
}

const rings = (leg_id: string): HandOffNews => ({ news: 'placed', leg_id, provider_id: `CA_${leg_id}` });
const picksUp = (leg_id: string): HandOffNews[] => [
  rings(leg_id),
  { news: 'answered', leg_id, provider_id: `CA_${leg_id}` },
];
const takes = (leg_id: string): HandOffNews[] => [...picksUp(leg_id), { news: 'accepted', leg_id }];

describe('phones of the tenant', () => {
  it('ring one after the other, and whoever presses 1 and is in the room has the entry', () => {
    expect(order(waiting(), 0).orders).toEqual(['ring front']);
    const { timeline, entry, orders, legs, handOff, next_action_at } = live(waiting(), [
      rings('front'),
      { news: 'leg_ended', leg_id: 'front', how: 'no_answer' },
      ...takes('back'),
      { news: 'bridged', leg_id: 'back' },
    ]);
    expect(timeline).toEqual([
      `we ringing: ${FRONT} (1 of 2)`,
      `we no answer: ${FRONT} (1 of 2)`,
      `we ringing: ${BACK} (2 of 2)`,
      `back accepted: ${BACK} (2 of 2)`,
      `back bridged: ${BACK} (2 of 2)`,
    ]);
    expect(entry).toEqual([
      [{ move: 'acknowledge' }, 'back'],
      [{ move: 'engage', how: 'live call' }, 'back'],
    ]);
    expect({ orders, next_action_at, place: handOff.place }).toEqual({
      ...{ orders: [], next_action_at: null, place: 'bridged' },
    });
    expect(legs).toEqual({ front: ['ended', 'no_answer'], back: ['accepted', 'accepted'] });
  });

  it.each<[HandOffNews[], string]>([
    [[{ news: 'not_placed', leg_id: 'front', why: 'no such number' }], `we failed: ${FRONT}, no such number`],
    [[rings('front'), { news: 'leg_ended', leg_id: 'front', how: 'busy' }], `we busy: ${FRONT}`],
    [[rings('front'), { news: 'leg_ended', leg_id: 'front', how: 'failed' }], `we failed: ${FRONT}`],
    [
      [...picksUp('front'), { news: 'leg_ended', leg_id: 'front', how: 'hung_up' }],
      `front declined: ${FRONT}`,
    ],
    [[...picksUp('front'), { news: 'declined', leg_id: 'front' }], `front declined: ${FRONT}`],
    [[...picksUp('front'), { news: 'nobody_pressed', leg_id: 'front' }], `we voicemail: ${FRONT}`],
  ])('are given up: %#', (story, told) => {
    const { timeline, orders, handOff } = live(waiting({}, [FRONT]), story);
    expect(timeline.at(-1)).toBe(told);
    expect(orders).toEqual(['return_caller']);
    const back = afterNews(handOff, { news: 'caller_returned' }, at(9));
    expect(inTimeline(back)).toEqual(['we nobody could be reached']);
    expect(nextOrders(back.handOff, at(9))).toEqual({ orders: [], next_action_at: null });
  });

  it('are silenced when the caller hangs up, and not rung any more', () => {
    const { timeline, orders, legs } = live(waiting(), [rings('front'), { news: 'caller_left' }]);
    expect(timeline.slice(1)).toEqual([`we caller left: ${FRONT} (1 of 2)`]);
    expect(orders).toEqual(['hang_up front']);
    expect(legs).toEqual({ front: ['ringing', 'caller_left'], back: ['ended', 'caller_left'] });
  });

  it('ring on after somebody pressed 1 and did not reach the room', () => {
    const { timeline, legs } = live(waiting(), [
      ...takes('front'),
      { news: 'leg_ended', leg_id: 'front', how: 'hung_up' },
    ]);
    expect(timeline.at(-1)).toBe(`front declined: ${FRONT} (1 of 2)`);
    expect(legs).toEqual({ front: ['ended', 'declined'], back: ['placing', null] });
  });
});

describe('time', () => {
  const passes = (handOff: HandOff, seconds: number) => {
    const [leg] = overdueLegs(handOff, at(seconds));
    const before = overdueLegs(handOff, at(seconds - 1));
    if (!leg || before.length > 0) throw new Error('not overdue at this moment');
    const after = afterNews(handOff, { news: 'overdue', leg_id: leg.leg_id }, at(seconds));
    return { after: after.handOff, told: inTimeline(after), ...order(after.handOff, seconds) };
  };

  it('makes a failure of what nobody knows the beginning of, and the next phone rings', () => {
    const { orders, told, handOff } = passes(order(waiting(), 0).handOff, 15);
    expect(told).toEqual([`we failed: ${FRONT} (1 of 2), it is not known whether it rang`]);
    expect(orders).toEqual(['ring back']);
    const taken = live(handOff, takes('front'));
    expect(taken.legs).toEqual({ front: ['accepted', 'accepted'], back: ['placing', 'taken'] });
    expect(live(taken.handOff, [rings('back')]).orders).toEqual(['hang_up back']);
    const late = live(live(handOff, takes('back')).handOff, [{ news: 'accepted', leg_id: 'front' }]);
    expect(late.legs).toMatchObject({ front: ['ended', 'taken'], back: ['accepted', 'accepted'] });
  });

  it('makes no answer of what rings for ever', () => {
    const { orders, told } = passes(live(waiting(), [rings('front')]).handOff, 1 + 20 + 15);
    expect(told).toEqual([`we no answer: ${FRONT} (1 of 2)`]);
    expect(orders).toEqual(['hang_up front', 'ring back']);
  });

  it('makes a mailbox of what picks up and presses nothing', () => {
    const { orders, told } = passes(live(waiting(), picksUp('front')).handOff, 2 + 60);
    expect(told).toEqual([`we voicemail: ${FRONT} (1 of 2)`]);
    expect(orders).toEqual(['hang_up front', 'ring back']);
  });

  it('has the caller looked for where both must be in the room by now', () => {
    const { handOff, next_action_at } = live(waiting(), takes('front'));
    expect(next_action_at).toBe(at(3 + 30));
    expect(order(handOff, 3 + 29).orders).toEqual([]);
    expect(order(handOff, 3 + 30).orders).toEqual(['look_for_caller front']);
    expect(nextOrders(handOff, at(3 + 30)).next_action_at).toBe(at(3 + 30 + 5));
    const { timeline, orders } = live(handOff, [{ news: 'caller_left' }]);
    expect({ timeline, orders }).toEqual({
      timeline: [`we caller left: ${FRONT} (1 of 2)`],
      orders: ['tell_caller_left front'],
    });
  });

  it('lets the news arrive before it moves a caller whom a person has left', () => {
    const { handOff, orders, next_action_at } = live(waiting(), [
      ...takes('front'),
      { news: 'bridged', leg_id: 'front' },
      { news: 'leg_ended', leg_id: 'front', how: 'hung_up' },
    ]);
    expect({ place: handOff.place, orders, next_action_at }).toEqual({
      ...{ place: 'waiting', orders: [], next_action_at: at(5 + 3) },
    });
    expect(order(handOff, 8).orders).toEqual(['return_caller']);
    const back = afterNews(handOff, { news: 'caller_returned' }, at(6));
    expect({ told: back.timeline, ...nextOrders(back.handOff, at(9)) }).toEqual({
      ...{ told: [], orders: [], next_action_at: null },
    });
  });

  it('lets orders be given again', () => {
    const { next_action_at, orders } = live(waiting(), [rings('front'), { news: 'caller_left' }]);
    expect({ orders, next_action_at }).toEqual({ orders: ['hang_up front'], next_action_at: at(2 + 5) });
  });
});

describe('a person who asks for the caller', () => {
  it('is rung at once, beside the phone that rings, and silences it', () => {
    const { timeline, legs, orders } = live(waiting(), [rings('front'), LEX_ASKS, LEX_ASKS, ...takes('lex')]);
    expect(timeline).toEqual([
      `we ringing: ${FRONT} (1 of 2)`,
      `lex ringing: ${LEX}`,
      `lex accepted: ${LEX}`,
      `we taken by another: ${FRONT} (1 of 2)`,
    ]);
    expect(legs).toMatchObject({ front: ['ringing', 'taken'], lex: ['accepted', 'accepted'] });
    expect(orders).toEqual(['hang_up front']);
  });

  it('is brought the caller from the receptionist', () => {
    const talking = waiting({ place: 'talking' }, []);
    const { handOff, orders } = live(talking, [LEX_ASKS, ...takes('lex')]);
    expect(orders).toEqual(['bring_caller']);
    const { orders: none, timeline } = live(handOff, [
      { news: 'caller_waits' },
      { news: 'bridged', leg_id: 'lex' },
    ]);
    expect({ none, timeline }).toEqual({ none: [], timeline: [`lex bridged: ${LEX}`] });
  });

  it('calls back a caller who has left', () => {
    const { timeline, entry, orders } = live(waiting({ place: 'left' }, []), [
      ...[LEX_ASKS, ...takes('lex')],
      { news: 'leg_ended', leg_id: 'lex', how: 'hung_up' },
      { news: 'called_back', leg_id: 'lex', outcome: 'answered' },
      { news: 'called_back', leg_id: 'lex', outcome: 'no_answer' },
    ]);
    expect(timeline.slice(2)).toEqual([`lex called back: ${LEX}`]);
    expect(entry.at(-1)).toEqual([{ move: 'engage', how: 'called back' }, 'lex']);
    expect(orders).toEqual([]);
  });

  it('says how a call back fared that nobody answered, and has nobody then', () => {
    const { timeline, entry } = live(waiting({ place: 'left' }, []), [
      ...[LEX_ASKS, ...takes('lex')],
      { news: 'called_back', leg_id: 'lex', outcome: 'no_answer' },
    ]);
    expect(timeline.at(-1)).toBe(`lex called back: ${LEX}, no answer`);
    expect(entry).toEqual([[{ move: 'acknowledge' }, 'lex']]);
  });

  it('is told of a caller who leaves meanwhile, and asked whether to call back', () => {
    const { handOff, orders, timeline } = live(waiting({}, []), [
      LEX_ASKS,
      ...takes('lex'),
      { news: 'caller_left' },
    ]);
    expect({ orders, told: timeline.at(-1) }).toEqual({
      ...{ orders: ['tell_caller_left lex'], told: `we caller left: ${LEX}` },
    });
    const asked = live(handOff, [{ news: 'answered', leg_id: 'lex', provider_id: 'CA_lex' }]);
    expect({ legs: asked.legs, orders: asked.orders }).toEqual({
      legs: { lex: ['asked', null] },
      orders: [],
    });
    const calling = live(asked.handOff, [{ news: 'accepted', leg_id: 'lex' }]);
    expect(calling.legs).toEqual({ lex: ['calling_back', 'accepted'] });
  });

  it('is hung up on where nobody knows the number of the caller who left', () => {
    const { orders } = live(waiting({ caller: null }, []), [LEX_ASKS, rings('lex'), { news: 'caller_left' }]);
    expect(orders).toEqual(['hang_up lex']);
  });
});

describe('whatever happens, in whatever order', () => {
  const LEG_IDS = ['front', 'back', 'lex', 'unknown'];
  const leg_id = fc.constantFrom(...LEG_IDS);
  const plain = (...names: ('accepted' | 'declined' | 'nobody_pressed' | 'bridged' | 'overdue')[]) =>
    fc.record({ news: fc.constantFrom(...names), leg_id });
  const someNews: fc.Arbitrary<HandOffNews> = fc.oneof(
    plain('accepted', 'declined', 'nobody_pressed', 'bridged'),
    fc.record({ news: fc.constantFrom('placed', 'answered'), leg_id, provider_id: fc.constant('CA2') }),
    fc.record({ news: fc.constant('not_placed' as const), leg_id, why: fc.constant('refused') }),
    fc.record({
      news: fc.constant('leg_ended' as const),
      leg_id,
      how: fc.constantFrom('busy', 'no_answer', 'failed', 'hung_up'),
    }),
    fc.record({
      news: fc.constant('called_back' as const),
      leg_id,
      outcome: fc.constantFrom('answered', 'busy', 'no_answer', 'failed'),
    }),
    fc.constantFrom<HandOffNews>(
      { news: 'caller_waits' },
      { news: 'caller_returned' },
      { news: 'caller_left' },
      LEX_ASKS,
    ),
  );
  const steps = fc.array(fc.record({ news: someNews, seconds: fc.integer({ min: 0, max: 20 }) }), {
    maxLength: 40,
  });
  const begun = fc.record({
    place: fc.constantFrom<HandOff['place']>('waiting', 'talking', 'left'),
    caller: fc.constantFrom('+14155550123', null),
  });

  /** As the store does at `seconds`: what is overdue, then the orders. */
  function look(handOff: HandOff, seconds: number): HandOff {
    const overdue = overdueLegs(handOff, at(seconds)).reduce(
      (present, leg) => afterNews(present, { news: 'overdue', leg_id: leg.leg_id }, at(seconds)).handOff,
      handOff,
    );
    return order(overdue, seconds).handOff;
  }

  function lived(
    start: HandOff,
    story: { news: HandOffNews; seconds: number }[],
    check: (after: AfterNews, seconds: number, news: HandOffNews) => void,
  ) {
    let seconds = 0;
    let present = look(start, 0);
    for (const step of story) {
      seconds += step.seconds;
      present = look(present, seconds);
      const after = afterNews(present, step.news, at(seconds));
      check(after, seconds, step.news);
      present = look(after.handOff, seconds);
    }
    return { handOff: present, seconds };
  }

  const property = (check: (start: HandOff, story: { news: HandOffNews; seconds: number }[]) => void) =>
    fc.assert(
      fc.property(begun, steps, (start, story) => check(waiting(start), story)),
      { seed: 7, numRuns: 2_000 },
    );

  it('at most one person is on the way to the caller or with them', () => {
    property((start, story) => {
      lived(start, story, ({ handOff }) => {
        const taking = handOff.legs.filter(({ state }) => state === 'accepted');
        expect(taking.length).toBeLessThanOrEqual(1);
        if (handOff.place === 'bridged') expect(taking).toHaveLength(1);
      });
    });
  });

  it('a caller who waits is never forgotten', () => {
    property((start, story) => {
      lived(start, story, ({ handOff }, seconds) => {
        if (handOff.place !== 'waiting') return;
        const { orders, next_action_at } = nextOrders(handOff, at(seconds));
        expect(next_action_at).not.toBeNull();
        const inFlight = handOff.legs.some(
          ({ state, outcome }) => state === 'accepted' || (outcome === null && state !== 'due'),
        );
        const settles = next_action_at !== null && next_action_at <= at(seconds + 3);
        expect(orders.length > 0 || inFlight || settles).toBe(true);
      });
    });
  });

  it('news that is doubled changes nothing', () => {
    property((start, story) => {
      lived(start, story, ({ handOff }, seconds, news) => {
        const nothing = { handOff, timeline: [], entry: null };
        expect(afterNews(handOff, news, at(seconds))).toEqual(nothing);
      });
    });
  });

  it('a phone is rung at most once, and what has ended says how', () => {
    property((start, story) => {
      const rung = new Set<string>();
      lived(start, story, ({ handOff }) => {
        for (const { leg_id, state, outcome } of handOff.legs) {
          if (rung.has(leg_id)) expect(state).not.toBe('due');
          if (state !== 'due') rung.add(leg_id);
          if (state === 'ended') expect(outcome).not.toBeNull();
        }
      });
    });
  });

  it('it comes to an end where Twilio does what it is told', () => {
    const NEWS: { [Name in Order['order']]: (order: Extract<Order, { order: Name }>) => HandOffNews[] } = {
      ring: () => [],
      hang_up: ({ leg: { leg_id } }) => [{ news: 'leg_ended', leg_id, how: 'hung_up' }],
      bring_caller: () => [{ news: 'caller_waits' }],
      return_caller: () => [{ news: 'caller_returned' }],
      tell_caller_left: ({ leg: { leg_id } }) => [{ news: 'answered', leg_id, provider_id: 'CA2' }],
      look_for_caller: ({ leg: { leg_id } }) => [{ news: 'bridged', leg_id }],
    };
    property((start, story) => {
      let { handOff, seconds } = lived(start, story, () => {});
      for (let i = 0; ; i++) {
        expect(i).toBeLessThan(40);
        const { orders, next_action_at } = nextOrders(handOff, at(seconds));
        for (const one of orders) {
          for (const news of NEWS[one.order](one as never))
            handOff = afterNews(handOff, news, at(seconds)).handOff;
        }
        if (orders.length === 0 && next_action_at === null) break;
        if (next_action_at !== null)
          seconds = Math.max(seconds, (Date.parse(next_action_at) - START) / 1_000);
        handOff = look(handOff, seconds);
      }
      expect(handOff.place).not.toBe('waiting');
    });
  });
});
