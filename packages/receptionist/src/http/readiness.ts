/** Whether this daemon can do its work; if not, which part keeps it from it, in words for the operator. */
import type { MigrationStatus, Store, TenantMigrations } from '@receptionist/store';
import type { EscalationEngine } from '../escalation/engine.ts';
import type { SelfCheck } from '../escalation/self-check.ts';
import { within } from '../within.ts';

const CHECK_MS = 2_000;
/** A question for each schema: some hundred milliseconds for some hundred tenants. */
const TENANTS_CHECK_MS = 15_000;
/** The engine has a cycle a second. A text that hangs holds its part for 10 s, and must not make a balancer take the daemon away. */
const OLDEST_CYCLE_MS = 30_000;

export interface Readiness {
  ready: boolean;
  /** `ok`, or what is wrong, by part. */
  parts: Record<string, string>;
}

export function createReadiness({
  store,
  engine,
  selfCheck,
}: {
  store: Store;
  /** Null where another daemon runs it. */
  engine: Pick<EscalationEngine, 'msSinceFullCycle'> | null;
  selfCheck: Pick<SelfCheck, 'found'>;
}): () => Promise<Readiness> {
  const checkWritable = onceIn(CHECK_MS, store.checkWritable);
  const { tenantMigrations } = store;
  const checks: Record<string, () => Promise<string>> = {
    database: async () => {
      await checkWritable();
      await store.read.backlog(await store.now());
      return 'ok';
    },
    migrations: async () => missingOf(await store.migrations.status()),
    ...(tenantMigrations
      ? { tenant_migrations: onceIn(TENANTS_CHECK_MS, () => tenantsBehind(tenantMigrations)) }
      : {}),
    ...(engine
      ? {
          escalation_engine: async () => cycleAge(engine.msSinceFullCycle()),
          next_actions: async () => selfCheck.found(),
        }
      : {}),
  };
  return async () => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([part, check]) => [part, await outcome(check)] as const),
    );
    return { ready: results.every(([, found]) => found === 'ok'), parts: Object.fromEntries(results) };
  };
}

async function tenantsBehind(migrations: TenantMigrations): Promise<string> {
  const tenants = await migrations.status();
  const isPending = ({ state, phase }: MigrationStatus) => state !== 'applied' && phase !== 'contract';
  const behind = tenants.filter(({ error, migrations: own }) => error !== null || own.some(isPending));
  const [first] = behind;
  if (!first) return 'ok';
  return `${behind.length} of ${tenants.length} tenants are behind, ${first.tenant_id} among them; run receptionistd migrate up`;
}

/** Anybody may ask for `/ready`, as often as they like, and the database must not have to do with it. */
function onceIn<T>(ms: number, check: () => Promise<T>): () => Promise<T> {
  let last: Promise<T> | undefined;
  let nextAt = 0;
  return () => {
    if (!last || performance.now() >= nextAt) {
      nextAt = performance.now() + ms;
      last = check();
    }
    return last;
  };
}

/** A contract may wait, and what is under way is as good as pending. */
function missingOf(migrations: MigrationStatus[]): string {
  const dirty = migrations.find(({ state }) => state === 'dirty');
  if (dirty) return `dirty: ${dirty.id}: ${dirty.error}. ${dirty.way_out}`;
  const pending = migrations.filter(({ state, phase }) => state !== 'applied' && phase !== 'contract');
  if (pending.length === 0) return 'ok';
  return `pending: ${pending.map(({ id }) => id).join(', ')}; run receptionistd migrate up`;
}

async function outcome(check: () => Promise<string>): Promise<string> {
  try {
    return await within(CHECK_MS, check());
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function cycleAge(ms: number | null): string {
  if (ms === null) return 'no full cycle yet';
  return ms <= OLDEST_CYCLE_MS
    ? 'ok'
    : `the last full cycle was ${Math.round(ms / 1_000)} s ago; the log says why`;
}
