/** For the tests of this folder: what a reader reads of a store, with versions, delays and failures made by hand. */
import { FLAGS, type Flag, type FlagSnapshot } from '@receptionist/core';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import type { FlagCache } from './cache.ts';
import { createFlagReader } from './reader.ts';

const START = Date.parse('2026-11-24T18:00:00.000Z');

export function snapshot(tenant_id: string, version: number, on: readonly Flag[] = []): FlagSnapshot {
  const setting = { enabled: true, updated_at: new Date(START).toISOString(), updated_by: 'lex' };
  return {
    ...{ tenant_id, version, plan: 'enterprise', included: FLAGS, rollouts: [] },
    settings: on.map((flag) => ({ flag, ...setting })),
  };
}

export function openReader({ cache = null }: { cache?: FlagCache | null } = {}) {
  let time = START;
  let version = 1;
  const tenants = new Map([['t1', snapshot('t1', 1)]]);
  let changed: { version: number; tenant_id: string }[] = [];
  /** Each read waits for it: a promise that rejects is a database that is gone. */
  let answer: Promise<void> = Promise.resolve();
  let reads = 0;
  const log: string[] = [];
  const reader = createFlagReader({
    store: {
      read: {
        async flagSnapshot(tenant_id) {
          reads++;
          const found = tenants.get(tenant_id);
          const readVersion = version;
          await answer;
          return found ? { ...found, version: readVersion } : null;
        },
        async flagVersion() {
          await answer;
          return version;
        },
        async flagChangesSince(since) {
          await answer;
          const tenant_ids = changed
            .filter((change) => change.version > since)
            .map(({ tenant_id }) => tenant_id);
          return { version, tenant_ids: [...new Set(tenant_ids)] };
        },
      },
    },
    cache,
    now: () => new Date(time),
    elapsed: () => time,
    log: createLog({ level: 'info', secrets: [], write: (line) => log.push(JSON.parse(line).msg) }),
    metrics: createMetrics(),
  });
  return {
    reader,
    log,
    reads: () => reads,
    advance: (seconds: number) => {
      time += seconds * 1_000;
    },
    /** Committed; nobody is told. */
    change(tenant_id: string, on: readonly Flag[]) {
      version++;
      tenants.set(tenant_id, snapshot(tenant_id, version, on));
      changed.push({ version, tenant_id });
    },
    /** The database as it was at the start. */
    restore() {
      version = 1;
      tenants.clear();
      tenants.set('t1', snapshot('t1', 1));
      changed = [];
    },
    breakDown() {
      answer = Promise.reject(new Error('the database is gone'));
      answer.catch(() => {});
    },
    /** @returns what has those answer that wait */
    hang() {
      const { promise, resolve } = Promise.withResolvers<void>();
      answer = promise;
      return resolve;
    },
    repair() {
      answer = Promise.resolve();
    },
  };
}
