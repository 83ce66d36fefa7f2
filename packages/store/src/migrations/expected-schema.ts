/** What a schema must be: made anew from the same files, by the same kind of database, and never kept. */
import { randomBytes } from 'node:crypto';
import { Problem } from '@receptionist/core';
import { sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { readPostgresSchema } from './dump-postgres.ts';
import { readSqliteSchema, type SqliteSchemaRow } from './dump-sqlite.ts';
import type { MigrationFile } from './files.ts';
import type { SchemaObject } from './schema-object.ts';

type Script = Pick<MigrationFile, 'id' | 'phase' | 'script'>;

interface ExpectedOptions {
  dialect: Dialect;
  files: readonly Script[];
}

/** @throws Problem `unavailable` where Postgres gives no right to make a schema */
export async function expectedSchema({ dialect, files }: ExpectedOptions): Promise<SchemaObject[]> {
  // A backfill changes rows, and here are none.
  const scripts = files.filter(({ phase }) => phase !== 'backfill');
  return dialect.name === 'sqlite' ? inMemory(scripts) : inPassing(dialect, scripts);
}

async function inMemory(scripts: readonly Script[]): Promise<SchemaObject[]> {
  const { default: Database } = await import('better-sqlite3');
  const scratch = new Database(':memory:');
  try {
    for (const { script } of scripts) scratch.exec(script);
    const rows = scratch.prepare('select type, name, tbl_name, sql from sqlite_schema').all();
    return readSqliteSchema(rows as SqliteSchemaRow[]);
  } finally {
    scratch.close();
  }
}

/** Ends the transaction in which the scratch schema was made, and carries what stood in it. */
class Undone extends Error {
  readonly objects: SchemaObject[];
  constructor(objects: SchemaObject[]) {
    super('undone on purpose');
    this.objects = objects;
  }
}

/** In a transaction that is rolled back: nobody else sees the schema, and a kill leaves none behind. */
async function inPassing(dialect: Dialect, scripts: readonly Script[]): Promise<SchemaObject[]> {
  const migrator = await dialect.connectMigrator();
  try {
    await migrator.transact(async (trx) => {
      const schema = sql.id(`receptionist_expected_${randomBytes(6).toString('hex')}`);
      await sql`create schema ${schema}`.execute(trx).catch((error) => {
        throw explain(error);
      });
      await sql`set local search_path = ${schema}`.execute(trx);
      for (const { script } of scripts) await migrator.runScript(trx, transactional(script));
      throw new Undone(await readPostgresSchema(trx));
    });
  } catch (error) {
    if (error instanceof Undone) return error.objects;
    throw error;
  } finally {
    await migrator.close();
  }
  throw new Error('the scratch schema was not undone');
}

/** What builds an index beside its writers cannot run in a transaction; the index is the same. */
function transactional(script: string): string {
  return script.replaceAll(/\b(index)\s+concurrently\b/gi, '$1');
}

const INSUFFICIENT_PRIVILEGE = '42501';

function explain(error: unknown): unknown {
  const refusal = error instanceof Problem ? error.cause : error;
  const isRefused = refusal instanceof Error && 'code' in refusal && refusal.code === INSUFFICIENT_PRIVILEGE;
  if (!isRefused) return error;
  return new Problem(
    'unavailable',
    'The role in the address of the database may not make a schema. What the schema must be is found by making it anew, in a transaction that is undone. Grant it: grant create on database NAME to ROLE; or set DATABASE_DIRECT_URL to the address of the owner.',
    { cause: error },
  );
}
