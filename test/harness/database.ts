/** The database that this run of the tests is on: most are run twice. */
import { makeTestDatabase, type TestDatabase } from '@receptionist/store/test-databases';

export const databaseKind = process.env.TEST_DATABASE === 'postgres' ? 'postgres' : 'sqlite';

/** How its tenants are kept apart. */
export const tenancy = process.env.TEST_TENANCY === 'schema' ? 'schema' : 'shared';

export function makeDatabase(): Promise<TestDatabase> {
  return makeTestDatabase(databaseKind);
}
