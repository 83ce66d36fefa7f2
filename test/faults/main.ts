/**
 * `test/faults/run --rounds N` kills the daemon again and again while people call and act, `test/faults/run --storm` floods it,
 * `test/faults/run --migrations --rounds N` kills migrators; each says which promise did not hold, and ends with 1 then.
 */
import { parseArgs } from 'node:util';
import { makeTestDatabase, type TestDatabase } from '@receptionist/store/test-databases';
import { startPostgres } from '../harness/postgres-server.ts';
import { startRedis } from '../harness/redis-server.ts';
import { playKillRounds } from './kill-rounds.ts';
import { BROKEN } from './ledger.ts';
import { playMigrationRounds } from './migration-rounds.ts';
import { brokenPromises, FLOOD, ONLY_CRITICAL, playStorm, type Storm } from './storm.ts';

const CHECK_EVERY = 10;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    database: { type: 'string', default: 'sqlite' },
    redis: { type: 'boolean', default: false },
    storm: { type: 'boolean', default: false },
    migrations: { type: 'boolean', default: false },
  },
});
const rounds = wholeNumber('rounds', values.rounds);
const seed = wholeNumber('seed', values.seed);
const closing: (() => Promise<void>)[] = [];
try {
  const broken = values.storm ? await storms() : values.migrations ? await migrations() : await kills();
  process.exitCode = broken ? 1 : 0;
} finally {
  for (const close of closing.reverse()) await close();
}

async function kills(): Promise<boolean> {
  console.log(`${rounds} rounds on ${values.database}${values.redis ? ' with Redis' : ''}, --seed ${seed}`);
  const accounts = await playKillRounds({
    rounds,
    checkEvery: CHECK_EVERY,
    seed,
    database: await openDatabase(),
    redisUrl: values.redis ? await openRedis() : null,
    tell: (round, accounts) => console.log(`round ${round}: ${told(accounts)}`),
  });
  const broken = BROKEN.filter((name) => accounts[name] > 0);
  console.log(broken.length === 0 ? 'every promise was kept' : `broken: ${broken.join(', ')}`);
  return broken.length > 0;
}

async function migrations(): Promise<boolean> {
  console.log(`${rounds} rounds of migrations on ${values.database}, --seed ${seed}`);
  const outcome = await playMigrationRounds({
    ...{ rounds, seed, makeDatabase: openDatabase },
    tell: (round, killedAt) => console.log(`round ${round}: killed at ${killedAt}`),
  });
  console.log(told(outcome));
  return outcome.wrong > 0;
}

async function storms(): Promise<boolean> {
  const broken: string[] = [];
  for (const storm of [FLOOD, ONLY_CRITICAL]) broken.push(...(await playOne(storm)));
  return broken.length > 0;
}

async function playOne(storm: Storm): Promise<string[]> {
  const outcome = await playStorm(storm, await openDatabase());
  console.log(told(outcome.figures));
  const broken = brokenPromises(outcome);
  for (const promise of broken) console.log(`broken: ${promise}`);
  return broken;
}

/** Removed by whoever plays on it; its server is ours. */
async function openDatabase(): Promise<TestDatabase> {
  if (values.database === 'sqlite') return makeTestDatabase('sqlite', { empty: true });
  if (values.database !== 'postgres') refuse(`--database ${values.database}: sqlite or postgres`);
  if (!process.env.TEST_DATABASE_URL) {
    const server = await startPostgres();
    closing.push(server.remove);
    process.env.TEST_DATABASE_URL = server.url;
  }
  return makeTestDatabase('postgres', { empty: true });
}

async function openRedis(): Promise<string> {
  const redis = await startRedis();
  closing.push(redis.remove);
  return redis.url;
}

function told(figures: object): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`)
    .join(', ');
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1) refuse(`--${name} ${text}: give a whole number from 1`);
  return Number(text);
}

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}
