import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockedDestination,
  type Destination,
  type DestinationState,
  dispatch,
  freshDestination,
  type Send,
  type Waiting,
} from './dispatch.ts';

const START = Date.parse('2026-11-23T18:00:00.000Z');
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();
const CHANNEL: Destination = 'slack:C1';

function waiting(name: string, changes: Partial<Waiting> = {}): Waiting {
  return {
    ...{ delivery_id: name, entry_id: `fb_${name}`, tenant_id: 't1', channel: 'slack_mention' },
    ...{ severity: 'standard', created_at: at(0) },
    ...changes,
  };
}

const many = (count: number, name: string, changes: Partial<Waiting> = {}) =>
  Array.from({ length: count }, (_, i) => waiting(`${name}${i}`, changes));
const critical = { severity: 'critical' as const };
const sizes = (sends: readonly Send[]) => sends.map(({ delivery_ids }) => delivery_ids.length);
const ids = (sends: readonly Send[]) => sends.flatMap(({ delivery_ids }) => delivery_ids);

describe('a Slack channel', () => {
  const first = (of: readonly Waiting[], state = freshDestination(CHANNEL, at(0))) =>
    dispatch(CHANNEL, of, state, at(0));

  it('is told each alone while there are few', () => {
    const { sends, state } = first([waiting('a'), waiting('b', { channel: 'slack' })]);
    expect(sends).toEqual([
      { delivery_ids: ['a'], mention: true, storm: false },
      { delivery_ids: ['b'], mention: false, storm: false },
    ]);
    expect(state.tokens).toBe(1);
  });

  it('is told the first alone and the others together, and has one message left for a critical one', () => {
    const storm = first(many(20, 'n'));
    expect(sizes(storm.sends)).toEqual([1, 19]);
    expect(storm.sends.map(({ mention }) => mention)).toEqual([true, true]);
    const { sends } = dispatch(CHANNEL, [waiting('c', critical)], storm.state, at(0));
    expect(sends).toEqual([{ delivery_ids: ['c'], mention: true, storm: false }]);
  });

  it('gets the critical ones first, each alone as long as that is possible', () => {
    const { sends } = first([...many(9, 'n'), ...many(3, 'c', critical)]);
    expect(sends.map(({ delivery_ids }) => delivery_ids)).toEqual([['c0'], ['c1'], ['c2']]);
  });

  it('gets critical ones beyond its rate in one message with one mention, and calls for other ways', () => {
    const { sends, state } = first(many(300, 'c', critical));
    expect(sizes(sends)).toEqual([300]);
    expect(sends[0]).toMatchObject({ mention: true, storm: true });
    const next = dispatch(CHANNEL, many(20, 'd', critical), state, at(1));
    expect(sends.length + next.sends.length).toBe(2);
    expect(next.sends.map(({ mention }) => mention)).toEqual([false]);
  });

  it('waits between digests, and after a minute calls again', () => {
    const { state } = first(many(20, 'n'));
    const later = (seconds: number) => dispatch(CHANNEL, many(5, 'm'), state, at(seconds)).sends;
    expect(later(9)).toEqual([]);
    expect(sizes(later(10))).toEqual([1, 4]);
    expect(later(10).map(({ mention }) => mention)).toEqual([true, false]);
    expect(later(60).map(({ mention }) => mention)).toEqual([true, true]);
  });

  it('hears quiet things last', () => {
    const quiet = many(5, 'q', { channel: 'slack_thread' });
    expect(ids(first([...quiet, waiting('a')]).sends)).toEqual(['a', 'q0']);
    expect(ids(first([...quiet, ...many(3, 'c', critical)]).sends)).toEqual(['c0', 'c1', 'c2']);
  });

  it('is told of many tenants in turn', () => {
    const loud = many(50, 'loud', { tenant_id: 't1', created_at: at(-9) });
    const { sends } = first([...loud, waiting('quiet', { tenant_id: 't2' })]);
    expect(sends[1]?.delivery_ids[0]).toBe('quiet');
  });
});

