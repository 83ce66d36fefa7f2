import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  callOrder,
  HANDOVERS,
  nextChange,
  type OnCall,
  type Override,
  onCallFor,
  onCallGaps,
  onCallNow,
  type Rotation,
  shiftAt,
} from './oncall.ts';
import { type EscalationChannel, type Instant, type Tenant, withDefaults } from './tenant.ts';
import { firstInstantAt, wallClock } from './wall-clock.ts';

const NOW = '2026-11-24T18:00:00.000Z';

function aRotation(changes: Partial<Rotation> = {}): Rotation {
  return {
    name: 'week',
    tenant_id: null,
    time_zone: 'America/Los_Angeles',
    every: 'week',
    starts_at: '2026-11-02T17:00:00.000Z',
    users: ['lex', 'kim', 'mo'],
    ...changes,
  };
}

function anOverride(user: string, changes: Partial<Override> = {}): Override {
  return {
    user,
    tenant_id: null,
    starts_at: '2026-11-24T16:00:00.000Z',
    ends_at: '2026-11-25T00:00:00.000Z',
    ...changes,
  };
}

function rota(changes: Partial<OnCall>): OnCall {
  return { people: [], rotations: [], overrides: [], ...changes };
}

const t1 = { tenant_id: 't1' };

/** Who is asked first, second, … for t1. */
const names = (people: { user: string }[]) => people.map(({ user }) => user).join(' ');
const askedFor = (onCall: OnCall, tenant_id = 't1', now: Instant = NOW) =>
  names(onCallFor(onCall, tenant_id, now));

