/** Whether a database keeps words as the settings say: with one schema for all, or with one for each tenant. */
import { Problem } from '@receptionist/core';
import type { Dialect } from '../dialect.ts';
import { schemaOf, type Tenancy, tenantsWithSchema, WORD_TABLES } from '../tenant-schemas.ts';
import type { Migrations } from './migrations.ts';

/** The migrations of a database that keeps words in this way alone; asked until it is known. */
export function ofTenancy<T extends Pick<Migrations, 'status' | 'up'>>(
  { dialect, tenancy }: { dialect: Dialect; tenancy: Tenancy },
  migrations: T,
): T {
  let isKnown = false;
  const check = async () => {
    if (!isKnown) await refuseOtherTenancy(dialect, tenancy);
    isKnown = true;
  };
  return {
    ...migrations,
    async status() {
      const statuses = await migrations.status();
      await check();
      return statuses;
    },
    async up(options) {
      await check();
      return migrations.up(options);
    },
  };
}

/**
 * A database keeps words in one way: with the other, callers would begin anew and their words stand in two places.
 * @throws Problem `unavailable`
 */
async function refuseOtherTenancy(dialect: Dialect, tenancy: Tenancy): Promise<void> {
  if (dialect.name !== 'postgres' || !(await dialect.tableNames()).includes('recordings')) return;
  const { reader } = dialect;
  if (tenancy === 'shared') {
    const [tenant_id] = await tenantsWithSchema(reader);
    if (tenant_id === undefined) return;
    throw new Problem(
      'unavailable',
      `The database keeps the words of tenants in schemas of their own (${schemaOf(tenant_id)}), and TENANCY is shared. Set TENANCY=schema. Nothing was changed.`,
    );
  }
  for (const table of WORD_TABLES) {
    const row = await reader.selectFrom(table).select('tenant_id').limit(1).executeTakeFirst();
    if (row) throw wordsAreShared(table, row.tenant_id);
  }
}

function wordsAreShared(table: string, tenant_id: string): Problem {
  return new Problem(
    'unavailable',
    `The database has what callers of ${tenant_id} said in one schema for all (table ${table}), and TENANCY is schema. Leave TENANCY out, or begin with an empty database and make the tenants there with adminctl tenant export and import. Nothing was changed.`,
  );
}
