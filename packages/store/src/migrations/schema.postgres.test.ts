import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { type Drifted, driftIsNoticed, schemaConforms } from '../conformance/schema.ts';
import { seedTenant } from '../conformance/seeds.ts';
import { migrationsFolder } from '../migrations-folder.ts';
import { openDialect, openStore } from '../open.ts';
import { makeTestDatabase, runOn } from '../test-databases.ts';
import { findDrift, findTenantDrift } from './drift.ts';
import { dumpText, readSchema } from './dump.ts';
import { createMigrations } from './engine.ts';
import { readMigrationFiles } from './files.ts';

const makeEmptyDatabase = () => makeTestDatabase('postgres', { empty: true });

const BY_HAND: readonly Drifted[] = [
  [
    'alter table tenants alter column plan_version set default 2',
    {
      ...{ kind: 'column', name: 'tenants.plan_version', difference: 'differs' },
      ...{ found: 'plan_version integer default 2 not null' },
      fix: 'alter table tenants alter column plan_version set default 1;',
    },
  ],
  [
    'alter table turns alter column intent type varchar(9)',
    { name: 'turns.intent', fix: 'alter table turns alter column intent type text;' },
  ],
  [
    'alter table audit_log alter column target drop not null',
    { name: 'audit_log.target', difference: 'differs' },
  ],
  [
    'alter table turns drop constraint turns_turn_check',
    { kind: 'constraint', name: 'turns.turns_turn_check', difference: 'missing' },
  ],
  [
    'alter table turns drop constraint turns_took_ms_check, add constraint turns_took_ms_check check (took_ms > 9)',
    { kind: 'constraint', name: 'turns.turns_took_ms_check', difference: 'differs' },
  ],
  [
    'alter table plans drop constraint plans_documents_check, add constraint plans_documents_check check (documents >= 0) not valid',
    { name: 'plans.plans_documents_check', found: expect.stringMatching(/NOT VALID$/) },
  ],
  [
    "update pg_index set indisvalid = false where indexrelid = 'turns_with_reply'::regclass",
    { name: 'turns.turns_with_reply', fix: 'reindex index concurrently turns_with_reply;' },
  ],
  [
    'create function by_hand() returns integer language sql as $$ select 1 $$',
    { kind: 'function', name: 'by_hand()', difference: 'extra', fix: 'drop function by_hand();' },
  ],
  ["create type mood as enum ('glad', 'sad')", { kind: 'type', name: 'mood', difference: 'extra' }],
  ['create sequence numbers', { kind: 'sequence', name: 'numbers', difference: 'extra' }],
  [
    'alter table oncall enable row level security',
    { kind: 'table', name: 'oncall', difference: 'differs', fix: expect.stringContaining('by hand') },
  ],
  [
    'create policy nobody on destination_limits using (false)',
    { kind: 'policy', name: 'destination_limits.nobody', difference: 'extra' },
  ],
];

describe('Postgres', () => {
  describe('the schema', () => schemaConforms(makeEmptyDatabase, 'postgres'));
  describe('what was done by hand', () => driftIsNoticed(makeEmptyDatabase, 'postgres', BY_HAND));

  it('notices a trigger that does not fire and a function that does something else, and leaves alone what is not ours', async () => {
    const database = await makeEmptyDatabase();
    const store = await openStore(database);
    const dialect = await openDialect(database);
    const files = await readMigrationFiles(migrationsFolder('postgres'));
    await store.migrations.up({ to: '0010_due_at' });
    await runOn(
      database.url,
      `create extension pg_trgm; create schema theirs; create table theirs.pets (id integer);
       alter table human_fallback disable trigger human_fallback_keeps_due_at;
       create or replace function human_fallback_due_at() returns trigger language plpgsql as $$ begin return new; end $$`,
    );
    const { differences } = await findDrift({ dialect, files });
    expect(differences.map(({ name, found, fix }) => [name, found, fix])).toEqual([
      [
        'human_fallback_due_at()',
        expect.stringContaining('begin return new; end'),
        expect.stringContaining('ack_due_at'),
      ],
      [
        'human_fallback.human_fallback_keeps_due_at',
        expect.stringMatching(/\(disabled\)$/),
        'alter table human_fallback enable trigger human_fallback_keeps_due_at;',
      ],
    ]);
    for (const { fix } of differences) await sql.raw(fix).execute(dialect.writer);
    expect((await findDrift({ dialect, files })).differences).toEqual([]);
    await dialect.close();
    await store.close();
    await database.remove();
  });

  it('is the reviewed one in the schema of a tenant, and comes back to the letter', async () => {
    const database = await makeEmptyDatabase();
    const dialect = await openDialect(database);
    const schema = 'tenant_t1';
    await runOn(database.url, `create schema ${schema}`);
    const folder = migrationsFolder('postgres-tenant');
    const migrations = createMigrations({ dialect, folder, schema, now: dialect.now, log: undefined });
    const dump = async () => dumpText(await readSchema(dialect, schema));
    await migrations.up();
    const made = await dump();
    const reviewed = fileURLToPath(new URL('../../schema/postgres-tenant.sql', import.meta.url));
    await expect(made).toMatchFileSnapshot(reviewed);
    expect((await migrations.down({ to: '0', yes_lose_data: true })).failed).toBeNull();
    expect(await dump()).toBe('');
    await migrations.up();
    expect(await dump()).toBe(made);

    const store = await openStore(database);
    await store.migrations.up();
    await seedTenant(store);
    await store.close();
    const find = async () => findTenantDrift({ dialect, files: await readMigrationFiles(folder) });
    expect(await find()).toEqual([]);
    await runOn(database.url, `alter table ${schema}.turns add column mood text`);
    const [difference, ...others] = await find();
    expect([difference?.name, others]).toEqual(['tenant_t1.turns.mood', []]);
    await runOn(database.url, difference?.fix ?? '');
    expect(await find()).toEqual([]);
    await dialect.close();
    await database.remove();
  });

  it('asks for the right to make a schema where the role has none', async () => {
    const database = await makeEmptyDatabase();
    const store = await openStore(database);
    await store.migrations.up({ to: '0001_first_call' });
    await store.close();
    const { pathname } = new URL(database.url);
    const role = `reader${pathname.slice(-12)}`;
    await runOn(
      database.url,
      `create role ${role} login password 'secret'; grant select on schema_migrations to ${role}`,
    );
    const url = new URL(database.url);
    Object.assign(url, { username: role, password: 'secret' });
    const dialect = await openDialect({ url: url.href });
    const files = await readMigrationFiles(migrationsFolder('postgres'));
    await expect(findDrift({ dialect, files })).rejects.toThrow('grant create on database');
    await dialect.close();
    await database.remove();
    await runOn(process.env.TEST_DATABASE_URL ?? '', `drop role ${role}`);
  });
});
