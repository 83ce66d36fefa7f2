import { describe } from 'vitest';
import { scaffoldConforms } from '../conformance/scaffold.ts';
import { makeTestDatabase } from '../test-databases.ts';

describe('SQLite', { meta: { database: 'sqlite' } }, () =>
  scaffoldConforms(() => makeTestDatabase('sqlite', { empty: true })),
);
