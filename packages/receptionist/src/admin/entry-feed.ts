/**
 * Events of entries for all who follow them in this daemon. Only while somebody waits it looks, twice a second and when it is
 * rung, and those who are at the same place share one question to the database.
 */
import type { EntryEvent, Store } from '@receptionist/store';
import type { Log } from '../observability/log.ts';

const LOOK_EVERY_MS = 500;
const MOST_AT_ONCE = 500;
const COMPLAIN_EVERY_MS = 60_000;

export interface EntryFeed {
  /** The position of the last event that is committed now. */
  present(): Promise<number>;
  /** What came after a position: at once where there is something, else what the next look finds, perhaps nothing. */
  after(position: number): Promise<EntryEvent[]>;
  /** Something may have happened. */
  ring(): void;
  stop(): void;
}

export function createEntryFeed({ store, log }: { store: Store; log: Log }): EntryFeed {
  let latest = 0;
  let asked: { position: number; latest: number; events: Promise<EntryEvent[]> } | null = null;
  let upcoming: Promise<void> | null = null;
  let wakeUp = () => {};
  let stopped = false;
  let complainedAt = Number.NEGATIVE_INFINITY;

  async function look(): Promise<void> {
    let found = await store.read.eventPosition();
    while (found.unnumbered) {
      await store.transact((tx) => tx.numberEvents());
      found = await store.read.eventPosition();
    }
    latest = found.position;
  }

  async function waitAndLook(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    if (!stopped) await look().catch(complain);
  }

  function nextLook(): Promise<void> {
    upcoming ??= waitAndLook().finally(() => {
      upcoming = null;
    });
    return upcoming;
  }

  /** Followers stay connected: what happened meanwhile is told once the database is back. */
  function complain(error: unknown): void {
    if (performance.now() - complainedAt < COMPLAIN_EVERY_MS) return;
    complainedAt = performance.now();
    log.warn({ error }, 'what happens to entries cannot be read; those who follow it wait');
  }

  function ask(position: number): Promise<EntryEvent[]> {
    if (asked?.position !== position || asked.latest !== latest)
      asked = { position, latest, events: store.read.eventsAfter(position, MOST_AT_ONCE) };
    return asked.events;
  }

  return {
    async present() {
      await look();
      return latest;
    },
    async after(position) {
      if (position >= latest && !stopped) await nextLook();
      return position < latest && !stopped ? ask(position) : [];
    },
    ring: () => wakeUp(),
    stop() {
      stopped = true;
      wakeUp();
    },
  };
}
