import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { expect, it } from 'vitest';
import type { Db, Tables } from './schema.ts';
import { ofTenant, schemaOf, withTenantSchemas } from './tenant-schemas.ts';

const shared: Db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
const { reader } = withTenantSchemas({ reader: shared, writer: shared });

const callsWithTurns = (db: Db) =>
  db
    .selectFrom('conversations')
    .innerJoin('turns', 'turns.conversation_id', 'conversations.conversation_id')
    .select('turns.said')
    .compile().sql;

it('says the schema of the tenant for its own tables, and none for shared ones', () => {
  expect(callsWithTurns(ofTenant(reader, 'T-1'))).toBe(
    'select "tenant_T-1"."turns"."said" from "conversations" inner join "tenant_T-1"."turns" on "tenant_T-1"."turns"."conversation_id" = "conversations"."conversation_id"',
  );
});

it('goes from one tenant to another', () => {
  expect(callsWithTurns(ofTenant(ofTenant(reader, 't1'), 't2'))).not.toContain('tenant_t1');
});

it('refuses a question about words that names no tenant', () => {
  expect(() => callsWithTurns(reader)).toThrow('turns was asked for without a tenant');
});

it('says no schema where all tenants share one', () => {
  expect(callsWithTurns(ofTenant(shared, 't1'))).not.toContain('tenant_');
});

it('gives no two tenants one name: Postgres would cut both', () => {
  expect(schemaOf('x'.repeat(56))).toHaveLength(63);
  expect(() => schemaOf('x'.repeat(57))).toThrow(expect.objectContaining({ code: 'invalid_parameter' }));
});
