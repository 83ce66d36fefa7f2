import { expect, test } from 'vitest';
import { compareFigures, type Figures } from './rollout-figures.ts';

const figures = (calls: number, escalations: number, more: Partial<Figures> = {}): Figures => ({
  tenants: 5,
  calls,
  escalations,
  bookings: null,
  turn_ms_p50: null,
  ...more,
});

test.each([
  // By hand: of 40 of 100 and 40 of 200 pooled 0.267, deviation 0.0542, difference 0.2: z is 3.69.
  ['half of the calls against a tenth', figures(60, 30), figures(200, 20), 'worse'],
  ['40 of 100 against 40 of 200', figures(100, 40), figures(200, 40), 'worse'],
  ['a tenth against half', figures(200, 20), figures(60, 30), 'better'],
  ['z of 2.00: 24 of 100 against 13', figures(100, 24), figures(100, 13), 'worse'],
  ['z of 1.84: 23 of 100 against 13', figures(100, 23), figures(100, 13), 'no_difference'],
  ['29 calls on one side', figures(29, 29), figures(1000, 0), 'too_few'],
  ['29 calls on the other', figures(1000, 0), figures(29, 29), 'too_few'],
  ['none at all', figures(0, 0), figures(0, 0), 'too_few'],
  ['none escalated', figures(100, 0), figures(100, 0), 'no_difference'],
  ['every call escalated', figures(100, 100), figures(100, 100), 'no_difference'],
  ['more escalations than calls', figures(100, 300), figures(100, 100), 'no_difference'],
] as const)('escalations: %s', (_, on, off, verdict) => {
  expect(compareFigures(on, off).escalation_rate.verdict).toBe(verdict);
});

test('a change is relative to what it is with the flag off', () => {
  expect(compareFigures(figures(100, 30), figures(200, 20)).escalation_rate).toEqual({
    on: 0.3,
    off: 0.1,
    change: expect.closeTo(2),
    verdict: 'worse',
  });
  expect(compareFigures(figures(100, 30), figures(200, 0)).escalation_rate).toMatchObject({
    off: 0,
    change: null,
    verdict: 'worse',
  });
});

test('more bookings are better; what was not measured says nothing', () => {
  const booked = compareFigures(figures(100, 0, { bookings: 40 }), figures(100, 0, { bookings: 10 }));
  expect(booked.booking_rate.verdict).toBe('better');
  const { booking_rate, turn_ms } = compareFigures(figures(100, 0), figures(100, 0));
  expect([booking_rate, turn_ms]).toEqual(
    [0, 0].map(() => ({ on: null, off: null, change: null, verdict: 'too_few' })),
  );
});

test.each([
  [1095, 1000, 100, 'no_difference'],
  [1100.1, 1000, 100, 'worse'],
  [800, 1000, 100, 'better'],
  [2000, 1000, 29, 'too_few'],
])('turns of %s ms against %s ms in %s calls: %s', (on, off, calls, verdict) => {
  const { turn_ms } = compareFigures(
    figures(calls, 0, { turn_ms_p50: on }),
    figures(calls, 0, { turn_ms_p50: off }),
  );
  expect(turn_ms.verdict).toBe(verdict);
});
