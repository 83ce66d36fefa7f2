import type { FlagSnapshot } from '@receptionist/core';

const MOST_TENANTS = 20_000;

/** Up to where the database was seen: what was committed before is part of it. */
export interface Sight {
  /** In ms of a clock that never goes back. */
  at: number;
  /** How many rings had been heard by then. */
  rings: number;
}

/** A snapshot, and when it was read. */
export interface Known extends Sight {
  snapshot: FlagSnapshot;
}

/** What is known of each tenant. Of too many, those go first that nobody asked for. */
export interface Snapshots {
  get(tenant_id: string): Known | null;
  /** Unless what is known is newer. @returns what is known then */
  keep(known: Known): Known;
  forget(tenant_id: string): void;
  forgetAll(): void;
}

interface Kept extends Known {
  /** Asked for since it was last looked over. */
  asked: boolean;
}

export function createSnapshots(): Snapshots {
  const byTenant = new Map<string, Kept>();

  /** In the order in which they came; who was asked for gets a second chance. Cheaper to ask for than true recency. */
  function makeRoom(): void {
    for (const [tenant_id, kept] of byTenant) {
      if (byTenant.size < MOST_TENANTS) return;
      byTenant.delete(tenant_id);
      if (!kept.asked) continue;
      kept.asked = false;
      byTenant.set(tenant_id, kept);
    }
  }

  return {
    get(tenant_id) {
      const kept = byTenant.get(tenant_id);
      if (!kept) return null;
      kept.asked = true;
      return kept;
    },
    keep(known) {
      const { tenant_id } = known.snapshot;
      const before = byTenant.get(tenant_id);
      if (before && isNewer(before, known)) return before;
      if (!before) makeRoom();
      const kept = { ...known, asked: true };
      byTenant.set(tenant_id, kept);
      return kept;
    },
    forget: (tenant_id) => void byTenant.delete(tenant_id),
    forgetAll: () => byTenant.clear(),
  };
}

function isNewer(one: Known, other: Known): boolean {
  const ahead = one.snapshot.version - other.snapshot.version;
  return ahead > 0 || (ahead === 0 && one.at > other.at);
}
