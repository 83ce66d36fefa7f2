/**
 * Flags as a request reads them: from memory, else from the cache, else from the database, and never later than 50 ms. Nothing
 * is believed that the database has not confirmed in the last 30 s. docs/flags.md tells what each failure does.
 */
import {
  evaluateFlag,
  evaluateStale,
  FLAGS,
  type Flag,
  type FlagEvaluation,
  type FlagSnapshot,
  type Instant,
  STALE_MS,
} from '@receptionist/core';
import type { Store } from '@receptionist/store';
import { createLoop } from '../escalation/loop.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { within } from '../within.ts';
import type { FlagCache } from './cache.ts';
import { createKnownChanges, type FlagChanges } from './known-changes.ts';
import { createSnapshots, type Known, type Sight } from './snapshots.ts';

const LOOK_EVERY_MS = 500;
const BELIEVED_MS = 30_000;
const WAIT_MS = 50;
/** So many changes are looked back on at the start, to know what the cache has from before them. */
const LOOK_BACK = 1_000;

/** `stale`: nothing could be confirmed for 30 s; `error`: for five minutes, or never. */
export type FlagHealth = 'ready' | 'stale' | 'error';
export type FlagNews = FlagHealth | 'changed';

export interface FlagReader {
  /** Within 50 ms; never rejects. */
  evaluate(tenant_id: string, flag: Flag): Promise<FlagEvaluation>;
  /** Every flag, all from one snapshot. */
  evaluateAll(tenant_id: string): Promise<FlagEvaluation[]>;
  /** Null: what is in memory cannot be believed, and somebody has to wait. */
  evaluateNow(tenant_id: string, flag: Flag): FlagEvaluation | null;
  /** The newest version of a tenant's flags that was read, or null. */
  versionOf(tenant_id: string): number | null;
  /** What decides flags was changed here, and is committed: whoever asks from now on gets it, in other daemons too. */
  changed(): void;
  /** Looks for changes, also those that are committed just now. Never rejects. */
  look(): Promise<void>;
  health(): FlagHealth;
  /** @returns what ends it */
  watch(listener: (news: FlagNews) => void): () => void;
  /** Looks for changes every 500 ms. */
  start(): void;
  stop(): Promise<void>;
}

export interface FlagReaderParts {
  store: { read: Pick<Store['read'], 'flagSnapshot' | 'flagVersion' | 'flagChangesSince'> };
  /** Null: this daemon is by itself, or finds out by looking. */
  cache: FlagCache | null;
  now: () => Date;
  /** Ms, from any beginning; never goes back. */
  elapsed: () => number;
  log: Log;
  metrics: Metrics;
}

