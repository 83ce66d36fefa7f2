/** The table schema_migrations: what was applied, and what was begun. */
import { Problem } from '@receptionist/core';
import type { Selectable } from 'kysely';
import packageJson from '../../package.json' with { type: 'json' };
import type { Dialect } from '../dialect.ts';
import type { Db, Tables } from '../schema.ts';
import { ensureBackfills } from './backfill-rows.ts';
import { ensureDaemons } from './daemons.ts';
import type { MigrationFile } from './files.ts';
import { inSchema } from './in-schema.ts';

export type LedgerRow = Selectable<Tables['schema_migrations']>;

/** What a version before this engine's did not write. */
const BEFORE = {
  state: 'done',
  started_at: null,
  finished_at: null,
  error: null,
  statement: null,
  dialect: null,
} as const;
const ADDED = {
  state: 'text',
  started_at: 'text',
  finished_at: 'text',
  error: 'text',
  statement: 'integer',
  dialect: 'text',
} as const;

/** In the order in which they apply; none where there is no table. @throws Problem `unavailable` where it is not ours */
export async function readLedger(dialect: Dialect, schema?: string): Promise<LedgerRow[]> {
  const columns = await dialect.columnNames(dialect.reader, 'schema_migrations', schema);
  if (columns.length === 0) return [];
  if (!columns.includes('checksum')) {
    throw new Problem(
      'unavailable',
      "The database has a schema_migrations that is another program's. Check DATABASE_URL. Nothing was changed.",
    );
  }
  const rows = await inSchema(dialect.reader, schema)
    .selectFrom('schema_migrations')
    .selectAll()
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ ...BEFORE, ...row }));
}

/** Makes it, or gives that of an older version what it lacks. */
export async function ensureLedger(dialect: Pick<Dialect, 'columnNames'>, transaction: Db): Promise<void> {
  const columns = await dialect.columnNames(transaction, 'schema_migrations');
  if (columns.length === 0) await makeLedger(transaction);
  for (const [column, type] of Object.entries(ADDED)) {
    if (columns.includes(column)) continue;
    await transaction.schema
      .alterTable('schema_migrations')
      .addColumn(column, type, (added) => (column === 'state' ? added.notNull().defaultTo('done') : added))
      .execute();
  }
}

/** Whatever migrations need before there are any; only the shared schema has the register of daemons. */
export async function ensureEngineTables(dialect: Dialect, transaction: Db, schema?: string): Promise<void> {
  await ensureLedger(dialect, transaction);
  await ensureBackfills(transaction);
  if (schema === undefined) await ensureDaemons(dialect, transaction);
}

async function makeLedger(db: Db): Promise<void> {
  await db.schema
    .createTable('schema_migrations')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('checksum', 'text', (column) => column.notNull())
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('applied_at', 'text', (column) => column.notNull())
    .addColumn('duration_ms', 'integer')
    .addColumn('app_version', 'text', (column) => column.notNull())
    .execute();
}

/** False when another process finished it meanwhile. */
export async function claim(
  db: Db,
  file: MigrationFile,
  as: Pick<LedgerRow, 'state' | 'applied_at' | 'dialect'> & Partial<LedgerRow>,
): Promise<boolean> {
  const { id, checksum, phase } = file;
  const row = {
    ...{ id, checksum, phase, app_version: packageJson.version, duration_ms: null },
    ...{ started_at: as.applied_at, finished_at: null, error: null, statement: null },
    ...as,
  };
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('schema_migrations')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet(row).where('schema_migrations.state', '<>', 'done'),
    )
    .executeTakeFirst();
  return Boolean(numInsertedOrUpdatedRows);
}

export async function amend(db: Db, id: string, row: Partial<LedgerRow>): Promise<void> {
  await db.updateTable('schema_migrations').set(row).where('id', '=', id).execute();
}

export async function strike(db: Db, id: string): Promise<void> {
  await db.deleteFrom('schema_migrations').where('id', '=', id).execute();
}
