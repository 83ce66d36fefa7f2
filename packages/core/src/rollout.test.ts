import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { murmur3 } from './murmur3.ts';
import { bucketOf, byRank, rolloutChange } from './rollout.ts';

/** Known answers of MurmurHash3 (x86, 32 bits), as other implementations have them. */
it.each([
  ['', 0, 0],
  ['test', 0, 0xba6bd213],
  ['Hello, world!', 0x9747b28c, 0x24884cba],
  ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
])('murmur3 of "%s" with seed %i', (text, seed, hash) => {
  expect(murmur3(text, seed)).toBe(hash);
});

const percent = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100);
const tenants = (most: number) =>
  fc.uniqueArray(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: most });
const ids = (numbers: number[]) => numbers.map((number) => `t${number}`);

/** A rollout that went through these percentages, over a population that may have grown on the way. */
function play(changes: { percent: number; population: readonly string[] }[]): Set<string> {
  const members = new Set<string>();
  let before = 0;
  for (const { percent, population } of changes) {
    const { added, removed } = rolloutChange({ flag: 'allow_rag', percent, before, population, members });
    for (const tenant_id of added) members.add(tenant_id);
    for (const tenant_id of removed) members.delete(tenant_id);
    before = percent;
  }
  return members;
}

describe.each([
  ['few tenants', 60],
  ['many tenants', 1_400],
])('a rollout over %s', (_, most) => {
  const populations = tenants(most).map(ids);

  it('is the same whenever it is asked for', () => {
    fc.assert(
      fc.property(populations, percent, (population, percent) => {
        const backwards = population.toReversed();
        expect(play([{ percent, population }])).toEqual(play([{ percent, population: backwards }]));
      }),
      { numRuns: 50 },
    );
  });

  it('only adds when it is raised, and only takes away when it is lowered', () => {
    fc.assert(
      fc.property(populations, percent, percent, (population, one, other) => {
        const [less = 0, more = 0] = [one, other].sort((a, b) => a - b);
        const few = play([{ percent: less, population }]);
        const many = play([
          { percent: less, population },
          { percent: more, population },
        ]);
        const again = play([
          { percent: more, population },
          { percent: less, population },
        ]);
        expect(many.isSupersetOf(few)).toBe(true);
        expect(many.isSupersetOf(again)).toBe(true);
        expect(again).toEqual(few);
      }),
      { numRuns: 50 },
    );
  });

  it('throws nobody out when others come', () => {
    fc.assert(
      fc.property(populations, tenants(60), percent, (population, newcomers, percent) => {
        const grown = [...population, ...newcomers.map((number) => `n${number}`)];
        const before = play([{ percent, population }]);
        const after = play([
          { percent, population },
          { percent, population: grown },
        ]);
        expect(after.isSupersetOf(before)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('has nobody at 0 and everybody at 100', () => {
    fc.assert(
      fc.property(populations, (population) => {
        expect(play([{ percent: 0, population }]).size).toBe(0);
        expect(play([{ percent: 100, population }])).toEqual(new Set(population));
      }),
      { numRuns: 50 },
    );
  });
});

it('10 % of 20 tenants is two, whatever the flag', () => {
  const population = Array.from({ length: 20 }, (_, index) => `t${index}`);
  for (let flag = 0; flag < 200; flag++) {
    const change = { flag: `flag_${flag}`, percent: 10, before: 0, population, members: new Set<string>() };
    expect(rolloutChange(change).added).toHaveLength(2);
  }
});

it('of many tenants it has about its share, by bucket', () => {
  const population = Array.from({ length: 20_000 }, (_, index) => `t${index}`);
  const { size } = play([{ percent: 12.34, population }]);
  expect(Math.abs(size - 2_468)).toBeLessThan(200);
  expect(bucketOf('allow_rag', 't1')).toBeLessThan(10_000);
  expect(byRank('allow_rag', population)).toHaveLength(20_000);
});
