/** Brings the tenants' schemas up to date, and says so after each batch. */
import { createTenantMigrations } from '../migrations/tenants.ts';
import { openDialect } from '../open.ts';

const { DATABASE = '', FOLDER = '' } = process.env;
const dialect = await openDialect({ url: DATABASE });
await createTenantMigrations({ dialect, folder: new URL(FOLDER), now: dialect.now, log: undefined }).up({
  onProgress: (_, { backfill }) => backfill && process.send?.('batch'),
});
await dialect.close();
