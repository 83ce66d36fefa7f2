/** The Postgres database that is copied into: its tables as they are, and how their rows are written and read. */
import { Problem } from '@receptionist/core';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../schema.ts';
import type { SourceRow } from './copy-source.ts';
import { ENGINE_TABLES } from './schema-object.ts';

export interface CopyTable {
  name: string;
  columns: { name: string; type: string }[];
  /** The columns of its primary key. */
  key: string[];
  /** The column that Postgres numbers. */
  identity: string | null;
}

interface Reference {
  table: string;
  name: string;
  definition: string;
}

export type TargetRow = Readonly<Record<string, unknown>>;

/** Ours, in the order of their names. */
export async function readTables(trx: Db): Promise<CopyTable[]> {
  const { rows } = await sql<Omit<CopyTable, 'columns' | 'key'> & { columns: string; key: string }>`
    select c.relname as name,
      jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum) as columns,
      coalesce((select jsonb_agg(k.attname order by array_position(x.indkey::int[], k.attnum::int))
        from pg_index x join pg_attribute k on k.attrelid = c.oid and k.attnum = any (x.indkey)
        where x.indrelid = c.oid and x.indisprimary), '[]') as key,
      max(a.attname) filter (where a.attidentity <> '') as identity
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relnamespace = (select oid from pg_namespace where nspname = current_schema()) and c.relkind in ('r', 'p')
      and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e')
    group by c.oid order by c.relname`.execute(trx);
  return rows
    .filter(({ name }) => !ENGINE_TABLES.includes(name))
    .map((row) => ({ ...row, columns: JSON.parse(row.columns), key: JSON.parse(row.key) }));
}

/** Nobody else reads or writes them until the transaction ends. */
export async function holdTables(trx: Db, tables: readonly CopyTable[]): Promise<void> {
  await sql`lock table ${sql.join(tables.map(({ name }) => sql.id(name)))} in access exclusive mode`.execute(
    trx,
  );
}

