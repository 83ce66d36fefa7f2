import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { mintToken, ROUTES } from '@receptionist/admin-api';
import { makeTestDatabase, type TestDatabase } from '@receptionist/store/test-databases';
import { needs } from '../../scripts/optional-tools.ts';
import { ADMIN_KEY } from '../harness/credentials.ts';
import { NoPostgresError, type PostgresServer, startPostgres } from '../harness/postgres-server.ts';
import { openPremises, type Premises } from '../harness/premises.ts';
import { sleep, until } from '../harness/real-time.ts';
import { startRedis } from '../harness/redis-server.ts';
import { openWire } from '../harness/wire.ts';
import { type Figures, median } from './bench.ts';
import { type Callers, createCallers } from './load/callers.ts';
import { CHANNELS, DESKS, phoneOf, TENANTS } from './load/desks.ts';
import { makeModels, multiply } from './load/many-entries.ts';

const A_SECOND = 20;
const SECONDS = 30;
/** One escalation of each tenant, not counted: a fresh process compiles its code and loads its Slack client. */
const WARM_UP_SECONDS = DESKS / A_SECOND;
const OPEN = 200;
const STORED = { few: 1_000, many: 1_000_000 };
const LIST_ROUNDS = 30;
const LISTS_A_ROUND = 20;
const TOLD_WITHIN_MS = 60_000;
const LIST_LIMIT_MS = 30_000;

export const name = 'escalation';
export const describe = `an escalating turn is answered → Slack has the request, ${A_SECOND} a second for ${SECONDS} s over ${DESKS} tenants, against a bare handler that posts a line and remembers nothing; and the first page of open entries among ${STORED.many} stored ones against ${STORED.few}`;
export const limits: Figures = {
  sqlite_p99_ms: 100,
  sqlite_redis_p99_ms: 100,
  postgres_p99_ms: 100,
  postgres_redis_p99_ms: 100,
  sqlite_list_ratio: 1.5,
  postgres_list_ratio: 1.5,
};

export async function run(): Promise<Figures> {
  const server = await startDurablePostgres();
  const redis = needs('redis-server').skip ? null : await startRedis();
  if (!redis) console.error('escalation: not measured with Redis: there is no redis-server');
  const kinds = server ? (['sqlite', 'postgres'] as const) : (['sqlite'] as const);
  const figures: Record<string, number> = {};
  let document = '';
  try {
    for (const kind of kinds) {
      for (const redisUrl of redis ? [null, redis.url] : [null]) {
        const told = await alertsOfDaemon(await makeTestDatabase(kind), redisUrl);
        document = told.document;
        Object.assign(figures, quantiles(redisUrl ? `${kind}_redis` : kind, told.times));
      }
    }
    Object.assign(figures, quantiles('bare', await alertsOfBare(document)));
    for (const kind of kinds) Object.assign(figures, await listFigures(kind));
    return figures;
  } finally {
    await redis?.remove();
    await server?.remove();
  }
}

async function startDurablePostgres(): Promise<PostgresServer | null> {
  try {
    const server = await startPostgres({ durable: true });
    process.env.TEST_DATABASE_URL = server.url;
    return server;
  } catch (error) {
    if (!(error instanceof NoPostgresError)) throw error;
    console.error(`escalation: not measured on Postgres: ${error.message}`);
    return null;
  }
}

function quantiles(kind: string, times: readonly number[]): Figures {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
  return { [`${kind}_p50_ms`]: at(0.5), [`${kind}_p99_ms`]: at(0.99), [`${kind}_max_ms`]: at(1) };
}

async function alertsOfDaemon(
  database: TestDatabase,
  redisUrl: string | null,
): Promise<{ times: number[]; document: string }> {
  const premises = await openPremises({ database, slack: { channels: CHANNELS } });
  try {
    const daemon = await premises.start(redisUrl ? { REDIS_URL: redisUrl } : {});
    for (const body of TENANTS) await daemon.admin.call(ROUTES.createTenant, { body });
    const callers = createCallers(daemon.url);
    const { document } = await callers.dial({ to: phoneOf(1) });
    return { times: await timeAlerts(callers, premises), document };
  } finally {
    await premises.close();
  }
}

