/** A tenant as a file for people: what `tenant import` reads and `tenant export` writes. */
import { type TenantBody, tenantBody, validated } from '@receptionist/admin-api';
import type { Tenant } from '@receptionist/core';
import { stringify } from 'yaml';
import { misfit, readDocuments } from './yaml-file.ts';

export function tenantYaml(tenant: Tenant): string {
  return stringify(tenant, { lineWidth: 0 });
}

const TENANT = {
  noun: 'tenant',
  example: 'docs/examples/t1.yaml',
  check: (content: unknown) => validated(tenantBody, content, 'invalid_body'),
};

/**
 * Every tenant of a file (documents are parted by `---`), checked as the daemon will check it.
 * @throws CommandError `invalid_body` with file and line of each mistake
 */
export function readTenants(text: string, file: string): TenantBody[] {
  const tenants = readDocuments<TenantBody>(text, file, TENANT);
  const ids = tenants.map(({ tenant_id }) => tenant_id);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice) throw misfit([`${file}: tenant ${twice} stands here twice.`], TENANT);
  return tenants;
}
