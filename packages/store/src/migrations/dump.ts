/**
 * The schema as it is in a database, in a form that is the same wherever it was made: sorted, by name, and without owners, rights
 * or the order in which columns came. `schema/*.sql` hold what the migrations make; drift compares what is there with it.
 */
import { sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { Db } from '../schema.ts';
import { readPostgresSchema } from './dump-postgres.ts';
import { readSqliteSchema, type SqliteSchemaRow } from './dump-sqlite.ts';
import { inReadingOrder, type SchemaObject } from './schema-object.ts';

/** What stands where ours belongs, or in a tenant's schema, whoever made it; what belongs to an extension does not count. */
export async function readSchema(dialect: Dialect, schema?: string): Promise<SchemaObject[]> {
  if (dialect.name === 'sqlite') return readSqliteFile(dialect.reader);
  if (schema === undefined) return readPostgresSchema(dialect.reader);
  return dialect.reader.transaction().execute(async (trx) => {
    await sql`set local search_path = ${sql.id(schema)}`.execute(trx);
    return readPostgresSchema(trx);
  });
}

async function readSqliteFile(db: Db): Promise<SchemaObject[]> {
  const { rows } = await sql<SqliteSchemaRow>`select type, name, tbl_name, sql from sqlite_schema`.execute(
    db,
  );
  return readSqliteSchema(rows);
}

/** One statement for each object; a table's has its columns and constraints in it. */
export function dumpText(objects: readonly SchemaObject[]): string {
  const members = Map.groupBy(objects.filter(isMember), ({ table }) => table);
  const statements = objects
    .filter((object) => !isMember(object))
    .toSorted(inReadingOrder)
    .map((object) =>
      object.kind === 'table' ? createTable(object, members.get(object.name) ?? []) : object.definition,
    );
  return statements.map((statement) => `${statement};\n`).join('\n');
}

function createTable({ name, definition }: SchemaObject, members: readonly SchemaObject[]): string {
  const lines = members.toSorted(inReadingOrder).map((member) => `  ${member.definition}`);
  return `create table ${name} (\n${lines.join(',\n')}\n)${definition && ` ${definition}`}`;
}

function isMember({ kind }: SchemaObject): boolean {
  return kind === 'column' || kind === 'constraint';
}
