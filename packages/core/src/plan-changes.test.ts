import { expect, test } from 'vitest';
import { evaluateFlags } from './flags.ts';
import { endOfMonth, flagChanges, limitChanges } from './plan-changes.ts';
import type { PlanTerms } from './plans.ts';

test.each([
  ['2026-11-22T09:00:00.000Z', 'UTC', '2026-12-01T00:00:00.000Z'],
  ['2026-12-31T23:59:59.999Z', 'UTC', '2027-01-01T00:00:00.000Z'],
  // In Los Angeles it is still November, in Auckland already December.
  ['2026-12-01T03:00:00.000Z', 'America/Los_Angeles', '2026-12-01T08:00:00.000Z'],
  ['2026-11-30T12:00:00.000Z', 'Pacific/Auckland', '2026-12-31T11:00:00.000Z'],
  // The clocks go forward on the way.
  ['2026-03-10T00:00:00.000Z', 'Europe/Berlin', '2026-03-31T22:00:00.000Z'],
])('the month of %s in %s ends at %s', (now, time_zone, end) => {
  expect(endOfMonth(now, time_zone)).toBe(end);
});

const terms = (more: Partial<PlanTerms>): PlanTerms => ({
  plan: 'free',
  included_voice_minutes: 100,
  included_messages: 100,
  beyond: 'block',
  concurrent_calls: 2,
  documents: 0,
  flags: [],
  ...more,
});

test('only limits that differ are told', () => {
  const after = terms({ plan: 'core', concurrent_calls: null, beyond: 'bill', flags: ['allow_rag'] });
  expect(limitChanges(terms({}), after)).toEqual([
    { limit: 'beyond', before: 'block', after: 'bill' },
    { limit: 'concurrent_calls', before: 2, after: null },
  ]);
});

test('a flag is told where its value changes, not where only the reason does', () => {
  const now = '2026-11-22T09:00:00.000Z';
  const setting = { enabled: true, updated_at: now, updated_by: 'lex' };
  const settings = [
    { flag: 'allow_rag' as const, ...setting },
    { flag: 'record_calls' as const, ...setting, enabled: false },
  ];
  const on = (flags: PlanTerms['flags']) => evaluateFlags({ included: flags, settings, rollouts: [] }, now);
  expect(flagChanges(on(['allow_rag', 'record_calls']), on([]))).toEqual([
    {
      flag: 'allow_rag',
      before: expect.objectContaining({ enabled: true, source: 'tenant' }),
      after: expect.objectContaining({ enabled: false, source: 'plan' }),
    },
  ]);
});