describe('a destination that asked to wait', () => {
  it('gets nothing before, and one at that moment', () => {
    const state = blockedDestination(freshDestination(CHANNEL, at(0)), at(0), at(40));
    const sent = (seconds: number) =>
      dispatch(CHANNEL, many(3, 'c', critical), state, at(seconds)).sends.length;
    expect([sent(0), sent(39.9), sent(40)]).toEqual([0, 0, 1]);
  });

  it('saves nothing up for a minute afterwards, and keeps nothing back', () => {
    const state = blockedDestination(freshDestination(CHANNEL, at(0)), at(0), at(1));
    const sent = (seconds: number) => sizes(dispatch(CHANNEL, many(40, 's'), state, at(seconds)).sends);
    expect([sent(1), sent(60), sent(61 + 60)]).toEqual([[40], [40], [1, 39]]);
  });

  it('is not asked sooner because another request was to wait less', () => {
    const long = blockedDestination(freshDestination(CHANNEL, at(0)), at(0), at(40));
    expect(blockedDestination(long, at(1), at(5)).blocked_until).toBe(at(40));
  });
});

describe('the other destinations', () => {
  const send = (destination: Destination, of: readonly Waiting[]) =>
    dispatch(destination, of, freshDestination(destination, at(0)), at(0)).sends;

  it('PagerDuty opens few incidents at once, or one for many, and ends first what is over', () => {
    const trigger = { channel: 'pagerduty' as const };
    expect(sizes(send('pagerduty', many(5, 'p', trigger)))).toEqual([1, 1, 1, 1, 1]);
    expect(sizes(send('pagerduty', many(40, 'p', trigger)))).toEqual([40]);
    const over = waiting('r', { channel: 'pagerduty_resolve' });
    expect(ids(send('pagerduty', [waiting('p', trigger), over]))).toEqual(['r', 'p']);
  });

  it('a person is rung once for all, and told of the gravest', () => {
    const calls = [...many(3, 'n', { channel: 'call' }), waiting('c', { channel: 'call', ...critical })];
    expect(send('call:+15005550101', calls).map(({ delivery_ids }) => delivery_ids)).toEqual([
      ['c', 'n0', 'n1', 'n2'],
    ]);
  });

  it('the log takes each alone', () => {
    expect(sizes(send('log', many(30, 'l', { channel: 'log' })))).toEqual(Array(30).fill(1));
  });
});

const anyDestination = fc.constantFrom<Destination>(
  CHANNEL,
  'slack_updates',
  'pagerduty',
  'text:+15005550101',
  'call:+15005550101',
  'log',
);
const BURST = { slack: 3, slack_updates: 10, pagerduty: 20, text: 3, call: 1, log: 1_000 };
const PER_SECOND = { slack: 1, slack_updates: 0.8, pagerduty: 1.6, text: 0.1, call: 1 / 60, log: 1_000 };
const anyWaiting = fc
  .array(
    fc.record({
      tenant_id: fc.constantFrom('t1', 't2', 't3'),
      channel: fc.constantFrom<Waiting['channel'][]>(
        'slack',
        'slack_mention',
        'pagerduty',
        'slack_thread',
        'text',
      ),
      severity: fc.constantFrom('critical' as const, 'standard' as const, null),
      created_at: fc.integer({ min: -99, max: 0 }).map(at),
    }),
    { maxLength: 60 },
  )
  .map((rows) => rows.map((row, i) => waiting(`dl_${i}`, row)));

describe('whatever waits', () => {
  it('takes each at most once, and pays for each request', () => {
    fc.assert(
      fc.property(anyDestination, anyWaiting, (destination, of) => {
        const before = freshDestination(destination, at(0));
        const { sends, state } = dispatch(destination, of, before, at(0));
        const taken = ids(sends);
        expect(new Set(taken).size).toBe(taken.length);
        expect(of.map(({ delivery_id }) => delivery_id)).toEqual(expect.arrayContaining(taken));
        expect(state.tokens).toBe(before.tokens - sends.length);
        expect(state.tokens).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('is sent in the end, within the rate', () => {
    fc.assert(
      fc.property(anyDestination, anyWaiting, (destination, of) => {
        const kind = destination.split(':')[0] as keyof typeof BURST;
        let left = of;
        let state: DestinationState = freshDestination(destination, at(0));
        let requests = 0;
        let seconds = 0;
        for (; left.length > 0 && seconds < 600; seconds += 1) {
          const chosen = dispatch(destination, left, state, at(seconds));
          const taken = new Set(ids(chosen.sends));
          left = left.filter(({ delivery_id }) => !taken.has(delivery_id));
          requests += chosen.sends.length;
          state = chosen.state;
        }
        expect(left).toEqual([]);
        expect(requests).toBeLessThanOrEqual(BURST[kind] + PER_SECOND[kind] * seconds);
      }),
      { numRuns: 50 },
    );
  });
});
