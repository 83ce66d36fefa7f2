/**
 * Applies migrations, each in a transaction of its own that first takes the lock and claims its row in schema_migrations:
 * whoever comes second waits for the lock, finds the row and goes on to the next one.
 */
import { type Instant, Problem } from '@receptionist/core';
import type { Selectable } from 'kysely';
import packageJson from '../package.json' with { type: 'json' };
import type { Dialect, Migrator } from './dialect.ts';
import { type MigrationFile, readMigrationFiles } from './migration-files.ts';
import type { Db, Tables } from './schema.ts';
import type { MigrationRun, MigrationStatus, Migrations, StoreLog } from './store.ts';

type Applied = Selectable<Tables['schema_migrations']>;

export interface MigrationOptions {
  dialect: Dialect;
  folder: URL;
  now: () => Promise<Instant>;
  log: StoreLog | undefined;
}

export function createMigrations({ dialect, folder, now, log }: MigrationOptions): Migrations {
  async function readAll(): Promise<{ file: MigrationFile; applied: Applied | undefined }[]> {
    const files = await readMigrationFiles(folder);
    const applied = await readApplied(dialect);
    refuseForeign(files, applied);
    return files.map((file) => ({ file, applied: applied.get(file.id) }));
  }

  async function status(): Promise<MigrationStatus[]> {
    return (await readAll()).map(({ file, applied }) => toStatus(file, applied));
  }

  async function up({ phases }: { phases?: MigrationStatus['phase'][] } = {}): Promise<MigrationRun> {
    const pending = (await readAll()).filter(({ applied }) => !applied).map(({ file }) => file);
    const wanted = pending.filter(({ phase }) => phases?.includes(phase) ?? true);
    if (wanted.length === 0) return { done: [], failed: null, not_run: [] };
    const migrator = await dialect.connectMigrator();
    try {
      return await applyAll(migrator, wanted);
    } finally {
      await migrator.close();
    }
  }

  async function applyAll(migrator: Migrator, files: MigrationFile[]): Promise<MigrationRun> {
    const done: string[] = [];
    for (const [i, file] of files.entries()) {
      try {
        if (await apply(migrator, file)) done.push(file.id);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { done, failed: { id: file.id, message }, not_run: files.slice(i + 1).map(({ id }) => id) };
      }
    }
    return { done, failed: null, not_run: [] };
  }

  /** False when another process did it meanwhile. */
  async function apply(migrator: Migrator, file: MigrationFile): Promise<boolean> {
    const duration_ms = await migrator.transact(async (transaction) => {
      await ensureTable(transaction);
      if (!(await claim(transaction, file, await now()))) return null;
      const startedAt = performance.now();
      await migrator.runScript(transaction, file.script);
      const ms = Math.round(performance.now() - startedAt);
      await transaction
        .updateTable('schema_migrations')
        .set({ duration_ms: ms })
        .where('id', '=', file.id)
        .execute();
      return ms;
    });
    if (duration_ms === null) return false;
    log?.info({ migration: file.id, phase: file.phase, duration_ms }, 'migration applied');
    return true;
  }

  return { status, up };
}

async function ensureTable(db: Db): Promise<void> {
  await db.schema
    .createTable('schema_migrations')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('checksum', 'text', (column) => column.notNull())
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('applied_at', 'text', (column) => column.notNull())
    .addColumn('duration_ms', 'integer')
    .addColumn('app_version', 'text', (column) => column.notNull())
    .execute();
}

async function claim(db: Db, file: MigrationFile, applied_at: Instant): Promise<boolean> {
  const { id, checksum, phase } = file;
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('schema_migrations')
    .values({ id, checksum, phase, applied_at, app_version: packageJson.version })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return Boolean(numInsertedOrUpdatedRows);
}

/** @throws Problem `unavailable` when there are tables, but none of ours */
async function readApplied(dialect: Dialect): Promise<Map<string, Applied>> {
  const tables = await dialect.tableNames();
  if (!tables.includes('schema_migrations')) {
    if (tables.length === 0) return new Map();
    throw unusable(
      `holds other tables (${tables.slice(0, 3).join(', ')}) and no schema_migrations: it is another program's. Check DATABASE_URL`,
    );
  }
  const rows = await dialect.reader.selectFrom('schema_migrations').selectAll().orderBy('id').execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** @throws Problem `unavailable` when the database has been where these files do not lead */
function refuseForeign(files: MigrationFile[], applied: Map<string, Applied>): void {
  const known = new Map(files.map((file) => [file.id, file]));
  const last = files.at(-1)?.id ?? '';
  for (const { id, checksum, app_version } of applied.values()) {
    const file = known.get(id);
    if (!file && id > last) {
      throw unusable(
        `has the migration ${id} from a newer version (${app_version}). Run that version or a newer one`,
      );
    }
    if (!file) {
      throw unusable(`has the migration ${id}, whose file is missing here. Restore the file ${id}.sql`);
    }
    if (file.checksum !== checksum) {
      throw unusable(
        `has the migration ${id}, whose file was edited since. Undo the edit and write a new migration`,
      );
    }
  }
}

function unusable(what: string): Problem {
  return new Problem('unavailable', `The database ${what}. Nothing was changed.`);
}

function toStatus({ id, phase }: MigrationFile, applied: Applied | undefined): MigrationStatus {
  if (!applied) return { id, phase, state: 'pending', applied_at: null, duration_ms: null };
  return { id, phase, state: 'applied', applied_at: applied.applied_at, duration_ms: applied.duration_ms };
}
