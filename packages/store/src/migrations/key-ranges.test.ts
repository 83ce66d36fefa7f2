import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { expect, it } from 'vitest';
import { forRange, hasRange } from './key-ranges.ts';

const db = new Kysely({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
const compiled = (script: string, after: string[] | null, upto: string[]) => {
  const { sql, parameters } = forRange(script, { after, upto }).compile(db);
  return [sql, parameters];
};
const ONE = 'update t set b = a::text where id > :after and id <= :upto;';
const TWO = 'update t set b = a where (x, y) > :after and (x, y) <= :upto';

it('puts the keys in, one or several', () => {
  expect(compiled(ONE, ['1'], ['5'])).toEqual([
    'update t set b = a::text where id > $1 and id <= $2',
    ['1', '5'],
  ]);
  expect(compiled(TWO, ['a', '1'], ['b', '2'])).toEqual([
    'update t set b = a where (x, y) > ($1, $2) and (x, y) <= ($3, $4)',
    ['a', '1', 'b', '2'],
  ]);
});

it('leaves the lower bound out of the first range', () => {
  expect(compiled(ONE, null, ['5'])).toEqual(['update t set b = a::text where 1 = 1 and id <= $1', ['5']]);
  expect(compiled(TWO, null, ['b', '2'])).toEqual([
    'update t set b = a where 1 = 1 and (x, y) <= ($1, $2)',
    ['b', '2'],
  ]);
});

it('reads no placeholder in a comment or a cast', () => {
  expect(compiled('-- from :after\nselect :upto, 1::after', ['1'], ['5'])).toEqual([
    'select $1, 1::after',
    ['5'],
  ]);
  expect(hasRange('-- :after :upto\nselect 1')).toBe(false);
  expect(hasRange(TWO)).toBe(true);
});

it('says how the lower bound is to be written', () => {
  expect(() => forRange('update t set a = :after where id <= :upto', { after: null, upto: ['1'] })).toThrow(
    'Write KEY > :after and KEY <= :upto',
  );
});
