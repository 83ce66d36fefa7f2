import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Advanced, advance, newRound, nextActionAt, type Watch, type Watched } from './escalation.ts';
import { deadlines } from './fallback.ts';
import { ESCALATION_CHANNELS, type EscalationStep, withDefaults } from './tenant.ts';

const START = Date.parse('2026-11-23T18:00:00.000Z');
const at = (minutes: number) => new Date(START + Math.round(minutes * 60_000)).toISOString();

const T1 = withDefaults({ tenant_id: 't1', name: 'A', time_zone: 'UTC', numbers: [] });

function filed(severity: Watched['severity'] = 'critical', tenant: Watch = T1): Watched {
  return {
    ...{ severity, status: 'open', ack_breached: false, engage_breached: false },
    ...{ round: 1, round_at: at(0), steps_taken: 0, ...deadlines(tenant.sla, severity, at(0)) },
  };
}

const after = (entry: Watched, { changes }: Advanced): Watched => ({ ...entry, ...changes });

/** What an engine says that looks whenever it should, as `minute: what`. */
function watch(begun: Watched, tenant: Watch, until: number): string[] {
  const said: string[] = [];
  let entry = begun;
  for (let now = at(0); now <= at(until); ) {
    const advanced = advance(entry, tenant, now);
    const words = [...advanced.timeline.map(({ action }) => action), ...advanced.tell];
    if (words.length > 0) said.push(`${(Date.parse(now) - START) / 60_000}: ${words.join(' ')}`);
    entry = after(entry, advanced);
    if (advanced.next_action_at === null) break;
    now = advanced.next_action_at;
  }
  return said;
}

const stepsOf = (...steps: [after_minutes: number, ...notify: EscalationStep['notify']][]): Watch => {
  const escalation = steps.map(([after_minutes, ...notify]) => ({ after_minutes, notify }));
  const sla = { critical: { acknowledge: 600, engage: 700 }, standard: { acknowledge: 600, engage: 700 } };
  return { escalation: { critical: escalation, standard: escalation }, sla };
};

describe('an entry that nobody takes', () => {
  it('goes through the steps of a critical one, misses its deadlines once, and is told of again and again', () => {
    expect(watch(filed(), T1, 11)).toEqual([
      '0: slack_mention',
      '1: slack_mention pagerduty',
      '2: ack_missed call',
      '5: engage_missed slack_mention pagerduty call',
      '8: slack_mention pagerduty call',
      '11: slack_mention pagerduty call',
    ]);
  });

  it('goes through the steps of a standard one', () => {
    expect(watch(filed('standard'), T1, 150)).toEqual([
      '0: slack',
      '15: ack_missed slack_mention',
      '60: engage_missed slack_mention pagerduty',
      '105: slack_mention pagerduty',
      '150: slack_mention pagerduty',
    ]);
  });

  it('hears of a single step every five minutes, and of fractions of one', () => {
    expect(watch(filed('standard', stepsOf([0, 'call'])), stepsOf([0, 'call']), 10)).toEqual([
      ...['0: call', '5: call', '10: call'],
    ]);
    const halves = stepsOf([0.25, 'text'], [0.75, 'call']);
    expect(watch(filed('standard', halves), halves, 1.75)).toEqual([
      ...['0.25: text', '0.75: call', '1.25: call', '1.75: call'],
    ]);
  });

  it('is not told of each instant where two steps are next to one another', () => {
    const close = stepsOf([0, 'slack'], [0.000001, 'call']);
    const { changes, next_action_at } = advance(filed('standard', close), close, at(60));
    expect(changes.steps_taken).toBeLessThan(4_000);
    expect(next_action_at).toBe(new Date(Date.parse(at(60)) + 1_000).toISOString());
  });

  it('is told as it is now, each way once, by an engine that was away', () => {
    const { tell, timeline, changes } = advance(filed(), T1, at(9));
    expect(tell).toEqual(['slack_mention', 'pagerduty', 'call']);
    expect(timeline.map(({ action }) => action)).toEqual(['ack_missed', 'engage_missed']);
    expect(changes.steps_taken).toBe(5);
    expect(nextActionAt({ ...filed(), ...changes }, T1, at(9))).toBe(at(11));
  });

  it('says with a mention what a message says', () => {
    const both = stepsOf([0, 'slack'], [1, 'slack', 'slack_mention']);
    expect(advance(filed('standard', both), both, at(1)).tell).toEqual(['slack_mention']);
  });

  it('is watched where a tenant has no steps', () => {
    const { tell, next_action_at } = advance(filed('standard', stepsOf()), stepsOf(), at(0));
    expect([tell, next_action_at]).toEqual([[], at(5)]);
  });
});

