import type { FlagSnapshot } from '@receptionist/core';

/** Beyond so many tenants, everything that was read before is asked for anew. */
const MOST_TENANTS = 20_000;

export interface FlagChanges {
  /** The newest that there is. */
  version: number;
  /** Whose flags may have changed. */
  tenant_ids: readonly string[] | 'all';
}

/** Which versions of a tenant's snapshot are known not to hold any more. */
export interface KnownChanges {
  /** `at`: when they were heard of, in ms. */
  take(changes: FlagChanges, at: number): void;
  /** Since when the snapshot is known to be outdated, in ms; null: it holds as far as is known. */
  outdatedSince(snapshot: Pick<FlagSnapshot, 'tenant_id' | 'version'>): number | null;
}

interface Change {
  version: number;
  at: number;
}

export function createKnownChanges(): KnownChanges {
  let everybody: Change | null = null;
  const byTenant = new Map<string, Change>();

  function outdates(change: Change | null | undefined, version: number): change is Change {
    return change != null && version < change.version;
  }

  return {
    take({ version, tenant_ids }, at) {
      if (tenant_ids === 'all' || byTenant.size + tenant_ids.length > MOST_TENANTS) {
        everybody = { version, at };
        byTenant.clear();
        return;
      }
      const change = { version, at };
      for (const tenant_id of tenant_ids) byTenant.set(tenant_id, change);
    },
    outdatedSince({ tenant_id, version }) {
      if (outdates(everybody, version)) return everybody.at;
      const change = byTenant.get(tenant_id);
      return outdates(change, version) ? change.at : null;
    },
  };
}
