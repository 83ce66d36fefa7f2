import { InMemoryProvider, OpenFeature } from '@openfeature/server-sdk';
import { evaluateFlag, FLAGS, type Flag, type FlagSnapshot } from '@receptionist/core';
import {
  createFlagProvider,
  createFlagReader,
  createLog,
  createMetrics,
  type FlagReader,
} from 'receptionistd';
import { InMemStorageProvider, Unleash } from 'unleash-client';
import { heapMegabytes } from '../harness/heap.ts';
import { type Figures, median } from './bench.ts';

const TENANTS = 10_000;
const ROUNDS = 9;
/** A round is long enough that the clock's reading costs nothing. */
const EVALUATIONS = 100_000;
const THROUGH_CLIENT = 10_000;
const STATIC: Flag = 'allow_ai_booking';
const ROLLOUT: Flag = 'allow_rag';

export const name = 'flags';
export const describe = `one evaluation of a tenant's own setting and of a rollout, from the memory of a reader that knows ${TENANTS} tenants, by turns with unleash-client's; then through the OpenFeature client`;
export const limits: Figures = {
  static_ns: 500,
  rollout_ns: 1_000,
  openfeature_us: 25,
  memory_of_10000_tenants_mb: 50,
};

const tenants = Array.from({ length: TENANTS }, (_, number) => `t${number}`);
const tenantOf = (turn: number) => tenants[turn % TENANTS] as string;

export async function run(): Promise<Figures> {
  const before = heapMegabytes();
  const reader = await knowingReader();
  const memory = heapMegabytes() - before;
  const unleash = await startUnleash();
  await OpenFeature.setProviderAndWait(createFlagProvider(reader));
  const client = OpenFeature.getClient();
  const core = snapshotOf('t0', 1);
  const at = new Date().toISOString();
  const contenders = {
    static: (turn: number) => reader.evaluateNow(tenantOf(turn), STATIC),
    rollout: (turn: number) => reader.evaluateNow(tenantOf(turn), ROLLOUT),
    core_static: () => evaluateFlag(STATIC, core, at),
    core_rollout: () => evaluateFlag(ROLLOUT, core, at),
    unleash_static: (turn: number) => unleash.isEnabled('static', { userId: tenantOf(turn) }),
    unleash_rollout: (turn: number) => unleash.isEnabled('rollout', { userId: tenantOf(turn) }),
  };
  try {
    const times = inTurns(contenders);
    const throughClient = (turn: number) =>
      client.getBooleanValue(STATIC, false, { targetingKey: tenantOf(turn) });
    const awaited = await timedThrough((turn) => reader.evaluate(tenantOf(turn), STATIC));
    const openfeature = await timedThrough(throughClient);
    await OpenFeature.setProviderAndWait(
      new InMemoryProvider({ [STATIC]: { variants: { on: true }, defaultVariant: 'on', disabled: false } }),
    );
    const inMemory = await timedThrough(throughClient);
    return {
      ...Object.fromEntries(Object.entries(times).map(([name, ns]) => [`${name}_ns`, ns])),
      static_to_unleash_ratio: times.static / times.unleash_static,
      rollout_to_unleash_ratio: times.rollout / times.unleash_rollout,
      openfeature_us: openfeature / 1_000,
      openfeature_in_memory_us: inMemory / 1_000,
      awaited_us: awaited / 1_000,
      memory_of_10000_tenants_mb: memory,
    };
  } finally {
    unleash.destroy();
    await OpenFeature.close();
    await reader.stop();
  }
}

function snapshotOf(tenant_id: string, version: number): FlagSnapshot {
  const set = { updated_at: '2026-11-22T09:00:00.000Z', updated_by: 'lex' };
  return {
    ...{ tenant_id, version, plan: 'enterprise' },
    included: [...FLAGS],
    settings: FLAGS.filter((flag) => flag !== ROLLOUT).map((flag) => ({ flag, enabled: true, ...set })),
    rollouts: [{ flag: ROLLOUT, starts_at: '2026-11-22T09:00:00.000Z', ...set }],
  };
}

/** What it reads costs nothing, and is made anew for each tenant as a database's answer is. */
async function knowingReader(): Promise<FlagReader> {
  const reader = createFlagReader({
    store: {
      read: {
        flagSnapshot: async (tenant_id) => JSON.parse(JSON.stringify(snapshotOf(tenant_id, 1))),
        flagVersion: async () => 1,
        flagChangesSince: async () => ({ version: 1, tenant_ids: [] }),
      },
    },
    cache: null,
    now: () => new Date(),
    elapsed: () => performance.now(),
    log: createLog({ level: 'silent', secrets: [], write() {} }),
    metrics: createMetrics(),
  });
  for (const tenant_id of tenants) await reader.evaluateAll(tenant_id);
  reader.start();
  await reader.look();
  return reader;
}

/** With what it would have fetched, and nobody to fetch it from. */
async function startUnleash(): Promise<Unleash> {
  const feature = (name: string, strategy: object) => ({
    name,
    enabled: true,
    type: 'release',
    stale: false,
    impressionData: false,
    project: 'default',
    variants: [],
    strategies: [strategy],
  });
  const unleash = new Unleash({
    appName: 'bench',
    url: 'http://127.0.0.1:1/',
    refreshInterval: 0,
    disableMetrics: true,
    disableAutoStart: true,
    storageProvider: new InMemStorageProvider(),
    bootstrap: {
      data: [
        feature('static', { name: 'default', parameters: {}, constraints: [] }),
        feature('rollout', {
          name: 'flexibleRollout',
          parameters: { rollout: '50', stickiness: 'userId', groupId: 'rollout' },
          constraints: [],
        }),
      ] as never,
    },
  });
  unleash.on('error', () => {});
  unleash.on('warn', () => {});
  const ready = new Promise((resolve) => unleash.once('ready', resolve));
  void unleash.start();
  await ready;
  return unleash;
}

type Contenders = Record<string, (turn: number) => unknown>;

/** Nanoseconds, the median of rounds; a machine changes its speed within seconds, so each round has all of them. */
function inTurns<C extends Contenders>(contenders: C): Record<keyof C, number> {
  const names = Object.keys(contenders) as (keyof C)[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<keyof C, number[]>;
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) times[name].push(timed(contenders[name] as C[keyof C]));
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<keyof C, number>;
}

function timed(evaluate: (turn: number) => unknown): number {
  let answers = 0;
  const begun = performance.now();
  for (let turn = 0; turn < EVALUATIONS; turn++) if (evaluate(turn) !== null) answers++;
  if (answers < EVALUATIONS) throw new Error('an evaluation had no answer');
  return ((performance.now() - begun) * 1e6) / EVALUATIONS;
}

async function timedThrough(evaluate: (turn: number) => Promise<unknown>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    for (let turn = 0; turn < THROUGH_CLIENT; turn++) await evaluate(turn);
    rounds.push(((performance.now() - begun) * 1e6) / THROUGH_CLIENT);
  }
  return median(rounds);
}