describe('an entry that somebody has', () => {
  const acknowledged: Watched = { ...filed(), status: 'acknowledged', steps_taken: 1 };

  it('is silent until it should have been engaged, and then is open again in a new round', () => {
    expect(advance(acknowledged, T1, at(4.9))).toMatchObject({
      tell: [],
      timeline: [],
      next_action_at: at(5),
    });
    const returned = advance(acknowledged, T1, at(5));
    expect(returned.timeline.map(({ action }) => action)).toEqual(['engage_missed', 'returned']);
    expect(returned.tell).toEqual(['slack_mention']);
    expect(returned.changes).toMatchObject({
      ...{ status: 'open', assignee: null, acknowledged_by: null, engage_breached: true },
      ...{ round: 2, round_at: at(5), steps_taken: 1, ack_due_at: at(7), engage_due_at: at(10) },
    });
    expect(returned.next_action_at).toBe(at(6));
  });

  it('is told of once when it grows graver', () => {
    const raised = { ...acknowledged, ...newRound(acknowledged, T1.sla, 'critical', at(3)) };
    const told = advance(raised, T1, at(3), { raised: true });
    expect(told).toMatchObject({ tell: ['slack_mention'], timeline: [], next_action_at: at(8) });
    expect(advance(after(raised, told), T1, at(7)).tell).toEqual([]);
  });

  it('is silent once it is engaged or resolved', () => {
    const engaged = advance({ ...acknowledged, status: 'engaged' }, T1, at(600));
    expect(engaged).toMatchObject({ tell: [], timeline: [], next_action_at: at(600 + 24 * 60) });
    const resolved = advance({ ...acknowledged, status: 'resolved' }, T1, at(600));
    expect(resolved).toMatchObject({ tell: [], timeline: [], next_action_at: null });
  });
});

const anyTenant = fc
  .uniqueArray(
    fc.record({
      after_minutes: fc.double({ min: 0, max: 500, noNaN: true }),
      notify: fc.uniqueArray(fc.constantFrom(...ESCALATION_CHANNELS), { minLength: 1 }),
    }),
    { selector: ({ after_minutes }) => after_minutes, minLength: 1, maxLength: 6 },
  )
  .map((steps) => steps.sort((a, b) => a.after_minutes - b.after_minutes))
  .map((steps): Watch => ({ escalation: { critical: steps, standard: steps }, sla: T1.sla }));

const anyWatched = fc.record({
  severity: fc.constantFrom('critical' as const, 'standard' as const),
  status: fc.constantFrom('open' as const, 'acknowledged' as const, 'engaged' as const),
  ack_due_at: fc.integer({ min: -500, max: 500 }).map(at),
  engage_due_at: fc.integer({ min: -500, max: 500 }).map(at),
  ack_breached: fc.boolean(),
  engage_breached: fc.boolean(),
  round: fc.integer({ min: 1, max: 9 }),
  round_at: fc.integer({ min: -500, max: 0 }).map(at),
  steps_taken: fc.integer({ min: 0, max: 20 }),
});

describe('whatever the entry and the steps', () => {
  it('has a next action in the future, and nothing to do before it', () => {
    fc.assert(
      fc.property(anyTenant, anyWatched, fc.integer({ min: 0, max: 500 }), (tenant, entry, minute) => {
        const advanced = advance(entry, tenant, at(minute));
        const next = advanced.next_action_at ?? '';
        expect(next > at(minute)).toBe(true);
        const before = new Date(Date.parse(next) - 1).toISOString();
        expect(advance(after(entry, advanced), tenant, before)).toMatchObject({ tell: [], timeline: [] });
      }),
    );
  });

  it('tells each step of a round, however often it is looked at', () => {
    fc.assert(
      fc.property(anyTenant, fc.array(fc.integer({ min: 0, max: 400 })), (tenant, looks) => {
        const begun = { ...filed('standard', tenant), ack_due_at: at(9_999), engage_due_at: at(9_999) };
        const minutes = [...looks, 500].sort((a, b) => a - b);
        const told = new Set<string>();
        let entry: Watched = begun;
        for (const minute of minutes) {
          const advanced = advance(entry, tenant, at(minute));
          for (const way of advanced.tell) told.add(way);
          entry = after(entry, advanced);
        }
        const due = tenant.escalation.standard.filter(({ after_minutes }) => after_minutes <= 500);
        const ways = due.flatMap(({ notify }) => notify);
        for (const way of ways) {
          expect(told.has(way) || (way === 'slack' && told.has('slack_mention'))).toBe(true);
        }
        expect(entry.steps_taken).toBeGreaterThanOrEqual(due.length);
      }),
    );
  });
});
