/** What the database holds that a check is about. */
import type { Instant, OnCall, Tenant } from '@receptionist/core';
import type { Store } from '@receptionist/store';

export interface Kept {
  now: Instant;
  tenants: Tenant[];
  onCall: OnCall;
}

/** Null where it cannot be read, which is told by checks of its own. */
export async function readKept(store: Store): Promise<Kept | null> {
  try {
    return { now: await store.now(), tenants: await allTenants(store), onCall: await store.read.getOnCall() };
  } catch {
    return null;
  }
}

const PAGE = 500;

async function allTenants({ read }: Store): Promise<Tenant[]> {
  const tenants: Tenant[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof read.listTenants>> = await read.listTenants({
      limit: PAGE,
      cursor,
    });
    tenants.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return tenants;
}
