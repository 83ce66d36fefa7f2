/**
 * The engine that turns escalate events into entries and tells people of them (docs/escalation.md). The rows alone hold what is
 * to be done and when; a process that is killed at any line here leaves nothing that the next cycle, here or elsewhere, does not
 * find.
 */
import type { Instant, Ways } from '@receptionist/core';
import type { Store } from '@receptionist/store';
import { type Log, withLogFields } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createAdvancing } from './advancing.ts';
import { createFiling } from './filing.ts';
import { createLoop } from './loop.ts';
import { createParts } from './parts.ts';
import type { Send } from './send.ts';
import { createSending } from './sending.ts';

const SWEEP_MS = 1_000;

/** Work beside the alerts, which may take its time: it holds up nobody but itself. */
export interface Chore {
  (now: Instant): Promise<void>;
  /** Of one that leaves requests on their way when it ends: when they have come back. */
  settled?: () => Promise<void>;
}

export interface EscalationEngine {
  /** There is something to look at. */
  ring(): void;
  start(): void;
  /** No new cycle begins; resolves when what was begun has ended and is recorded. */
  stop(): Promise<void>;
  /** Resolves after a whole cycle that began after this call, its chores, and the sends that are on their way then. */
  finishCycle(): Promise<void>;
  /** How old the oldest success of a part is; null: one of them had none yet. */
  msSinceFullCycle(): number | null;
}

export function createEscalationEngine({
  store,
  ways,
  send,
  chores = {},
  isSwept = () => false,
  log,
  metrics,
  jitter = Math.random,
}: {
  store: Store;
  /** What people can be reached through. */
  ways: Ways;
  send: Send;
  /** By name; each is begun by each cycle, and not again while it runs. */
  chores?: Readonly<Record<string, Chore>>;
  /** Whether somebody else rings about once a second. */
  isSwept?: () => boolean;
  log: Log;
  metrics: Metrics;
  /** 0 to 1. */
  jitter?: () => number;
}): EscalationEngine {
  const parts = createParts(['filing', 'advancing', 'sending', ...Object.keys(chores)], { log, metrics });
  const fileEvents = createFiling({ store, ways, log, metrics, jitter });
  const advanceEntries = createAdvancing({ store, ways, log, metrics });
  const sending = createSending({
    ...{ store, ways, send, metrics },
    onEnd: ring,
    onFailure: (error) => parts.complain('delivery', error),
  });
  const besides = Object.entries(chores).map(([name, work]) => createBeside(name, work));
  // Not in the name of the request that happened to ring.
  const cycles = createLoop(() => withLogFields({}, cycle));
  let sweep: NodeJS.Timeout | undefined;

  function ring(): void {
    void cycles.run();
  }

  async function cycle(): Promise<void> {
    await store.now().then(workAt, (error) => parts.complain('clock', error));
  }

  async function workAt(now: Instant): Promise<void> {
    await Promise.all([
      parts.attempt('filing', async () => {
        if (await fileEvents(now)) ring();
      }),
      parts.attempt('advancing', () => advanceEntries(now)),
    ]);
    await parts.attempt('sending', () => sending.begin(now));
    for (const chore of besides) chore.begin(now);
  }

  function createBeside(name: string, work: Chore) {
    let at: Instant;
    let asked: Promise<void> = Promise.resolve();
    const loop = createLoop(() => parts.attempt(name, () => work(at)));
    return {
      begin(now: Instant) {
        at = now;
        asked = loop.run();
      },
      async settled() {
        await asked;
        await work.settled?.();
      },
      async stop() {
        await loop.stop();
        await work.settled?.();
      },
    };
  }

  return {
    ring,
    msSinceFullCycle: parts.msSinceAll,
    async finishCycle() {
      await cycles.run();
      await Promise.all(besides.map((chore) => chore.settled()));
      await sending.settled();
    },
    start() {
      sweep = setInterval(() => isSwept() || ring(), SWEEP_MS);
      ring();
    },
    async stop() {
      clearInterval(sweep);
      await cycles.stop();
      await Promise.all(besides.map((chore) => chore.stop()));
      await sending.settled();
    },
  };
}