export function createFlagReader({ store, cache, now, elapsed, log, metrics }: FlagReaderParts): FlagReader {
  const snapshots = createSnapshots();
  const changes = createKnownChanges();
  const refreshes = new Map<string, { rings: number; answer: Promise<FlagSnapshot | null> }>();
  const listeners = new Set<(news: FlagNews) => void>();
  /** The last look that succeeded: what it did not name as changed, it confirmed. */
  let looked: (Sight & { version: number }) | null = null;
  /** Each says that something was committed that no look before it may have seen. */
  let rings = 0;
  let told: FlagHealth | null = null;
  let timer: NodeJS.Timeout | undefined;

  const loop = createLoop(lookForChanges);
  cache?.listen(ring);

  function ring(): void {
    rings++;
    void loop.run();
  }

  const instants = createInstants(now);
  const sight = (): Sight => ({ at: elapsed(), rings });

  /** When it was read, or the last look left it as it was. */
  function seenAt({ at }: Known): number {
    return looked && looked.at > at ? looked.at : at;
  }

  function confirmedAt(known: Known): number {
    return changes.outdatedSince(known.snapshot) ?? seenAt(known);
  }

  function isFresh(known: Known, at = elapsed()): boolean {
    if (known.rings < rings && (looked?.rings ?? 0) < rings) return false;
    return at - seenAt(known) <= BELIEVED_MS && changes.outdatedSince(known.snapshot) === null;
  }

  function inMemory(tenant_id: string, at = elapsed()): FlagSnapshot | null {
    const known = snapshots.get(tenant_id);
    return known && isFresh(known, at) ? known.snapshot : null;
  }

  /** One at a time for each tenant. One that began before the last ring may have read what was before. */
  function refresh(tenant_id: string): Promise<FlagSnapshot | null> {
    const running = refreshes.get(tenant_id);
    if (running?.rings === rings) return running.answer;
    const start = () => read(tenant_id);
    const answer = running ? running.answer.then(start, start) : start();
    const refreshing = { rings, answer };
    refreshes.set(tenant_id, refreshing);
    const done = () => {
      if (refreshes.get(tenant_id) === refreshing) refreshes.delete(tenant_id);
    };
    refreshing.answer.then(done, done);
    return refreshing.answer;
  }

  async function read(tenant_id: string): Promise<FlagSnapshot | null> {
    const shared = await readCache(tenant_id);
    if (shared && isFresh(shared)) return shared.snapshot;
    const begun = sight();
    const snapshot = await store.read.flagSnapshot(tenant_id);
    metrics.flagReads.inc({ from: 'database' });
    if (snapshot === null) {
      snapshots.forget(tenant_id);
      return null;
    }
    cache?.keep(snapshot);
    return snapshots.keep({ snapshot, ...begun }).snapshot;
  }

  /** What a look at the database has confirmed, and was not committed after it; then it is as good as that look. */
  async function readCache(tenant_id: string): Promise<Known | null> {
    const snapshot = (await cache?.get(tenant_id)) ?? null;
    if (!snapshot || !looked || snapshot.version > looked.version) return null;
    if (changes.outdatedSince(snapshot) !== null) return null;
    metrics.flagReads.inc({ from: 'cache' });
    return snapshots.keep({ snapshot, at: looked.at, rings: looked.rings });
  }

  async function readingOf(tenant_id: string): Promise<Reading> {
    const snapshot = inMemory(tenant_id);
    if (snapshot) return { snapshot, unread_ms: null };
    try {
      return { snapshot: await within(WAIT_MS, refresh(tenant_id)), unread_ms: null };
    } catch {
      metrics.flagReads.inc({ from: 'nowhere' });
      const known = snapshots.get(tenant_id);
      if (known === null) return { snapshot: null, unread_ms: null };
      return { snapshot: known.snapshot, unread_ms: elapsed() - confirmedAt(known) };
    }
  }

  async function lookForChanges(): Promise<void> {
    const seen = sight();
    try {
      const found = await changesSince(looked?.version ?? null);
      const isFirst = looked === null;
      take(found, seen);
      if (!isFirst && found.tenant_ids.length > 0) tell('changed');
      tellHealth();
    } catch (error) {
      tellHealth(error);
    }
  }

  async function changesSince(version: number | null): Promise<FlagChanges> {
    if (version !== null) return store.read.flagChangesSince(version);
    return store.read.flagChangesSince(Math.max(0, (await store.read.flagVersion()) - LOOK_BACK));
  }

  function take(found: FlagChanges, seen: Sight): void {
    const { version } = found;
    if (looked && version < looked.version) {
      log.warn(
        { version, before: looked.version },
        'The database is an older one than before: flags are read anew',
      );
      snapshots.forgetAll();
      changes.take({ version, tenant_ids: 'all' }, seen.at);
    }
    changes.take(found, seen.at);
    looked = { version, ...seen };
  }

  function health(): FlagHealth {
    const unread_ms = looked ? elapsed() - looked.at : Number.POSITIVE_INFINITY;
    if (unread_ms <= BELIEVED_MS) return 'ready';
    return unread_ms <= STALE_MS ? 'stale' : 'error';
  }

  function tellHealth(error?: unknown): void {
    const found = health();
    if (found === told) return;
    if (found !== 'ready') log.warn({ error }, UNREAD[found]);
    else if (told !== null) log.info('Flags can be read again');
    told = found;
    tell(found);
  }

  function tell(news: FlagNews): void {
    for (const listener of listeners) listener(news);
  }

  return {
    async evaluate(tenant_id, flag) {
      return evaluateReading(flag, await readingOf(tenant_id), instants(elapsed()));
    },
    async evaluateAll(tenant_id) {
      const reading = await readingOf(tenant_id);
      const at = instants(elapsed());
      return FLAGS.map((flag) => evaluateReading(flag, reading, at));
    },
    evaluateNow(tenant_id, flag) {
      // One look at a clock costs as much as the evaluation.
      const at = elapsed();
      const snapshot = inMemory(tenant_id, at);
      return snapshot && evaluateFlag(flag, snapshot, instants(at));
    },
    versionOf: (tenant_id) => snapshots.get(tenant_id)?.snapshot.version ?? null,
    changed() {
      ring();
      cache?.ring();
    },
    look: loop.run,
    health,
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start() {
      void loop.run();
      timer = setInterval(() => {
        // Where a look hangs, nobody else says it.
        tellHealth();
        void loop.run();
      }, LOOK_EVERY_MS);
    },
    async stop() {
      clearInterval(timer);
      await loop.stop();
    },
  };
}

interface Reading {
  /** Null: nothing is known, or there is no such tenant. */
  snapshot: FlagSnapshot | null;
  /** For how long it could not be confirmed; null: it holds. */
  unread_ms: number | null;
}

function evaluateReading(flag: Flag, { snapshot, unread_ms }: Reading, at: Instant): FlagEvaluation {
  return snapshot && unread_ms === null
    ? evaluateFlag(flag, snapshot, at)
    : evaluateStale(flag, snapshot, at, unread_ms ?? 0);
}

/** What time it is, by a clock's milliseconds. Written once in each: that takes longer than an evaluation. */
function createInstants(now: () => Date): (at: number) => Instant {
  let writtenAt = Number.NaN;
  let instant = '';
  return (at) => {
    if (Math.floor(at) !== writtenAt) {
      writtenAt = Math.floor(at);
      instant = now().toISOString();
    }
    return instant;
  };
}

const UNREAD: Record<Exclude<FlagHealth, 'ready'>, string> = {
  stale:
    'Flags could not be read for 30 s: their last values hold, those that are not safe for five minutes. Check the database',
  error: 'Flags cannot be read: they have their safe values. Check the database',
};