export async function countRows(trx: Db, { name }: CopyTable): Promise<number> {
  const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.id(name)}`.execute(trx);
  return rows[0]?.rows ?? 0;
}

/**
 * Without references and triggers, so that tables may be filled in any order, even those that refer to one another, and
 * nothing is written but what is copied. Then all references are there again, and were checked.
 */
export async function withoutRules(
  trx: Db,
  tables: readonly CopyTable[],
  fill: () => Promise<void>,
): Promise<void> {
  const references = await readReferences(trx, tables);
  for (const { table, name } of references) {
    await sql`alter table ${sql.id(table)} drop constraint ${sql.id(name)}`.execute(trx);
  }
  for (const { name } of tables) await sql`alter table ${sql.id(name)} disable trigger user`.execute(trx);
  await fill();
  for (const { name } of tables) await sql`alter table ${sql.id(name)} enable trigger user`.execute(trx);
  for (const { table, name, definition } of references) {
    await sql`alter table ${sql.id(table)} add constraint ${sql.id(name)} ${sql.raw(definition)}`
      .execute(trx)
      .catch((error) => {
        throw isOfRows(error) ? lonelyRows(table, error) : error;
      });
  }
}

function lonelyRows(table: string, cause: RowError): Problem {
  return new Problem(
    'conflict',
    `Rows of ${table} point to rows that are not there: ${cause.message}. Nothing was copied. In the file, "pragma foreign_key_check" lists them: mend them, and copy again.`,
    { cause },
  );
}

async function readReferences(trx: Db, tables: readonly CopyTable[]): Promise<Reference[]> {
  const { rows } = await sql<Reference>`
    select c.relname as "table", k.conname as name, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where k.contype = 'f' and k.conparentid = 0
      and c.relnamespace = (select oid from pg_namespace where nspname = current_schema())
      and c.relname in (${sql.join(tables.map(({ name }) => name))})
    order by 1, 2`.execute(trx);
  return rows;
}

export async function empty(trx: Db, { name }: CopyTable): Promise<void> {
  await sql`delete from ${sql.id(name)}`.execute(trx);
}

/** @throws Problem `conflict` that names the row which Postgres does not take */
export async function insertRows(trx: Db, table: CopyTable, rows: readonly SourceRow[]): Promise<void> {
  refuseEndless(table, rows);
  await sql`savepoint chunk`.execute(trx);
  try {
    await insertAll(trx, table, rows);
  } catch (error) {
    if (!isOfRows(error)) throw error;
    if (rows.length === 1) throw refusedRow(table, rows[0] ?? [], whatItSaid(error), error);
    await sql`rollback to savepoint chunk`.execute(trx);
    const half = Math.ceil(rows.length / 2);
    await insertRows(trx, table, rows.slice(0, half));
    await insertRows(trx, table, rows.slice(half));
  }
  await sql`release savepoint chunk`.execute(trx);
}

type RowError = Error & { code: string };

/** A value that is none of its type, one that breaks a rule of the table, or one that is too large for an index. */
function isOfRows(error: unknown): error is RowError {
  return error instanceof Error && 'code' in error && /^(22|23|54)/.test(String(error.code));
}

/** What it quotes is a value, or the name of a rule. */
function whatItSaid({ code, message }: RowError): string {
  return code.startsWith('22') ? message.replaceAll(/:? "[^"]*"/g, '') : message;
}

/** Postgres knows a time that never comes; nothing of ours can read it. */
function refuseEndless(table: CopyTable, rows: readonly SourceRow[]): void {
  for (const [i, { name, type }] of table.columns.entries()) {
    if (!type.startsWith('timestamp')) continue;
    const row = rows.find((values) => /^\s*[+-]?infinity\s*$/i.test(String(values[i])));
    if (row) throw refusedRow(table, row, `${name} is infinity, which is no time`);
  }
}

function refusedRow(
  { name, columns, key }: CopyTable,
  row: SourceRow,
  why: string,
  cause?: RowError,
): Problem {
  const values = key.map((column) => row[columns.findIndex((each) => each.name === column)]);
  return new Problem(
    'conflict',
    `The copy does not take the row ${JSON.stringify(values)} of ${name}: ${why}. Nothing was copied. Mend it in the file, and copy again.`,
    { cause },
  );
}

/** Postgres reads the values as it reads those that are typed: 0 and 1 are booleans, text is an instant or JSON. */
async function insertAll(trx: Db, table: CopyTable, rows: readonly SourceRow[]): Promise<void> {
  const columns = sql.join(table.columns.map(({ name }) => sql.id(name)));
  const values = sql.join(table.columns.map(({ name, type }) => typed(name, type)));
  await sql`insert into ${sql.id(table.name)} (${columns}) overriding system value
    select ${values} from ${recordset(table, table.columns, rows)}`.execute(trx);
}

/** Those with the keys of these. */
export async function readRows(
  trx: Db,
  table: CopyTable,
  rows: readonly SourceRow[],
): Promise<readonly TargetRow[]> {
  const keyColumns = table.columns.filter(({ name }) => table.key.includes(name));
  const same = keyColumns.map(({ name, type }) => sql`t.${sql.id(name)} = ${typed(name, type)}`);
  const arrived = await sql<TargetRow>`
    select ${sql.join(table.columns.map(readable))} from ${sql.id(table.name)} t join ${recordset(table, keyColumns, rows)} on ${sql.join(same, sql` and `)}`.execute(
    trx,
  );
  return arrived.rows;
}

/** The driver makes numbers of whole ones, and a large one would lose digits. */
function readable({ name, type }: CopyTable['columns'][number]): RawBuilder<unknown> {
  return type === 'bigint' ? sql`t.${sql.id(name)}::text as ${sql.id(name)}` : sql`t.${sql.id(name)}`;
}

/** One parameter, however many rows: each is an object whose members are read as text. */
function recordset(
  { columns: all }: CopyTable,
  columns: CopyTable['columns'],
  rows: readonly SourceRow[],
): RawBuilder<unknown> {
  const places = columns.map((column) => ({ name: column.name, place: all.indexOf(column) }));
  const named = rows.map((row) => Object.fromEntries(places.map(({ name, place }) => [name, row[place]])));
  const shape = columns.map(({ name }) => sql`${sql.id(name)} text`);
  return sql`json_to_recordset(${JSON.stringify(named)}::json) as r (${sql.join(shape)})`;
}

function typed(name: string, type: string): RawBuilder<unknown> {
  return sql`r.${sql.id(name)}::${sql.raw(type)}`;
}

/** The next number is higher than any that was ever given. */
export async function goOnNumbering(trx: Db, { name, identity }: CopyTable, given: number): Promise<void> {
  if (identity === null || given === 0) return;
  await sql`select setval(pg_get_serial_sequence(${sql.lit(`"${name}"`)}, ${identity}), ${given})`.execute(
    trx,
  );
}

/** So that the first queries are planned for what is there. */
export async function analyze(trx: Db, tables: readonly CopyTable[]): Promise<void> {
  await sql`analyze ${sql.join(tables.map(({ name }) => sql.id(name)))}`.execute(trx);
}