describe('shiftAt', () => {
  it('is nobody before the rotation begins, and where nobody is in it', () => {
    expect(shiftAt(aRotation({ starts_at: '2026-11-24T18:00:00.001Z' }), NOW)).toBeNull();
    expect(shiftAt(aRotation({ users: [] }), NOW)).toBeNull();
  });

  it('begins with the first user, at once', () => {
    expect(shiftAt(aRotation({ starts_at: NOW }), NOW)).toEqual({
      user: 'lex',
      from: NOW,
      until: '2026-12-01T18:00:00.000Z',
    });
  });

  it.each([
    ['hour', '2026-11-24T18:00:00.000Z', '2026-11-24T19:00:00.000Z'],
    ['day', '2026-11-24T17:00:00.000Z', '2026-11-25T17:00:00.000Z'],
    ['week', '2026-11-23T17:00:00.000Z', '2026-11-30T17:00:00.000Z'],
  ] as const)('lasts one %s', (every, from, until) => {
    expect(shiftAt(aRotation({ every }), NOW)).toMatchObject({ from, until });
  });

  /** The hand-overs of three days, beginning with that of the first date. */
  it.each<[zone: string, first: Instant, second: Instant, third: Instant]>([
    // 02:30 does not exist on 8 March: the gap ends at 03:00 PDT.
    [
      'America/Los_Angeles',
      '2026-03-07T10:30:00.000Z',
      '2026-03-08T10:00:00.000Z',
      '2026-03-09T09:30:00.000Z',
    ],
    [
      'America/Los_Angeles',
      '2027-03-13T10:30:00.000Z',
      '2027-03-14T10:00:00.000Z',
      '2027-03-15T09:30:00.000Z',
    ],
    // 01:30 comes twice on 1 November: the first is in PDT.
    [
      'America/Los_Angeles',
      '2026-10-31T08:30:00.000Z',
      '2026-11-01T08:30:00.000Z',
      '2026-11-02T09:30:00.000Z',
    ],
    [
      'America/Los_Angeles',
      '2027-11-06T08:30:00.000Z',
      '2027-11-07T08:30:00.000Z',
      '2027-11-08T09:30:00.000Z',
    ],
    // 09:00 stays 09:00 through both nights.
    [
      'America/Los_Angeles',
      '2026-03-07T17:00:00.000Z',
      '2026-03-08T16:00:00.000Z',
      '2026-03-09T16:00:00.000Z',
    ],
    [
      'America/Los_Angeles',
      '2026-10-31T16:00:00.000Z',
      '2026-11-01T17:00:00.000Z',
      '2026-11-02T17:00:00.000Z',
    ],
    // 02:00 to 03:00 is skipped on 29 March and 28 March, and comes twice on 25 and 31 October.
    ['Europe/Berlin', '2026-03-28T01:15:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-30T00:15:00.000Z'],
    ['Europe/Berlin', '2027-03-27T01:15:00.000Z', '2027-03-28T01:00:00.000Z', '2027-03-29T00:15:00.000Z'],
    ['Europe/Berlin', '2026-10-24T00:15:00.000Z', '2026-10-25T00:15:00.000Z', '2026-10-26T01:15:00.000Z'],
    ['Europe/Berlin', '2027-10-30T00:15:00.000Z', '2027-10-31T00:15:00.000Z', '2027-11-01T01:15:00.000Z'],
    // Half an hour: 02:00 to 02:30 is skipped on 4 and 3 October, 01:30 to 02:00 comes twice on 5 and 4 April.
    [
      'Australia/Lord_Howe',
      '2026-10-02T15:45:00.000Z',
      '2026-10-03T15:30:00.000Z',
      '2026-10-04T15:15:00.000Z',
    ],
    [
      'Australia/Lord_Howe',
      '2027-10-01T15:45:00.000Z',
      '2027-10-02T15:30:00.000Z',
      '2027-10-03T15:15:00.000Z',
    ],
    [
      'Australia/Lord_Howe',
      '2026-04-03T14:45:00.000Z',
      '2026-04-04T14:45:00.000Z',
      '2026-04-05T15:15:00.000Z',
    ],
    [
      'Australia/Lord_Howe',
      '2027-04-02T14:45:00.000Z',
      '2027-04-03T14:45:00.000Z',
      '2027-04-04T15:15:00.000Z',
    ],
    ['Asia/Kolkata', '2026-10-31T20:30:00.000Z', '2026-11-01T20:30:00.000Z', '2026-11-02T20:30:00.000Z'],
  ])('hands over by the clocks of %s: %s, %s, %s', (time_zone, first, second, third) => {
    const monthEarlier = wallClock(Date.parse(first), time_zone) - 30 * 86_400_000;
    const starts_at = new Date(firstInstantAt(monthEarlier, time_zone)).toISOString();
    for (const begun of [first, starts_at]) {
      const rotation = aRotation({ every: 'day', time_zone, starts_at: begun });
      expect(shiftAt(rotation, first)).toMatchObject({ from: first, until: second });
      expect(shiftAt(rotation, second)).toMatchObject({ from: second, until: third });
      expect(shiftAt(rotation, third)).toMatchObject({ from: third });
    }
  });

  it('has nobody twice in the night in which clocks are put back over a hand-over', () => {
    // Handed over at 00:15; at 01:00, which is 05:00 UTC, Havana goes back to 00:00.
    const rotation = aRotation({
      every: 'day',
      time_zone: 'America/Havana',
      starts_at: '2026-10-30T04:15:00.000Z',
    });
    const users = ['04:14', '04:15', '04:59', '05:00', '05:14', '05:15', '05:59'].map(
      (time) => shiftAt(rotation, `2026-11-01T${time}:00.000Z`)?.user,
    );
    expect(users).toEqual(['kim', 'mo', 'mo', 'mo', 'mo', 'mo', 'mo']);
  });

  it('skips the turn of a day that a place skipped', () => {
    // Samoa went from 29 to 31 December 2011.
    const rotation = aRotation({
      every: 'day',
      time_zone: 'Pacific/Apia',
      starts_at: '2011-12-29T10:00:00.000Z',
    });
    expect(shiftAt(rotation, '2011-12-30T09:59:59.999Z')?.user).toBe('lex');
    expect(shiftAt(rotation, '2011-12-30T10:00:00.000Z')?.user).toBe('mo');
  });

  const rotations = fc
    .record({
      time_zone: fc.constantFrom(
        'America/Los_Angeles',
        'America/Havana',
        'Europe/Berlin',
        'Australia/Lord_Howe',
        'Asia/Kolkata',
        'Africa/Casablanca',
        'UTC',
      ),
      every: fc.constantFrom(...HANDOVERS),
      starts_at: anInstant('2020-01-01', '2027-01-01'),
      users: fc.uniqueArray(fc.constantFrom('lex', 'kim', 'mo', 'sam', 'ana'), { minLength: 1 }),
    })
    .map(aRotation);

  it('puts one person after the other, without a gap and without overlap', () => {
    fc.assert(
      fc.property(rotations, anInstant('2027-01-01', '2030-01-01'), (rotation, now) => {
        const shift = shiftOf(rotation, now);
        expect(shift.from <= now && now < shift.until).toBe(true);
        expect(shiftOf(rotation, shift.from)).toEqual(shift);
        expect(shiftOf(rotation, justBefore(shift.until))).toEqual(shift);
        const next = shiftOf(rotation, shift.until);
        expect(next.from).toBe(shift.until);
        const { users } = rotation;
        expect(next.user).toBe(users[(users.indexOf(shift.user) + 1) % users.length]);
      }),
    );
  });

  it('hands over when the clocks first show the time of day at which it began', () => {
    fc.assert(
      fc.property(rotations, anInstant('2027-01-01', '2030-01-01'), (rotation, now) => {
        fc.pre(rotation.every !== 'hour');
        const { starts_at, time_zone } = rotation;
        const { from } = shiftOf(rotation, now);
        const begun = wallClock(Date.parse(starts_at), time_zone);
        const sinceBeginning = (at: Instant) => wallClock(Date.parse(at), time_zone) - begun;
        const days = Math.floor(sinceBeginning(from) / 86_400_000);
        expect(sinceBeginning(from) - days * 86_400_000).toBeLessThan(3_600_000);
        expect(sinceBeginning(justBefore(from))).toBeLessThan(days * 86_400_000);
      }),
    );
  });

  it('never goes back', () => {
    fc.assert(
      fc.property(
        rotations,
        anInstant('2027-01-01', '2030-01-01'),
        fc.integer({ min: 1, max: 7_200_000 }),
        (rotation, now, later) => {
          const then = new Date(Date.parse(now) + later).toISOString();
          expect(shiftOf(rotation, then).from >= shiftOf(rotation, now).from).toBe(true);
        },
      ),
    );
  });
});

