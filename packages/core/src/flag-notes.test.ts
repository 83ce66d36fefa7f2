import { expect, test } from 'vitest';
import { type FlagUsage, staleness } from './flag-notes.ts';

const NOW = '2026-12-20T09:00:00.000Z';
const LATELY = '2026-12-06T09:00:00.001Z';

const usage = (more: Partial<FlagUsage>): FlagUsage => ({
  flag: 'allow_rag',
  tenants: 20,
  on: 0,
  off: 0,
  in_rollout: 0,
  changed_at: '2026-12-06T09:00:00.000Z',
  ...more,
});

test.each<[string, Partial<FlagUsage>, string | null]>([
  ['nobody has it for 14 days', {}, 'unused'],
  ['nobody ever had it', { changed_at: null }, 'unused'],
  ['some refuse it, nobody has it', { off: 3 }, 'unused'],
  ['it was taken from the last one lately', { changed_at: LATELY }, null],
  ['one has it', { on: 1 }, null],
  ['one is in the rollout', { in_rollout: 1 }, null],
  ['everybody has set it', { on: 20 }, 'everywhere'],
  ['everybody is in the rollout', { in_rollout: 20, on: 3 }, 'everywhere'],
  ['everybody is in the rollout, and one refuses it', { in_rollout: 20, off: 1 }, null],
  ['everybody has it since yesterday', { on: 20, changed_at: LATELY }, null],
  ['a flag that is on when it is safe, off for one', { flag: 'require_human_review', off: 1 }, null],
  ['a flag that is on when it is safe, off for all', { flag: 'require_human_review', off: 20 }, 'everywhere'],
  ['a flag that is on when it is safe, on for all', { flag: 'require_human_review', on: 20 }, 'unused'],
])('%s', (_, more, stale) => {
  expect(staleness(usage(more), NOW)).toBe(stale);
});

test('a flag that has just come is not stale', () => {
  expect(staleness(usage({ changed_at: null }), '2026-12-01T00:00:00.000Z')).toBeNull();
});
