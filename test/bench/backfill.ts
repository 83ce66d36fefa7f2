import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { ROUTES } from '@receptionist/admin-api';
import { startPostgres } from '../harness/postgres-server.ts';
import { openPremises } from '../harness/premises.ts';
import { sleep } from '../harness/real-time.ts';
import { execute } from '../harness/sql.ts';
import { northside } from '../harness/tenants.ts';
import type { Figures } from './bench.ts';
import { type BenchCall, type Callers, createCallers, QUESTIONS_A_CALL } from './load/callers.ts';

const ROWS = 1_000_000;
const TURNS_A_SECOND = 40;
const CALLS_AT_ONCE = 40;
const IDLE_MS = 20_000;
const RUNNER = path.join(import.meta.dirname, 'load/backfill-runner.ts');

export const name = 'backfill';
export const describe = `${ROWS} rows on Postgres in batches: a plain loop by keys, our runner at full speed and throttled; and the p99 of ${TURNS_A_SECOND} live turns a second before and during either`;
export const limits: Figures = { throttled_to_idle_p99_ratio: 2 };

type Way = 'loop' | 'unthrottled' | 'throttled';

export async function run(): Promise<Figures> {
  const server = await startPostgres({ durable: true });
  const premises = await openPremises();
  try {
    const daemon = await premises.start({ DATABASE_URL: server.url });
    await daemon.admin.call(ROUTES.createTenant, { body: northside({ plan: 'enterprise' }) });
    const callers = createCallers(daemon.url);
    await timesWhile(callers, sleep(IDLE_MS / 4));
    const loop = await fill(server.url, 'loop');
    const quiet = await fill(server.url, 'unthrottled', 'quiet');
    const idle = await timesWhile(callers, sleep(IDLE_MS));
    const throttled = await beside(callers, server.url, 'throttled');
    const unthrottled = await beside(callers, server.url, 'unthrottled');
    callers.close();
    return {
      loop_rows_a_second: ROWS / loop,
      unthrottled_rows_a_second: ROWS / quiet,
      unthrottled_to_loop_percent: (loop / quiet) * 100,
      throttled_rows_a_second_beside_turns: ROWS / throttled.seconds,
      unthrottled_rows_a_second_beside_turns: ROWS / unthrottled.seconds,
      idle_p99_ms: p99(idle),
      throttled_p99_ms: p99(throttled.times),
      unthrottled_p99_ms: p99(unthrottled.times),
      throttled_to_idle_p99_ratio: p99(throttled.times) / p99(idle),
      unthrottled_to_idle_p99_ratio: p99(unthrottled.times) / p99(idle),
    };
  } finally {
    await premises.close();
    await server.remove();
  }
}

async function beside(
  callers: Callers,
  url: string,
  way: Way,
): Promise<{ seconds: number; times: number[] }> {
  await makeTable(url, `${way}_items`);
  const filling = runOn(url, `${way}_items`, way);
  const times = await timesWhile(callers, filling);
  return { seconds: await filling, times };
}

/** Seconds. */
async function fill(url: string, way: Way, prefix: string = way): Promise<number> {
  await makeTable(url, `${prefix}_items`);
  return runOn(url, `${prefix}_items`, way);
}

async function makeTable(url: string, table: string): Promise<void> {
  await execute(
    url,
    `create table ${table} (item_id bigint primary key, price bigint not null, cents bigint)`,
  );
  await execute(
    url,
    `insert into ${table} (item_id, price) select n, n % 1000 from generate_series(1, ${ROWS}) n`,
  );
  await execute(url, `vacuum analyze ${table}`);
  // Else the disk is still busy with it while others are measured.
  await execute(url, 'checkpoint');
}

async function runOn(url: string, table: string, way: Way): Promise<number> {
  const child = fork(RUNNER, [url, table, way]);
  const [[seconds]] = await Promise.all([once(child, 'message'), once(child, 'exit')]);
  return seconds as number;
}

/** Each turn when it is due, whether others were answered or not, and timed from when it was due. */
async function timesWhile(callers: Callers, work: Promise<unknown>): Promise<number[]> {
  let working = true;
  void work.finally(() => {
    working = false;
  });
  const slots = Array.from({ length: CALLS_AT_ONCE }, () => callers.dial());
  await Promise.all(slots);
  const turns: Promise<number>[] = [];
  const begun = performance.now();
  for (let number = 0; working; number++) {
    const due = begun + (number * 1_000) / TURNS_A_SECOND;
    await sleep(Math.max(due - performance.now(), 0));
    const slot = number % CALLS_AT_ONCE;
    const call = slots[slot] as Promise<BenchCall>;
    const turn = timedTurn(call, due);
    turns.push(turn);
    const isLast = Math.floor(number / CALLS_AT_ONCE) % QUESTIONS_A_CALL === QUESTIONS_A_CALL - 1;
    if (isLast) slots[slot] = turn.then(() => dialAgain(callers, call));
  }
  return Promise.all(turns);
}

async function timedTurn(call: Promise<BenchCall>, due: number): Promise<number> {
  await (await call).ask();
  return performance.now() - due;
}

async function dialAgain(callers: Callers, call: Promise<BenchCall>): Promise<BenchCall> {
  await (await call).hangUp();
  return callers.dial();
}

function p99(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}
