/**
 * Who is in a rollout. Decided when it is changed or the tenants change, and kept: evaluation only looks it up, and nobody
 * who is in is thrown out by somebody who comes.
 */
import { murmur3 } from './murmur3.ts';

/** Of tenants that can be told apart by percent: buckets of 0.01 %. */
const BUCKETS = 10_000;

/** Up to so many tenants a percentage is taken of their number; beyond it chance is even enough. */
const MOST_BY_RANK = 1_000;

export interface RolloutChange {
  flag: string;
  /** 0 to 100, two decimals: what it shall be, and what it was. Equal: the tenants changed. */
  percent: number;
  before: number;
  /** The tenants whose plan includes the flag. */
  population: readonly string[];
  /** Those that are in it now, also where their plan does not include the flag at the moment. */
  members: ReadonlySet<string>;
}

/** The tenants of the population, in the order in which a growing rollout takes them. */
export function byRank(flag: string, population: readonly string[]): string[] {
  const ranks = new Map(population.map((tenant_id) => [tenant_id, murmur3(`${flag}:${tenant_id}`)]));
  const rank = (tenant_id: string) => ranks.get(tenant_id) ?? 0;
  return [...population].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** 0 to `buckets` - 1: where a tenant stands in a flag's rollout, the same for ever. */
export function bucketOf(flag: string, tenant_id: string, buckets = BUCKETS): number {
  return murmur3(`${flag}:${tenant_id}`) % buckets;
}

/**
 * Whom a rollout to `percent` adds and removes, in order. Raising it only adds, lowering it only removes; of up to 1,000
 * tenants it has exactly their share, rounded up.
 */
export function rolloutChange(change: RolloutChange): { added: string[]; removed: string[] } {
  const { added, removed } =
    change.population.length <= MOST_BY_RANK ? changeByRank(change) : changeByBucket(change);
  return change.percent < change.before ? { added: [], removed } : { added, removed: [] };
}

function changeByRank({ flag, percent, population, members }: RolloutChange) {
  const target = Math.ceil((Math.round(percent * 100) * population.length) / BUCKETS);
  const ranked = byRank(flag, population);
  const inside = ranked.filter((tenant_id) => members.has(tenant_id));
  const outside = ranked.filter((tenant_id) => !members.has(tenant_id));
  return { added: outside.slice(0, Math.max(0, target - inside.length)), removed: inside.slice(target) };
}

/**
 * By bucket nobody who joins changes anybody else's place. Those who came in by rank, when there were fewer tenants, stay
 * until the percentage is lowered.
 */
function changeByBucket({ flag, percent, population, members }: RolloutChange) {
  const threshold = Math.round(percent * 100);
  const isIn = (tenant_id: string) => bucketOf(flag, tenant_id) < threshold;
  const ranked = byRank(flag, population);
  return {
    added: ranked.filter((tenant_id) => isIn(tenant_id) && !members.has(tenant_id)),
    removed: ranked.filter((tenant_id) => members.has(tenant_id) && !isIn(tenant_id)),
  };
}
