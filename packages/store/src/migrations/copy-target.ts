/** The Postgres database that is copied into: its tables as they are, and how their rows are written and read. */
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
    await sql`alter table ${sql.id(table)} add constraint ${sql.id(name)} ${sql.raw(definition)}`.execute(
      trx,
    );
  }
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

/** Postgres reads the values as it reads those that are typed: 0 and 1 are booleans, text is an instant or JSON. */
export async function insertRows(trx: Db, table: CopyTable, rows: readonly SourceRow[]): Promise<void> {
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
    select t.* from ${sql.id(table.name)} t join ${recordset(table, keyColumns, rows)} on ${sql.join(same, sql` and `)}`.execute(
    trx,
  );
  return arrived.rows;
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