async function alertsOfBare(document: string): Promise<number[]> {
  const premises = await openPremises({
    database: await makeTestDatabase('sqlite'),
    slack: { channels: CHANNELS },
  });
  const program = path.join(import.meta.dirname, 'load/bare-alert.ts');
  const child = spawn(process.execPath, [program, document, premises.slack.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [url] = await once(child.stdout, 'data');
    return await timeAlerts(createCallers(String(url).trim()), premises);
  } finally {
    child.kill();
    await premises.close();
  }
}

/** Each caller when they are due. Milliseconds from the answer until Slack has the message, 0 where it was there before. */
async function timeAlerts(callers: Callers, { slack }: Premises): Promise<number[]> {
  const answeredAt = new Map<string, number>();
  const begun = Date.now();
  const turns: Promise<unknown>[] = [];
  const count = (caller: string) => void answeredAt.set(caller, Date.now());
  for (let number = 0; number < A_SECOND * (WARM_UP_SECONDS + SECONDS); number++) {
    await sleep(Math.max(0, begun + (number * 1_000) / A_SECOND - Date.now()));
    const turn = escalate(callers, number);
    turns.push(number < A_SECOND * WARM_UP_SECONDS ? turn : turn.then(count));
  }
  await Promise.all(turns);
  const toldAt = () => {
    const times = new Map<string, number>();
    for (const post of slack.posts)
      for (const [caller] of post
        .lines()
        .join('\n')
        .matchAll(/\+1415\d{7}/g))
        if (!times.has(caller)) times.set(caller, Number(post.ts) * 1_000);
    return times;
  };
  await until('everyone is told of', TOLD_WITHIN_MS, () => toldAt().size >= turns.length);
  callers.close();
  const told = toldAt();
  return [...answeredAt].map(([caller, at]) => Math.max(0, (told.get(caller) ?? Number.NaN) - at));
}

async function escalate(callers: Callers, number: number): Promise<string> {
  const caller = `+1415${2_000_000 + number}`;
  const call = await callers.dial({ from: caller, to: phoneOf(1 + (number % DESKS)) });
  await call.say('I need to talk to a person');
  return caller;
}

/** By turns, so that a slow moment hits both alike. */
async function listFigures(kind: 'sqlite' | 'postgres'): Promise<Figures> {
  const lists = [await openList(kind, STORED.few), await openList(kind, STORED.many)] as const;
  try {
    const [few, many] = lists;
    const times = { few: [] as number[][], many: [] as number[][] };
    for (let round = 0; round <= LIST_ROUNDS; round++) {
      const inRound = { few: await few.time(), many: await many.time() };
      if (round === 0) continue;
      times.few.push(inRound.few);
      times.many.push(inRound.many);
    }
    const ratios = times.many.map((ms, round) => median(ms) / median(times.few[round] ?? []));
    const p99 = (rounds: number[][]) => quantiles('list', rounds.flat()).list_p99_ms ?? Number.NaN;
    return {
      [`${kind}_list_few_p50_ms`]: median(times.few.flat()),
      [`${kind}_list_many_p50_ms`]: median(times.many.flat()),
      [`${kind}_list_few_p99_ms`]: p99(times.few),
      [`${kind}_list_many_p99_ms`]: p99(times.many),
      [`${kind}_list_ratio`]: median(ratios),
    };
  } finally {
    for (const list of lists) await list.close();
  }
}

/** A daemon that has so many entries, of which OPEN are open. */
async function openList(kind: 'sqlite' | 'postgres', stored: number) {
  const premises = await openPremises({ database: await makeTestDatabase(kind) });
  const first = await premises.start();
  const models = await makeModels(first.admin);
  await first.stop();
  await multiply(premises.databaseUrl, models, { open: OPEN, resolved: stored - OPEN });
  const { url } = await premises.start();
  const wire = openWire(url, { limitMs: LIST_LIMIT_MS });

  async function time(): Promise<number[]> {
    const token = await mintToken({ key: ADMIN_KEY, user: 'lex', now: new Date() });
    const times: number[] = [];
    for (let number = 0; number < LISTS_A_ROUND; number++) {
      const headers = { authorization: `Bearer ${token}` };
      const { status, ms } = await wire.ask({ method: 'GET', path: '/admin/fallback', headers, body: null });
      if (status !== 200) throw new Error(`the list was answered ${status}`);
      times.push(ms);
    }
    return times;
  }

  return {
    time,
    async close() {
      wire.close();
      await premises.close();
    },
  };
}
