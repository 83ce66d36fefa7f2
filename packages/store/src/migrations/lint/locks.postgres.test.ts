import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTestDatabase, type TestDatabase } from '../../test-databases.ts';
import type { LockMode } from './acts.ts';
import { locksOf } from './index.ts';
import { STEADY } from './read-columns.ts';

const SCHEMA = `
  create table tenants (tenant_id text primary key);
  create domain short_text as text;
  create table items (
    item_id text primary key,
    tenant_id text not null references tenants (tenant_id),
    name text not null default '',
    label varchar(20),
    price integer not null,
    code short_text,
    constraint items_code unique (tenant_id, code),
    unique (tenant_id, item_id)
  );
  create index items_prices on items (price);
  create unique index items_names on items (tenant_id, name);
  create table visits (
    visit_id bigint generated always as identity primary key,
    tenant_id text not null,
    item_id text,
    at timestamptz not null,
    note text constraint noted check (note is not null),
    cost numeric(6, 2)
  );
  alter table items add constraint price_positive check (price >= 0) not valid;
  alter table visits add constraint of_item
    foreign key (tenant_id, item_id) references items (tenant_id, item_id) not valid;
  create table bare (tenant_id text not null, bare_id text not null);
  create table events (tenant_id text not null, at timestamptz not null) partition by range (at);
  create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
  create table loose_events (tenant_id text not null, at timestamptz not null);
  create view item_names as select name from items;
  create materialized view totals as select tenant_id, sum(price) as total from items group by tenant_id;
  create unique index totals_tenant on totals (tenant_id);
  create function nothing() returns trigger language plpgsql as $$ begin return null; end $$;
  create trigger items_watched after update on items for each row execute function nothing();
  create policy everybody on items using (true);
  create sequence tickets;
`;

const STATEMENTS: readonly string[] = [
  'alter table items add column extra text',
  'alter table items add column extra text not null default gen_random_uuid()::text',
  'alter table items add column extra text references tenants (tenant_id)',
  'alter table items add column n bigint generated always as identity',
  'alter table items drop column label',
  'alter table items alter column label type text',
  'alter table items alter column label type varchar(40)',
  'alter table items alter column label type varchar(5)',
  'alter table items alter column label type text using upper(label)',
  'alter table visits alter column cost type numeric(8, 2)',
  'alter table visits alter column cost type numeric(8, 3)',
  'alter table visits alter column at type timestamptz(3)',
  'alter table visits alter column note set not null',
  'alter table visits alter column item_id type varchar(9)',
  'alter table bare alter column bare_id type bigint using length(bare_id)',
  'alter table items alter column label set not null',
  'alter table items alter column name drop not null',
  "alter table items alter column name set default 'x'",
  'alter table items alter column name drop default',
  'alter table items alter column name set statistics 100',
  'alter table items alter column name set (n_distinct = 5)',
  'alter table items alter column name set storage external',
  'alter table items set (fillfactor = 70)',
  'alter table items reset (fillfactor)',
  'alter table items cluster on items_prices',
  'alter table items set without cluster',
  'alter table bare set unlogged',
  'alter table items owner to current_user',
  'alter table items enable row level security',
  'alter table items replica identity full',
  'alter table items disable trigger items_watched',
  'alter table items enable trigger all',
  'alter table items rename to things',
  'alter table items rename column code to sku',
  'alter table items rename constraint price_positive to price_ok',
  'alter table items add constraint c check (price > 1)',
  'alter table items add constraint c check (price > 1) not valid',
  'alter table items validate constraint price_positive',
  'alter table items drop constraint price_positive',
  'alter table items add constraint u unique (tenant_id, label)',
  'alter table items add constraint u unique using index items_names',
  'alter table bare add primary key (tenant_id, bare_id)',
  'alter table bare add foreign key (tenant_id) references tenants (tenant_id)',
  'alter table bare add foreign key (tenant_id) references tenants (tenant_id) not valid',
  'alter table visits validate constraint of_item',
  'alter table visits drop constraint of_item',
  'alter table items validate constraint price_positive, add column extra text',
  "alter table events attach partition loose_events for values from ('2026-01-01') to ('2027-01-01')",
  'alter table events detach partition events_2025',
  'alter table events add column extra text',
  'alter table events add constraint c check (tenant_id is not null)',
  'alter table events alter column tenant_id drop not null',
  "alter table events alter column tenant_id set default 'x'",
  'alter table events drop column tenant_id',
  'create index on events (at)',
  'create trigger t after insert on events for each row execute function nothing()',
  'truncate events',
  'drop table events',
  'alter table events rename to happenings',
  'alter table events owner to current_user',
  'alter table visits drop column item_id',
  'create domain long_text as text check (length(value) > 9)',
  "insert into events values ('a', '2025-06-01')",
  "delete from events where tenant_id = 'a'",
  "create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01')",
  'create table more (extra text) inherits (bare)',
  'create table more (like items including all)',
  'create table more as select * from items',
  'create table more (tenant_id text references tenants (tenant_id))',
  'create index i on items (label)',
  'create unique index i on items (tenant_id, label)',
  'drop index items_prices',
  'reindex table items',
  'reindex index items_prices',
  'alter index items_prices rename to by_price',
  'drop table bare',
  'drop table visits',
  'drop view item_names',
  'drop materialized view totals',
  'create or replace view item_names as select name from items',
  'alter view item_names rename to names',
  'refresh materialized view totals',
  'refresh materialized view concurrently totals',
  'create trigger t after insert on items for each row execute function nothing()',
  'drop trigger items_watched on items',
  'alter trigger items_watched on items rename to t',
  'create policy p on items using (true)',
  'drop policy everybody on items',
  'create rule r as on delete to items do instead nothing',
  'create statistics s on tenant_id, name from items',
  "comment on table items is 'x'",
  "comment on column items.name is 'x'",
  'alter domain short_text add constraint c check (length(value) < 99)',
  'analyze items',
  'cluster items using items_prices',
  'truncate bare',
  'lock table items',
  'lock table items, visits in share mode',
  'lock table items in share row exclusive mode nowait',
  "insert into tenants (tenant_id) values ('a')",
  "update items set code = 'x' where code is null",
  'delete from items where code is null',
  'insert into bare select tenant_id, item_id from items',
  'with gone as (delete from visits where item_id is null returning tenant_id) insert into tenants select tenant_id from gone',
  "merge into items using visits on visits.item_id = items.item_id when matched then update set code = 'x'",
  'do $$ begin if true then alter table items add column extra text; end if; end $$',
  'select * from items',
  'select * from items for update',
  'alter policy everybody on items using (false)',
  'drop table if exists bare, loose_events',
  "insert into bare values ('a', 'b')",
];