function anInstant(min: string, max: string) {
  return fc.integer({ min: Date.parse(min), max: Date.parse(max) }).map((at) => new Date(at).toISOString());
}

function shiftOf(rotation: Rotation, now: Instant) {
  const shift = shiftAt(rotation, now);
  if (shift === null) throw new Error(`nobody at ${now}`);
  return shift;
}

function justBefore(at: Instant): Instant {
  return new Date(Date.parse(at) - 1).toISOString();
}

describe('who is on call', () => {
  const forAll = aRotation({ users: ['lex', 'kim'] });
  const own = aRotation({ ...t1, name: 'own', users: ['sam', 'ana'] });

  it('is whose shift it is, with phone and Slack id', () => {
    const mo = { user: 'mo', phone: '+14155550123', slack_user_id: 'U0MO' };
    const onCall = rota({ people: [mo], rotations: [aRotation()] });
    expect(onCallFor(onCall, 't1', '2026-11-16T17:00:00.000Z')).toEqual([mo]);
    expect(onCallFor(onCall, 't1', NOW)).toEqual([{ user: 'lex', phone: null, slack_user_id: null }]);
  });

  it('is nobody where nothing is set', () => {
    expect(onCallFor(rota({}), 't1', NOW)).toEqual([]);
    expect(onCallNow(rota({}), NOW)).toEqual([]);
    expect(nextChange(rota({}), 't1', NOW)).toBeNull();
  });

  it("is the tenant's own person before the one for all, and never that of another tenant", () => {
    const onCall = rota({ rotations: [forAll, own] });
    expect(askedFor(onCall)).toBe('ana');
    expect(askedFor(onCall, 't2')).toBe('kim');
  });

  it('falls back to the rotation for all where the own one has nobody', () => {
    expect(askedFor(rota({ rotations: [{ ...own, users: [] }, forAll] }))).toBe('kim');
    expect(askedFor(rota({ rotations: [{ ...own, starts_at: '2027-01-04T17:00:00.000Z' }, forAll] }))).toBe(
      'kim',
    );
  });

  it('is an override before any rotation, the own one before one for all', () => {
    const onCall = rota({ rotations: [own, forAll], overrides: [anOverride('mo')] });
    expect(askedFor(onCall)).toBe('mo');
    onCall.overrides.push(anOverride('kai', t1));
    expect(askedFor(onCall)).toBe('kai');
    expect(askedFor(onCall, 't2')).toBe('mo');
  });

  it('counts an override from its beginning until just before its end', () => {
    const onCall = rota({ rotations: [forAll], overrides: [anOverride('mo')] });
    expect(askedFor(onCall, 't1', '2026-11-24T15:59:59.999Z')).toBe('kim');
    expect(askedFor(onCall, 't1', '2026-11-24T16:00:00.000Z')).toBe('mo');
    expect(askedFor(onCall, 't1', '2026-11-24T23:59:59.999Z')).toBe('mo');
    expect(askedFor(onCall, 't1', '2026-11-25T00:00:00.000Z')).toBe('kim');
  });

  it('is everybody of the same rank, in the order of the file, each once', () => {
    const second = aRotation({ name: 'second', users: ['sam', 'ana'] });
    expect(askedFor(rota({ rotations: [forAll, second, { ...forAll, name: 'again' }] }))).toBe('kim ana');
  });
});

