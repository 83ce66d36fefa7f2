/** What is the same of many tenants is told once. */
import type { TenantRun } from '@receptionist/store/migrate';
import { ofTenants } from './ids.ts';
import { troubleIn } from './run-words.ts';

const TOLD = 3;

/** `t1`, or `198 tenants (t001, t002, t003, …)`. */
export function whose(tenant_ids: readonly string[]): string {
  if (tenant_ids.length === 1) return tenant_ids.join();
  const more = tenant_ids.length > TOLD ? ', …' : '';
  return `${tenant_ids.length} tenants (${tenant_ids.slice(0, TOLD).join(', ')}${more})`;
}

interface OfTenant {
  tenant_id: string;
}

/** Those of which `words` says the same, together; the first of them speaks for all. */
export function alike<T extends OfTenant>(
  items: readonly T[],
  words: (item: T) => string,
): { first: T; all: T[]; who: string }[] {
  return [...Map.groupBy(items, words).values()].flatMap((all) =>
    all.slice(0, 1).map((first) => ({ first, all, who: whose(all.map(({ tenant_id }) => tenant_id)) })),
  );
}

/** What is in the way, and who was not tried for somebody else's sake. */
export function tenantTrouble(runs: readonly TenantRun[]): string[] {
  const told = runs.flatMap((run) => {
    const { tenant_id, failed, done, not_run } = run;
    const isUntried = !failed && done.length === 0 && not_run.length > 0;
    const words = isUntried ? [`not tried: ${not_run.join(', ')}`] : troubleIn(run);
    return words.map((trouble) => ({ tenant_id, trouble }));
  });
  return alike(told, ({ trouble }) => trouble).map(({ first, who }) => `${who}: ${first.trouble}`);
}

/** `applied tenants/0002_note for 20 tenants (t001, t002, t003, …)`. */
export function doneLines(verb: string, runs: readonly TenantRun[]): string[] {
  const done = runs.flatMap((run) => run.done.map((id) => ({ id, tenant_id: run.tenant_id })));
  return alike(done, ({ id }) => id).map(({ first, who }) => `${verb} ${ofTenants(first.id)} for ${who}`);
}
