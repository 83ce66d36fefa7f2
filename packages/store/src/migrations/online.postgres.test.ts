import { describe } from 'vitest';
import { backfillsConform } from '../conformance/backfills.ts';
import { contractConforms } from '../conformance/contract.ts';
import { makeTestDatabase } from '../test-databases.ts';

const makeEmptyDatabase = () => makeTestDatabase('postgres', { empty: true });

describe('Postgres', () => {
  describe('backfills', () => backfillsConform(makeEmptyDatabase));
  describe('contract gates and daemons', () => contractConforms(makeEmptyDatabase));
});