describe('the order of calls', () => {
  const order = (onCall: OnCall) => names(callOrder(onCall, 't1', NOW));

  it('goes from the present one through those whose turns follow', () => {
    expect(order(rota({ rotations: [aRotation({ users: ['lex', 'kim', 'mo', 'sam', 'ana'] })] }))).toBe(
      'sam ana lex kim mo',
    );
  });

  it('asks all who are on call first', () => {
    const rotations = [aRotation(), aRotation({ name: 'second', users: ['sam', 'ana'] })];
    expect(order(rota({ rotations }))).toBe('lex ana kim mo sam');
  });

  it('goes from an override to those who are next, and last to the one it replaces', () => {
    expect(order(rota({ rotations: [aRotation()], overrides: [anOverride('sam')] }))).toBe('sam kim mo lex');
    expect(order(rota({ rotations: [aRotation()], overrides: [anOverride('kim')] }))).toBe('kim mo lex');
  });

  it('leaves out the rotations that were not asked', () => {
    const rotations = [aRotation(), aRotation({ ...t1, name: 'own', users: ['sam', 'ana'] })];
    expect(order(rota({ rotations }))).toBe('ana sam');
  });

  it('is nobody where nobody is on call', () => {
    expect(order(rota({ rotations: [aRotation({ users: [] })] }))).toBe('');
  });
});

describe('who is on call now, and until when', () => {
  const rotations = [aRotation(), aRotation({ ...t1, name: 'own', users: ['sam', 'ana'] })];

  it('names those for all once, and the tenants that have their own', () => {
    const empty = aRotation({ tenant_id: 't2', name: 'empty', users: [] });
    expect(onCallNow(rota({ rotations: [...rotations, empty] }), NOW)).toEqual([
      { tenant_id: null, user: 'lex' },
      { tenant_id: 't1', user: 'ana' },
    ]);
  });

  it('does not name a tenant whose rotation is overridden for all', () => {
    expect(onCallNow(rota({ rotations, overrides: [anOverride('mo')] }), NOW)).toEqual([
      { tenant_id: null, user: 'mo' },
    ]);
  });

  it('changes with the first hand-over, end or beginning', () => {
    const handover = '2026-11-30T17:00:00.000Z';
    expect(nextChange(rota({ rotations }), 't1', NOW)).toBe(handover);
    const later = anOverride('mo', {
      starts_at: '2026-11-25T08:00:00.000Z',
      ends_at: '2026-11-26T08:00:00.000Z',
    });
    expect(nextChange(rota({ rotations, overrides: [later] }), 't1', NOW)).toBe(later.starts_at);
    expect(nextChange(rota({ rotations, overrides: [anOverride('mo'), later] }), 't1', NOW)).toBe(
      '2026-11-25T00:00:00.000Z',
    );
  });
});

