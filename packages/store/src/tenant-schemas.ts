/**
 * Where the words of a tenant's callers live. With one schema for all (the default) beside everything else; with `TENANCY=schema`,
 * on Postgres, in a schema of the tenant's own. The verbs are the same: they ask through `ofTenant`, which puts the schema before
 * the names of these tables, in each query. No setting of the connection has to do with it, so that a pooler may stand in
 * between and one transaction may serve several tenants.
 */
import { Problem } from '@receptionist/core';
import {
  IdentifierNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type SchemableIdentifierNode,
  sql,
} from 'kysely';
import type { Db, Tables } from './schema.ts';

export type Tenancy = 'shared' | 'schema';

/** Without `text_bodies`, which only a tenant's own schema has: in the shared one the bodies stand in their texts. */
export const WORD_TABLES = ['turns', 'incoming_texts', 'recordings'] as const satisfies (keyof Tables)[];

const TENANT_TABLES: ReadonlySet<string> = new Set([...WORD_TABLES, 'text_bodies']);

export const SCHEMA_PREFIX = 'tenant_';
/** What Postgres keeps of a name; it would cut the rest off in silence. */
const LONGEST_NAME = 63;

/** @throws Problem `invalid_parameter` for an id that is too long to be in the name of a schema */
export function schemaOf(tenant_id: string): string {
  const schema = `${SCHEMA_PREFIX}${tenant_id}`;
  if (Buffer.byteLength(schema) <= LONGEST_NAME) return schema;
  throw new Problem(
    'invalid_parameter',
    `The tenant id ${tenant_id} is too long: with TENANCY=schema it is part of a schema's name, and may have ${LONGEST_NAME - SCHEMA_PREFIX.length} characters. Choose a shorter one.`,
  );
}

/** For a database where each tenant has a schema: whoever asks for a tenant's table and names no tenant is refused. */
export function withTenantSchemas({ reader, writer }: { reader: Db; writer: Db }) {
  const plugin = new TenantTables(null);
  return { reader: reader.withPlugin(plugin), writer: writer.withPlugin(plugin) };
}

export function hasTenantSchemas(db: Db): boolean {
  return db.getExecutor().plugins.some((plugin) => plugin instanceof TenantTables);
}

/** The database, with this tenant's own tables among the shared ones. */
export function ofTenant(db: Db, tenant_id: string): Db {
  return hasTenantSchemas(db) ? db.withoutPlugins().withPlugin(new TenantTables(schemaOf(tenant_id))) : db;
}

/** Those whose schema is there; one that somebody broke must not keep the others from being served. */
export async function tenantsWithSchema(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('tenants')
    .select('tenant_id')
    .where(sql`to_regclass(quote_ident(${SCHEMA_PREFIX} || tenant_id) || '.turns')`, 'is not', null)
    .orderBy('tenant_id')
    .execute();
  return rows.map(({ tenant_id }) => tenant_id);
}

class TenantTables extends OperationNodeTransformer implements KyselyPlugin {
  readonly #schema: string | null;

  constructor(schema: string | null) {
    super();
    this.#schema = schema;
  }

  transformQuery({ node, queryId }: PluginTransformQueryArgs) {
    return this.transformNode(node, queryId);
  }

  async transformResult({ result }: PluginTransformResultArgs) {
    return result;
  }

  protected override transformSchemableIdentifier(node: SchemableIdentifierNode): SchemableIdentifierNode {
    const { name } = node.identifier;
    if (node.schema || !TENANT_TABLES.has(name)) return node;
    if (this.#schema === null) throw new Error(`${name} was asked for without a tenant; use ofTenant`);
    return { ...node, schema: IdentifierNode.create(this.#schema) };
  }
}
