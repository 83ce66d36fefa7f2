import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { ROUTES } from '@receptionist/admin-api';
import { NoPostgresError, startPostgres } from '../harness/postgres-server.ts';
import { openPremises } from '../harness/premises.ts';
import { northside } from '../harness/tenants.ts';
import { type Figures, median } from './bench.ts';
import { type BenchCall, type Callers, createCallers, QUESTIONS_A_CALL } from './load/callers.ts';

const CALLS_AT_ONCE = 100;
const TURNS_A_SECOND = 20;
const SATURATING_CALLERS = 16;
/** Besides one that warms up. */
const ROUNDS = 7;
const ROUND_MS = 3_000;

export const name = 'turns';
export const describe = `${CALLS_AT_ONCE} calls at once at ${TURNS_A_SECOND} turns a second, signed and durable on commit; then as many turns as go, by turns with a bare Express handler that checks the signature and answers the same TwiML`;
export const limits: Figures = { sqlite_p99_ms: 25 };

interface Contender {
  name: string;
  callers: Callers;
  close(): Promise<void>;
}

export async function run(): Promise<Figures> {
  const daemons = [await startDaemonOn('sqlite'), await startOnPostgres()].filter((one) => one !== null);
  const open: Contender[] = [...daemons];
  try {
    const figures: Record<string, number> = {};
    let document = '';
    for (const { name, callers } of daemons) {
      await saturate(callers, ROUND_MS);
      const steady = await steadyTurns(callers);
      document ||= steady.document;
      figures[`${name}_p50_ms`] = quantile(steady.times, 0.5);
      figures[`${name}_p99_ms`] = quantile(steady.times, 0.99);
    }
    open.unshift(await startBare(document));
    return { ...figures, ...throughput(await inTurns(open)) };
  } finally {
    for (const { callers, close } of open) {
      callers.close();
      await close();
    }
  }
}

async function startDaemonOn(name: string, settings: Record<string, string> = {}): Promise<Contender> {
  const premises = await openPremises();
  const daemon = await premises.start(settings);
  await daemon.admin.call(ROUTES.createTenant, { body: northside({ plan: 'enterprise' }) });
  return { name, callers: createCallers(daemon.url), close: premises.close };
}

async function startOnPostgres(): Promise<Contender | null> {
  try {
    const server = await startPostgres({ durable: true });
    const contender = await startDaemonOn('postgres', { DATABASE_URL: server.url });
    const close = () => contender.close().then(server.remove);
    return { ...contender, close };
  } catch (error) {
    if (!(error instanceof NoPostgresError)) throw error;
    console.error(`turns: not measured on Postgres: ${error.message}`);
    return null;
  }
}

async function startBare(document: string): Promise<Contender> {
  const program = path.join(import.meta.dirname, 'load/bare.ts');
  const child = spawn(process.execPath, [program, document], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = await once(child.stdout, 'data');
  return { name: 'bare', callers: createCallers(String(url).trim()), close: async () => void child.kill() };
}

/** Each turn when it is due, whether the one before it was answered or not, and timed from when it was due. */
async function steadyTurns(callers: Callers): Promise<{ times: number[]; document: string }> {
  const calls = await Promise.all(Array.from({ length: CALLS_AT_ONCE }, () => callers.dial()));
  const interval = 1_000 / TURNS_A_SECOND;
  const begun = performance.now();
  const turns: Promise<number>[] = [];
  for (let number = 0; number < CALLS_AT_ONCE * QUESTIONS_A_CALL; number++) {
    const due = begun + number * interval;
    await new Promise((resolve) => setTimeout(resolve, Math.max(due - performance.now(), 0)));
    turns.push(timedTurn(calls[number % calls.length] as BenchCall, due));
  }
  const times = (await Promise.all(turns)).sort((a, b) => a - b);
  const document = calls[0]?.document ?? '';
  await Promise.all(calls.map((call) => call.hangUp()));
  return { times, document };
}

async function timedTurn(call: BenchCall, due: number): Promise<number> {
  await call.ask();
  return performance.now() - due;
}

/** Turns a second of each, by round. A machine changes its speed within seconds, so only those of a round compare. */
async function inTurns(contenders: readonly Contender[]): Promise<Record<string, number[]>> {
  const rates = Object.fromEntries(contenders.map(({ name }) => [name, [] as number[]]));
  const order = [...contenders];
  for (let round = 0; round <= ROUNDS; round++) {
    order.push(...order.splice(0, 1));
    for (const { name, callers } of order) {
      const rate = await saturate(callers, ROUND_MS);
      if (round > 0) rates[name]?.push(rate);
    }
  }
  return rates;
}

function throughput({ bare = [], ...daemons }: Record<string, number[]>): Figures {
  const figures: Record<string, number> = {
    bare_turns_a_second: median(bare),
    bare_slowest_round: Math.min(...bare),
    bare_fastest_round: Math.max(...bare),
  };
  for (const [name, rates] of Object.entries(daemons)) {
    const ratios = rates.map((rate, round) => rate / (bare[round] ?? Number.NaN));
    figures[`${name}_turns_a_second`] = median(rates);
    figures[`${name}_slowest_round`] = Math.min(...rates);
    figures[`${name}_fastest_round`] = Math.max(...rates);
    figures[`${name}_to_bare_percent`] = median(ratios) * 100;
  }
  return figures;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
}

/** Turns a second, greetings among them, by callers who never wait. */
async function saturate(callers: Callers, ms: number): Promise<number> {
  const started = performance.now();
  const until = started + ms;
  let turns = 0;
  const caller = async () => {
    while (performance.now() < until) {
      const call = await callers.dial();
      for (let asked = 0; asked < QUESTIONS_A_CALL; asked++) await call.ask();
      turns += 1 + QUESTIONS_A_CALL;
      await call.hangUp();
    }
  };
  await Promise.all(Array.from({ length: SATURATING_CALLERS }, caller));
  return turns / ((performance.now() - started) / 1_000);
}