const STRENGTH: readonly string[] = [
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] satisfies LockMode[];

let folder: string;
let database: TestDatabase;
let client: pg.Client;
/** An index stands for its table. */
let tables: Map<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'locks-'));
  await mkdir(path.join(folder, 'postgres'));
  const base = `-- id: 0001_base\n-- phase: expand\n${SCHEMA}\n-- down\n`;
  await writeFile(path.join(folder, 'postgres/0001_base.sql'), base);
  database = await makeTestDatabase('postgres', { empty: true });
  client = new pg.Client(database.url);
  await client.connect();
  await client.query(SCHEMA);
  const { rows } = await client.query(`
    select c.oid::text, c.relname as name, coalesce(t.relname, c.relname) as table_name
    from pg_class c left join pg_index i on i.indexrelid = c.oid left join pg_class t on t.oid = i.indrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'i', 'I')
    order by i.indexrelid is null`);
  tables = new Map(
    rows.flatMap(({ oid, name, table_name }) => [
      [oid, table_name],
      [name, table_name],
    ]),
  );
});
afterAll(async () => {
  await client?.end();
  await database?.remove();
  await rm(folder, { recursive: true });
});

/** The strongest of each table that was there before. */
function strongest(locks: readonly (readonly [table: string, lock: string])[]): Record<string, string> {
  const byTable: Record<string, string> = {};
  for (const [relation, lock] of locks) {
    const table = tables.get(relation);
    if (table === undefined || !STRENGTH.includes(lock)) continue;
    if (STRENGTH.indexOf(lock) > STRENGTH.indexOf(byTable[table] ?? '')) byTable[table] = lock;
  }
  return byTable;
}

async function taken(statement: string): Promise<{ locks: Record<string, string>; scanned: string[] }> {
  await client.query('begin');
  try {
    const before = await scans();
    await client.query(statement);
    const { rows } = await client.query(
      "select relation::text, mode from pg_locks where pid = pg_backend_pid() and locktype = 'relation' and granted",
    );
    const after = await scans();
    return {
      locks: strongest(rows.map(({ relation, mode }) => [relation, inWords(mode)] as const)),
      scanned: [...after.keys()].filter((table) => after.get(table) !== before.get(table)),
    };
  } finally {
    await client.query('rollback');
  }
}

/** How often this connection has read each table from end to end. */
async function scans(): Promise<Map<string, number>> {
  const oids = [...tables.keys()].filter((key) => /^\d+$/.test(key));
  const { rows } = await client.query(
    'select oid::text, pg_stat_get_xact_numscans(oid)::int as scans from unnest($1::oid[]) as oid',
    [oids],
  );
  return new Map(rows.map(({ oid, scans }) => [tables.get(oid) ?? '', scans]));
}

/** `ShareUpdateExclusiveLock` → `SHARE UPDATE EXCLUSIVE` */
function inWords(mode: string): string {
  return mode
    .replace(/Lock$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

describe('what is printed before a statement runs is what Postgres takes', () => {
  it.each(STATEMENTS)('%s', async (statement) => {
    const locks = await locksOf(statement, 'postgres', pathToFileURL(`${folder}/`));
    const found = await taken(statement);
    const expected = strongest(locks.map(({ table, lock }) => [table ?? '', lock]));
    expect(expected).toEqual(found.locks);
    const read = locks.filter(({ scans }) => scans).flatMap(({ table }) => tables.get(table ?? '') ?? []);
    expect([...new Set(read)].sort()).toEqual(found.scanned.filter((table) => table in expected).sort());
  });
});

it('takes no function for steady that Postgres has as volatile', async () => {
  const { rows } = await client.query(
    'select distinct proname, provolatile from pg_proc where proname = any($1) order by proname',
    [[...STEADY]],
  );
  expect(rows.filter(({ provolatile }) => provolatile === 'v')).toEqual([]);
  expect([...STEADY].filter((name) => !rows.some(({ proname }) => proname === name))).toEqual([]);
});
