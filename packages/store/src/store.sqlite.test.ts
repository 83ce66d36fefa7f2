import { describe } from 'vitest';
import { dueAtConforms } from './conformance/due-at.ts';
import { migrationsConform } from './conformance/migrations.ts';
import { processesConform } from './conformance/processes.ts';
import { storeConformance } from './conformance/store-conformance.ts';
import { upgradeConforms } from './conformance/upgrade.ts';
import { makeTestDatabase } from './test-databases.ts';

const makeEmptyDatabase = () => makeTestDatabase('sqlite', { empty: true });

describe('SQLite', { meta: { database: 'sqlite' } }, () => {
  describe('the store', () => storeConformance(() => makeTestDatabase('sqlite')));
  describe('migrations', () => migrationsConform(makeEmptyDatabase));
  describe('a database of the version before', () => upgradeConforms(makeEmptyDatabase));
  describe('the column due_at', () => dueAtConforms(makeEmptyDatabase));
  describe('processes', () => processesConform(makeEmptyDatabase));
});