describe('gaps', () => {
  const WEEK_LATER = '2026-12-01T18:00:00.000Z';
  const phone = '+14155550123';
  const people = [
    { user: 'lex', phone, slack_user_id: null },
    { user: 'kim', phone: null, slack_user_id: 'U0KIM' },
  ];
  const reachable = [aRotation({ users: ['lex'] })];

  function tenant(...notify: EscalationChannel[]): Tenant {
    const steps = [{ after_minutes: 0, notify }];
    const escalation = { critical: steps, standard: steps };
    return withDefaults({ ...t1, name: 'Northside', time_zone: 'UTC', numbers: [], escalation });
  }
  const gaps = (onCall: OnCall, ...tenants: Tenant[]) => onCallGaps(onCall, tenants, NOW, WEEK_LATER);

  it('are none where somebody with a phone is always there', () => {
    expect(gaps(rota({ people, rotations: reachable }), tenant('call'))).toEqual([]);
  });

  it('are none for a tenant whose steps ask no person', () => {
    expect(gaps(rota({}), tenant('slack', 'pagerduty'))).toEqual([]);
  });

  it('begin at once where nobody is on call, for all channels that ask a person', () => {
    const nobody = rota({ people, rotations: [aRotation({ users: [] })] });
    expect(gaps(nobody, tenant('call', 'pagerduty', 'slack_mention'))).toEqual([
      { ...t1, from: NOW, why: 'nobody', channels: ['slack_mention', 'call'] },
    ]);
  });

  it('begin where the last override ends', () => {
    const overrides = [
      anOverride('lex'),
      anOverride('lex', { starts_at: '2026-11-24T23:00:00.000Z', ends_at: '2026-11-27T00:00:00.000Z' }),
      anOverride('lex', { starts_at: '2026-11-28T00:00:00.000Z', ends_at: '2026-11-29T00:00:00.000Z' }),
    ];
    expect(gaps(rota({ people, overrides }), tenant('slack_mention'))).toEqual([
      { ...t1, from: '2026-11-27T00:00:00.000Z', why: 'nobody', channels: ['slack_mention'] },
    ]);
  });

  it('begin with the shift of whoever has no phone, for calls and texts alone', () => {
    const rotations = [aRotation({ users: ['lex', 'lex', 'lex', 'lex', 'kim'] })];
    expect(gaps(rota({ people, rotations }), tenant('slack_mention', 'text'))).toEqual([
      { ...t1, from: '2026-11-30T17:00:00.000Z', why: 'no_phone', channels: ['text'] },
    ]);
    expect(gaps(rota({ people, rotations }), tenant('slack_mention'))).toEqual([]);
  });

  it('are closed by a second person, and opened by an override', () => {
    const both = [...reachable, aRotation({ name: 'second', users: ['kim'] })];
    expect(gaps(rota({ people, rotations: both }), tenant('call'))).toEqual([]);
    const overrides = [anOverride('kim', { starts_at: '2026-11-26T00:00:00.000Z', ends_at: WEEK_LATER })];
    expect(gaps(rota({ people, rotations: both, overrides }), tenant('call'))).toEqual([
      { ...t1, from: '2026-11-26T00:00:00.000Z', why: 'no_phone', channels: ['call'] },
    ]);
  });

  it('are those of each tenant, whether it has a rotation of its own or not', () => {
    const onCall = rota({
      people,
      rotations: [...reachable, aRotation({ ...t1, name: 'own', users: ['kim'] })],
    });
    const tenants = [tenant('call'), { ...tenant('call'), tenant_id: 't2' }];
    expect(gaps(onCall, ...tenants).map(({ tenant_id }) => tenant_id)).toEqual(['t1']);
  });
});
