import { expect, it } from 'vitest';
import { newId } from './ids.ts';

it('is a prefix and 26 digits that read well', () => {
  expect(newId('fb', '2026-11-24T18:00:00.000Z')).toMatch(/^fb_[0-9a-hjkmnp-tv-z]{26}$/);
});

it('sorts by time, to the millisecond', () => {
  const instants = [
    '1999-12-31T23:59:59.999Z',
    '2026-11-24T18:00:00.000Z',
    '2026-11-24T18:00:00.001Z',
    '2999-01-01T00:00:00.000Z',
  ];
  const ids = instants.map((at) => newId('ev', at));
  expect(ids.toSorted()).toEqual(ids);
});

it('differs each time', () => {
  const ids = Array.from({ length: 10_000 }, () => newId('dl', '2026-11-24T18:00:00.000Z'));
  expect(new Set(ids).size).toBe(ids.length);
});
