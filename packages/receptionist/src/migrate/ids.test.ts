import { describe, expect, it } from 'vitest';
import { theMigration } from './ids.ts';

const IDS = {
  shared: ['0001_first_call', '0002_length', '0010_due_at'],
  tenants: ['0001_words', '0002_length', '0012_note'],
};

describe('a migration', () => {
  it.each([
    ['0010_due_at', 'shared', '0010_due_at'],
    ['0010', 'shared', '0010_due_at'],
    ['10', 'shared', '0010_due_at'],
    ['12', 'tenants', '0012_note'],
    ['0001_words', 'tenants', '0001_words'],
    ['tenants/1', 'tenants', '0001_words'],
    ['shared/0001', 'shared', '0001_first_call'],
    ['tenants/0002_length', 'tenants', '0002_length'],
  ])('%s is named by its id or number', (typed, series, id) => {
    expect(theMigration(typed, IDS)).toEqual({ series, id });
  });

  it.each(['1', '0001', '0002_length'])('%s may be either of two', (typed) => {
    expect(() => theMigration(typed, IDS)).toThrow(
      expect.objectContaining({
        code: 'invalid_parameter',
        message: expect.stringMatching(/Say which: shared\/\w+ or tenants\/\w+\.$/),
      }),
    );
  });

  it.each(['0099', 'tenants/0010', 'others/0001', '', '0010_due', '\n0001_words'])(
    '"%s" is none',
    (typed) => {
      expect(() => theMigration(typed, IDS)).toThrow(expect.objectContaining({ code: 'not_found' }));
    },
  );

  it('is meant where it is nearly named', () => {
    expect(() => theMigration('0010_due_a', IDS)).toThrow(/Did you mean 0010_due_at\?/);
  });
});
