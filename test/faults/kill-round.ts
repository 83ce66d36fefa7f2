/** One round: somebody asks for a person, and the daemon is killed right after it has answered. */
import { ROUTES } from '@receptionist/admin-api';
import type { Entry } from '@receptionist/core';
import type { Failure } from '@receptionist/simulator/servers';
import { openPremises } from '../harness/premises.ts';
import { northside } from '../harness/tenants.ts';

/** An alert that was on its way when the daemon died is free again after a lease of 30 s. */
const WAIT_MS = 45_000;

export interface KillRound {
  /** What Slack is up to until the daemon is dead. */
  slack: Failure | null;
  /** Between the answer and the kill. */
  afterMs: number;
}

export interface KillOutcome {
  /** The last thing the caller heard. */
  heard: string;
  /** After the restart, with at least one alert posted or after waiting long enough for it. */
  entries: Entry[];
  postsBefore: number;
  posts: number;
  /** Of the second daemon, stopped in order. */
  exitCode: number | undefined;
}

export async function playKillRound({ slack: failure, afterMs }: KillRound): Promise<KillOutcome> {
  const { slack, start, close } = await openPremises();
  try {
    const first = await start();
    await first.admin.call(ROUTES.createTenant, { body: northside() });
    if (failure) slack.fail(failure);
    const call = await first.ring();
    const heard = await call.say('I need to talk to a person');
    if (afterMs > 0) await sleep(afterMs);
    await first.kill();

    slack.recover();
    const postsBefore = slack.posts.length;
    const second = await start();
    // Alerts leave when a process far away gets to it: the one thing here that is waited for.
    const deadline = Date.now() + WAIT_MS;
    while (slack.posts.length === 0 && Date.now() < deadline) await sleep(10);
    const { items: entries } = await second.admin.all(ROUTES.listEntries, {});
    const exitCode = await second.stop();
    return { heard: heard.join(' '), entries, postsBefore, posts: slack.posts.length, exitCode };
  } finally {
    await close();
  }
}

/** What is wrong with it; empty: the promise was kept. */
export function brokenPromises({ heard, entries, postsBefore, posts, exitCode }: KillOutcome): string[] {
  const [entry] = entries;
  return [
    ...(heard.includes('alerting our team') ? [] : [`the caller heard "${heard}"`]),
    ...(entries.length === 1 ? [] : [`${entries.length} entries`]),
    ...(entry?.reason === 'caller_asked_for_human' && entry.status === 'open'
      ? []
      : [`the entry is ${entry?.reason}, ${entry?.status}`]),
    ...(posts >= 1 ? [] : ['no alert']),
    // Twice only where the kill left open whether the first alert had arrived.
    ...(posts <= postsBefore + 1 ? [] : [`${posts} alerts, ${postsBefore} of them before the kill`]),
    ...(exitCode === 0 ? [] : [`the second daemon ended with ${exitCode}`]),
  ];
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
