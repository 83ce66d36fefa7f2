/** Goes round the tenants, several at once. One that fails stops no other, unless it is the canary. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '@receptionist/core';
import type { MigrationRun } from './migrations.ts';

export interface TenantRun extends MigrationRun {
  tenant_id: string;
  /** The name of the schema. */
  scope: string;
}

export interface RoundOptions {
  /** How many at once; 4 if left out. */
  jobs?: number | undefined;
  /** This tenant first and alone: if it does not come through, nobody else is touched. */
  canary?: string | undefined;
  onTenant?: ((run: TenantRun) => void) | undefined;
}

/** A tenant with something to do: the ids of it, as far as they could be read. */
export interface Stop {
  tenant_id: string;
  scope: string;
  planned: string[];
}

export const JOBS = 4;

/** What a round is for. */
export interface Errand<T extends Stop> {
  visit: (stop: T) => Promise<MigrationRun>;
  /** Of a canary: then the others stay as they are. */
  isStuck: (run: TenantRun) => boolean;
  /** 1 if left out. */
  tries?: number;
}

const AGAIN_AFTER_MS = 500;

/** By tenant id. */
export async function goRound<T extends Stop>(
  stops: readonly T[],
  { jobs = JOBS, canary, onTenant }: RoundOptions,
  { visit, isStuck, tries = 1 }: Errand<T>,
): Promise<TenantRun[]> {
  const call = async (stop: T): Promise<TenantRun> => {
    const run = await despiteCrowd(tries, () => attempt(stop, visit));
    onTenant?.(run);
    return run;
  };
  const first = stops.filter(({ tenant_id }) => tenant_id === canary);
  const others = stops.filter(({ tenant_id }) => tenant_id !== canary);
  const tried = await inParallel(1, first, call);
  const rest = tried.some(isStuck) ? others.map(notRun) : await inParallel(jobs, others, call);
  return [...tried, ...rest].sort((a, b) => (a.tenant_id < b.tenant_id ? -1 : 1));
}

/** A server that is busy with the others refuses now and then what it takes a moment later: a lock, a connection. */
async function despiteCrowd(tries: number, migrate: () => Promise<TenantRun>): Promise<TenantRun> {
  const run = await migrate();
  if (tries <= 1 || run.failed?.state !== 'undone') return run;
  await sleep(AGAIN_AFTER_MS);
  const next = await despiteCrowd(tries - 1, migrate);
  return { ...next, done: [...run.done, ...next.done] };
}

async function attempt<T extends Stop>(
  stop: T,
  visit: (stop: T) => Promise<MigrationRun>,
): Promise<TenantRun> {
  const { tenant_id, scope, planned } = stop;
  try {
    return { tenant_id, scope, ...(await visit(stop)) };
  } catch (error) {
    const [id = '', ...not_run] = planned;
    const failed = { id, message: messageOf(error), state: 'undone' as const };
    return { tenant_id, scope, done: [], failed, not_run, waiting: [] };
  }
}

function notRun({ tenant_id, scope, planned }: Stop): TenantRun {
  return { tenant_id, scope, done: [], failed: null, not_run: planned, waiting: [] };
}

/** @throws Problem `not_found` */
export function requireCanary(canary: string | undefined, tenant_ids: readonly string[]): void {
  if (canary === undefined || tenant_ids.includes(canary)) return;
  throw new Problem(
    'not_found',
    `There is no tenant ${canary} to go first. adminctl tenant list shows them.`,
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** So many at a time; the answers in the order of what was asked. */
export async function inParallel<T, R>(
  most: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [i, item] of queue) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}
