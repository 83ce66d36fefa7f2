import { describe } from 'vitest';
import { scaffoldConforms } from '../conformance/scaffold.ts';
import { makeTestDatabase } from '../test-databases.ts';

describe('Postgres', () => scaffoldConforms(() => makeTestDatabase('postgres', { empty: true })));
