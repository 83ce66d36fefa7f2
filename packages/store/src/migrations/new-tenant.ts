import { type Instant, Problem } from '@receptionist/core';
import { sql } from 'kysely';
import { migrationsFolder } from '../migrations-folder.ts';
import type { Db } from '../schema.ts';
import { schemaOf } from '../tenant-schemas.ts';
import { readMigrationFiles } from './files.ts';
import { claim, ensureLedger } from './ledger.ts';

/**
 * The schema of a tenant that is being made, up to date, in the transaction that makes the tenant: nobody ever sees one without the
 * other. @throws Problem `already_exists` when it is there, of a tenant that is gone or of another program
 */
export async function makeTenantSchema(db: Db, tenant_id: string, at: Instant): Promise<void> {
  const schema = schemaOf(tenant_id);
  const files = await readMigrationFiles(migrationsFolder('postgres-tenant'));
  await refuseExisting(db, schema);
  await sql`create schema ${sql.id(schema)}`.execute(db);
  // What names no schema is made there and nowhere else, until that is taken back.
  await sql`set local search_path = ${sql.id(schema)}`.execute(db);
  await ensureLedger({ columnNames: async () => [] }, db);
  for (const file of files) {
    // There is nothing yet that could be filled.
    if (!file.backfill) await sql.raw(inTransaction(file.script)).execute(db);
    await claim(db, file, { state: 'done', dialect: 'postgres', applied_at: at, finished_at: at });
  }
  await sql`set local search_path to default`.execute(db);
}

/** Nobody uses a new table yet, so that its indexes need no way around those who do. */
function inTransaction(script: string): string {
  return script.replaceAll(/\bconcurrently\b/gi, '');
}

async function refuseExisting(db: Db, schema: string): Promise<void> {
  const { rows } = await sql`select from pg_namespace where nspname = ${schema}`.execute(db);
  if (rows.length === 0) return;
  throw new Problem(
    'already_exists',
    `The database has a schema ${schema} already, and no such tenant. Choose another id, or have the schema renamed or dropped.`,
  );
}
