import { type Instant, Problem } from '@receptionist/core';
import { sql } from 'kysely';
import { migrationsFolder } from '../migrations-folder.ts';
import type { Db } from '../schema.ts';
import { SCHEMA_PREFIX, schemaOf } from '../tenant-schemas.ts';
import { ensureBackfills, noteVerified } from './backfill-rows.ts';
import { needsOldShape, runningDaemons } from './daemons.ts';
import { type MigrationFile, readMigrationFiles } from './files.ts';
import { inSchema } from './in-schema.ts';
import { claim, ensureLedger } from './ledger.ts';

/**
 * The schema of a tenant that is being made, up to date, in the transaction that makes the tenant: nobody ever sees one without the
 * other. @throws Problem `already_exists` when it is there, of a tenant that is gone or of another program
 */
export async function makeTenantSchema(
  db: Db,
  tenant_id: string,
  at: Instant,
  folder = migrationsFolder('postgres-tenant'),
): Promise<void> {
  const schema = schemaOf(tenant_id);
  await refuseExisting(db, schema);
  const files = await filesFor(db, tenant_id, { files: await readMigrationFiles(folder), at });
  await sql`create schema ${sql.id(schema)}`.execute(db);
  // What names no schema is made there and nowhere else, until that is taken back.
  await sql`set local search_path = ${sql.id(schema)}`.execute(db);
  await ensureLedger({ columnNames: async () => [] }, db);
  await ensureBackfills(db);
  for (const file of files) {
    // There is nothing yet that could be filled; a contract asks for the proof.
    if (file.backfill)
      await noteVerified(db, schema, { id: file.id, batch: file.backfill.batch, rows: 0, at });
    else await sql.raw(inTransaction(file.script)).execute(db);
    await claim(db, file, { state: 'done', dialect: 'postgres', applied_at: at, finished_at: at });
  }
  await sql`set local search_path to default`.execute(db);
}

/** All but the contracts that must wait here as they do elsewhere, and what needs those. */
async function filesFor(
  db: Db,
  tenant_id: string,
  { files, at }: { files: MigrationFile[]; at: Instant },
): Promise<MigrationFile[]> {
  const contracts = files.filter(({ phase }) => phase === 'contract').map(({ id }) => id);
  const left = new Set(contracts.length > 0 ? await contractsLeft(db, tenant_id, { contracts, at }) : []);
  return files.filter(({ id, needs }) => {
    if (needs.some((need) => left.has(need))) left.add(id);
    return !left.has(id);
  });
}

/**
 * Those whose old shape may still be asked for: by a daemon of the version before that runs, or that may come back as long as the
 * other tenants keep it. Of those the eldest is asked, since younger ones are made as it is; to wait for all of them would be to
 * wait for ever where each day brings a new one, with a time of grace of its own.
 */
async function contractsLeft(
  db: Db,
  tenant_id: string,
  { contracts, at }: { contracts: string[]; at: Instant },
): Promise<string[]> {
  const { rows } = await sql<{ there: boolean }>`select to_regclass('daemons') is not null as there`.execute(
    db,
  );
  const daemons = rows[0]?.there ? await runningDaemons(db, at) : [];
  const elders = await contractsOfEldest(db, tenant_id);
  return contracts.filter(
    (id) => elders?.has(id) === false || daemons.some((daemon) => needsOldShape(daemon, id, 'tenants')),
  );
}

/** Null: there is no other tenant with a schema. */
async function contractsOfEldest(db: Db, tenant_id: string): Promise<Set<string> | null> {
  const eldest = await db
    .selectFrom('tenants')
    .select('tenant_id')
    .where('tenant_id', '<>', tenant_id)
    .where(
      sql`to_regclass(quote_ident(${SCHEMA_PREFIX} || tenant_id) || '.schema_migrations')`,
      'is not',
      null,
    )
    .orderBy('created_at')
    .orderBy('tenant_id')
    .limit(1)
    .executeTakeFirst();
  if (!eldest) return null;
  const rows = await inSchema(db, schemaOf(eldest.tenant_id))
    .selectFrom('schema_migrations')
    .select('id')
    .where('phase', '=', 'contract')
    .where('state', '=', 'done')
    .execute();
  return new Set(rows.map(({ id }) => id));
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
