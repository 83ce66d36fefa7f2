import { type Instant, type PhoneNumber, Problem, type Tenant } from '@receptionist/core';
import type { Selectable } from 'kysely';
import { toJson } from './columns.ts';
import { makeTenantSchema } from './migrations/new-tenant.ts';
import { cursors, pageOf } from './pages.ts';
import type { Db, Tables } from './schema.ts';
import type { Page, PageRequest } from './store.ts';
import { noTenant, putOnPlan } from './tenant-plans.ts';
import { hasTenantSchemas } from './tenant-schemas.ts';

type TenantRow = Selectable<Tables['tenants']>;

const cursor = cursors('tenants', ['text']);

export async function listTenants(db: Db, page: PageRequest): Promise<Page<Tenant>> {
  const after = cursor.read(page.cursor);
  let query = db
    .selectFrom('tenants')
    .selectAll()
    .orderBy('tenant_id')
    .limit(page.limit + 1);
  if (after) query = query.where('tenant_id', '>', after[0]);
  const rows = await query.execute();
  const numbers = await numbersOf(
    db,
    rows.map((row) => row.tenant_id),
  );
  return pageOf(
    rows,
    page.limit,
    (row) => toTenant(row, numbers),
    (row) => cursor.write([row.tenant_id]),
  );
}

export async function getTenant(db: Db, tenant_id: string): Promise<Tenant | null> {
  const row = await tenantRow(db, tenant_id).executeTakeFirst();
  return row ? toTenant(row, await numbersOf(db, [tenant_id])) : null;
}

export async function holdTenant(db: Db, tenant_id: string): Promise<Tenant | null> {
  const row = await tenantRow(db, tenant_id).forNoKeyUpdate().executeTakeFirst();
  return row ? toTenant(row, await numbersOf(db, [tenant_id])) : null;
}

function tenantRow(db: Db, tenant_id: string) {
  return db.selectFrom('tenants').selectAll().where('tenant_id', '=', tenant_id);
}

export async function tenantByNumber(db: Db, number: PhoneNumber): Promise<Tenant | null> {
  const row = await db
    .selectFrom('tenant_numbers')
    .select('tenant_id')
    .where('number', '=', number)
    .executeTakeFirst();
  return row ? getTenant(db, row.tenant_id) : null;
}

export async function createTenant(db: Db, tenant: Tenant, at: Instant): Promise<void> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('tenants')
    .values({ tenant_id: tenant.tenant_id, ...toColumns(tenant), created_at: at, updated_at: at })
    .onConflict((conflict) => conflict.column('tenant_id').doNothing())
    .executeTakeFirst();
  if (!numInsertedOrUpdatedRows) {
    throw new Problem(
      'already_exists',
      `There is a tenant ${tenant.tenant_id} already. Change it, or choose another id.`,
    );
  }
  await claimNumbers(db, tenant);
  await putOnPlan(db, tenant.tenant_id, tenant.plan, at);
  if (hasTenantSchemas(db)) await makeTenantSchema(db, tenant.tenant_id, at);
}

export async function replaceTenant(db: Db, tenant: Tenant, at: Instant): Promise<void> {
  const { tenant_id, plan } = tenant;
  const before = await tenantRow(db, tenant_id).forNoKeyUpdate().executeTakeFirst();
  if (!before) throw noTenant(tenant_id);
  const { plan: _, ...columns } = toColumns(tenant);
  await db
    .updateTable('tenants')
    .set({ ...columns, updated_at: at })
    .where('tenant_id', '=', tenant_id)
    .execute();
  await db.deleteFrom('tenant_numbers').where('tenant_id', '=', tenant_id).execute();
  await claimNumbers(db, tenant);
  if (plan !== before.plan) await putOnPlan(db, tenant_id, plan, at);
}

/** What a tenant says about who is alerted when. */
export type EscalationTerms = Pick<Tenant, 'escalation' | 'sla' | 'slack_channel'>;

/** Of the tenant that something of ours belongs to, and that is therefore there. */
export async function escalationTerms(
  db: Db,
  { tenant_id }: { tenant_id: string },
): Promise<EscalationTerms> {
  const row = await db
    .selectFrom('tenants')
    .select('profile')
    .where('tenant_id', '=', tenant_id)
    .executeTakeFirst();
  if (!row) throw noTenant(tenant_id);
  return JSON.parse(row.profile);
}

/** A number belongs to one tenant; whose it is, if it is taken, stands in the Problem. */
async function claimNumbers(db: Db, tenant: Tenant): Promise<void> {
  for (const [position, number] of [...new Set(tenant.numbers)].entries()) {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('tenant_numbers')
      .values({ number, tenant_id: tenant.tenant_id, position })
      .onConflict((conflict) => conflict.column('number').doNothing())
      .executeTakeFirst();
    if (!numInsertedOrUpdatedRows) throw await numberTaken(db, number);
  }
}

async function numberTaken(db: Db, number: PhoneNumber): Promise<Problem> {
  const { tenant_id } = await db
    .selectFrom('tenant_numbers')
    .select('tenant_id')
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  return new Problem(
    'already_exists',
    `The number ${number} belongs to tenant ${tenant_id}. Remove it there first.`,
    {
      details: { number, tenant_id },
    },
  );
}

async function numbersOf(db: Db, tenant_ids: string[]): Promise<Map<string, PhoneNumber[]>> {
  if (tenant_ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('tenant_numbers')
    .select(['tenant_id', 'number'])
    .where('tenant_id', 'in', tenant_ids)
    .orderBy('position')
    .execute();
  const byTenant = Map.groupBy(rows, (row) => row.tenant_id);
  return new Map([...byTenant].map(([tenant_id, owned]) => [tenant_id, owned.map((row) => row.number)]));
}

function toColumns(tenant: Tenant): Pick<TenantRow, 'name' | 'plan' | 'profile'> {
  const { tenant_id: _, name, plan, numbers: __, ...profile } = tenant;
  return { name, plan, profile: toJson(profile) };
}

function toTenant(row: TenantRow, numbers: Map<string, PhoneNumber[]>): Tenant {
  const { tenant_id, name, plan } = row;
  // Whoever was written before there were phrases has none.
  const profile = { phrases: [], ...JSON.parse(row.profile) };
  return { tenant_id, name, plan, numbers: numbers.get(tenant_id) ?? [], ...profile };
}
