import { isDeepStrictEqual } from 'node:util';
import { invalid, tenantBody, validated } from '@receptionist/admin-api';
import { type Tenant, withDefaults } from '@receptionist/core';
import { existing, type Handlers } from './endpoints.ts';
import { mergePatch } from './merge-patch.ts';

type TenantHandlers = Pick<
  Handlers,
  'listTenants' | 'createTenant' | 'getTenant' | 'putTenant' | 'patchTenant'
>;

export const tenants: TenantHandlers = {
  listTenants: (read, { query: { limit, cursor = null } }) => read.listTenants({ limit, cursor }),

  getTenant: (read, { params }) => existing(read.getTenant(params.tenant_id), 'tenant', params.tenant_id),

  async createTenant(tx, { body, now }) {
    const tenant = withDefaults(body);
    await tx.createTenant(tenant, now);
    return {
      answer: tenant,
      audit: { action: 'tenant.create', target: targetOf(tenant), before: null, after: tenant },
    };
  },

  async putTenant(tx, { params, body, now }) {
    refuseOtherId(params.tenant_id, body.tenant_id);
    const tenant = withDefaults(body);
    const before = await tx.getTenant(tenant.tenant_id);
    if (before) await tx.replaceTenant(tenant, now);
    else await tx.createTenant(tenant, now);
    return {
      answer: tenant,
      status: before ? 200 : 201,
      audit: { action: 'tenant.replace', target: targetOf(tenant), ...difference(before, tenant) },
    };
  },

  async patchTenant(tx, { params, body, now }) {
    const before = await existing(tx.getTenant(params.tenant_id), 'tenant', params.tenant_id);
    const tenant = withDefaults(validated(tenantBody, mergePatch(before, body), 'invalid_body'));
    refuseOtherId(params.tenant_id, tenant.tenant_id);
    await tx.replaceTenant(tenant, now);
    return {
      answer: tenant,
      audit: { action: 'tenant.update', target: targetOf(tenant), ...difference(before, tenant) },
    };
  },
};

function targetOf({ tenant_id }: Tenant): string {
  return `tenant:${tenant_id}`;
}

function refuseOtherId(inPath: string, inBody: string): void {
  if (inBody === inPath) return;
  const message = `It is ${JSON.stringify(inBody)}, but the address says ${JSON.stringify(inPath)}; an id never changes.`;
  throw invalid('invalid_body', [{ path: 'tenant_id', message }]);
}

/** The members that are not the same, for the audit. */
function difference(
  before: Tenant | null,
  after: Tenant,
): { before: Partial<Tenant> | null; after: Partial<Tenant> } {
  if (before === null) return { before, after };
  const changed = (Object.keys(after) as (keyof Tenant)[]).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
  const only = (tenant: Tenant) => Object.fromEntries(changed.map((name) => [name, tenant[name]]));
  return { before: only(before), after: only(after) };
}
