/** Callers who keep calling while the database is away, and what they and the operator are told. */
import { ROUTES } from '@receptionist/admin-api';
import type { Entry } from '@receptionist/core';
import { vi } from 'vitest';
import { openPremises, type Running } from '../harness/premises.ts';
import { northside } from '../harness/tenants.ts';

/** Twilio gives up after 15 s, and callers long before. */
const LONGEST_SILENCE_MS = 4_000;
/** Longer by hand: `TEST_OUTAGE_SECONDS=30 bin/test faults faults-postgres outage`. */
const OUTAGE_MS = Number(process.env.TEST_OUTAGE_SECONDS ?? 3) * 1_000;

export interface OutageOutcome {
  /** Each sentence heard during the outage, and after how many milliseconds. */
  heard: { words: string; ms: number }[];
  /** What `/ready` said during the outage: its status, and of the part `database`. */
  ready: { status: number; database: string };
  /** By whoever was in the middle of a call before and went on after it. */
  answerAfterwards: string;
  entries: Entry[];
  alerts: number;
  /** Of the daemon, stopped in order. */
  exitCode: number | undefined;
}

/** `breakIt` and `mendIt` are about the database of the daemon, and nobody restarts the daemon afterwards. */
export async function playOutage(outage: {
  databaseUrl: string;
  settings?: Record<string, string>;
  breakIt(daemon: Running): Promise<void>;
  mendIt(daemon: Running): Promise<void>;
}): Promise<OutageOutcome> {
  const { slack, start, close } = await openPremises();
  try {
    const daemon = await start({ DATABASE_URL: outage.databaseUrl, ...outage.settings });
    await daemon.admin.call(ROUTES.createTenant, { body: northside() });
    slack.fail({ mode: 'http_500', untilCleared: true });
    const accepted = await daemon.ring();
    await accepted.say('I need to talk to a person');
    const patient = await daemon.ring();

    await outage.breakIt(daemon);
    const heard = [await timed(() => patient.say('When are you open?'))];
    const ready = await readiness(daemon);
    const until = performance.now() + OUTAGE_MS;
    while (performance.now() < until) heard.push(await timed(() => ringAndListen(daemon)));
    await outage.mendIt(daemon);
    slack.recover();

    await vi.waitFor(async () => {
      const { status, database } = await readiness(daemon);
      if (status !== 200) throw new Error(`not ready: ${database}`);
    }, PATIENCE);
    const answerAfterwards = (await patient.say('When are you open?')).join(' ');
    await vi.waitFor(() => {
      if (slack.posts.length === 0) throw new Error('no alert');
    }, PATIENCE);
    const { items: entries } = await daemon.admin.all(ROUTES.listEntries, {});
    const exitCode = await daemon.stop();
    return { heard, ready, answerAfterwards, entries, alerts: slack.posts.length, exitCode };
  } finally {
    await close();
  }
}

/** What is wrong with it; empty: all promises were kept. */
export function brokenPromises(outcome: OutageOutcome): string[] {
  const { heard, ready, answerAfterwards, entries, alerts, exitCode } = outcome;
  const [entry] = entries;
  return [
    ...heard
      .filter(({ words }) => !words.includes('I am sorry'))
      .map(({ words }) => `a caller heard "${words}"`),
    ...heard
      .filter(({ ms }) => ms > LONGEST_SILENCE_MS)
      .map(({ ms }) => `a caller heard nothing for ${ms} ms`),
    ...(ready.status === 503 ? [] : [`/ready answered ${ready.status}`]),
    ...(answerAfterwards.includes('We are open')
      ? []
      : [`afterwards the caller heard "${answerAfterwards}"`]),
    ...(entries.length === 1 && entry?.reason === 'caller_asked_for_human'
      ? []
      : [`${entries.length} entries`]),
    ...(alerts === 1 ? [] : [`${alerts} alerts`]),
    ...(exitCode === 0 ? [] : [`the daemon ended with ${exitCode}`]),
  ];
}

/** An alert that was on its way is tried again after its lease of 10 s at the latest. */
const PATIENCE = { timeout: 45_000, interval: 50 };

async function ringAndListen(daemon: Running): Promise<string[]> {
  const call = await daemon.ring();
  return [...call.heard, ...call.problems.map(String)];
}

async function timed(listen: () => Promise<readonly string[]>): Promise<{ words: string; ms: number }> {
  const began = performance.now();
  const words = (await listen()).join(' ');
  return { words, ms: Math.round(performance.now() - began) };
}

async function readiness({ url }: Running): Promise<OutageOutcome['ready']> {
  const answer = await fetch(`${url}/ready`);
  const { parts } = (await answer.json()) as { parts: { database: string } };
  return { status: answer.status, database: parts.database };
}
