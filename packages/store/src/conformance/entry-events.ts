import { setImmediate as others } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EntryEvent, Store, Verbs } from '../store.ts';
import { at, seedEntry, seedTenant } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

export function entryEventsConform(fresh: Fresh, openAnother: () => Promise<Store>): void {
  let other: Store;
  beforeEach(async () => {
    other = await openAnother();
    await seedTenant(fresh());
  });
  afterEach(() => other.close());

  const noted = (text: string, entry_id: string) => (tx: Verbs) =>
    tx.moveEntry(entry_id, { move: 'note', text }, 'kim', at(1));

  it('tells what happened in order, each with the entry as it is now', async () => {
    const { entry_id } = await seedEntry(fresh());
    await fresh().transact((tx) => tx.moveEntry(entry_id, { move: 'acknowledge' }, 'lex', at(2)));
    await fresh().transact((tx) =>
      tx.moveEntry(entry_id, { move: 'tag', add: ['vip'], remove: [] }, 'lex', at(3)),
    );
    const events = await newsAfter(fresh(), 0);
    expect(events.map(({ event }) => [event.action, event.actor])).toEqual([
      ['filed', 'receptionistd'],
      ['acknowledged', 'lex'],
      ['tagged', 'lex'],
    ]);
    expect(events[0]?.entry).toMatchObject({ entry_id, status: 'acknowledged', tags: ['vip'] });
    expect(events[0]?.entry).not.toHaveProperty('context');
    expect(events[1]?.event).toEqual({ at: at(2), actor: 'lex', action: 'acknowledged', detail: null });
  });

  it('goes on after a position, and knows when there is nothing to number', async () => {
    const { entry_id } = await seedEntry(fresh());
    expect(await fresh().read.eventPosition()).toEqual({ position: 0, unnumbered: true });
    const before = await newsAfter(fresh(), 0);
    const { position, unnumbered } = await fresh().read.eventPosition();
    expect({ position, unnumbered }).toEqual({ position: before.at(-1)?.position, unnumbered: false });

    await fresh().transact(noted('hello', entry_id));
    expect((await newsAfter(fresh(), position)).map(({ event }) => event.detail)).toEqual(['hello']);
    expect(await fresh().read.eventsAfter(0, 1)).toEqual([
      expect.objectContaining({ position: before[0]?.position }),
    ]);
  });

  it('puts what was written before and committed after behind what was seen already', async () => {
    const slow = await seedEntry(fresh());
    const quick = await seedEntry(fresh());
    const seen = await newsAfter(fresh(), 0);
    const written = Promise.withResolvers<void>();
    const mayCommit = Promise.withResolvers<void>();
    const late = other.transact(async (tx) => {
      await noted('late', slow.entry_id)(tx);
      written.resolve();
      await mayCommit.promise;
    });
    await written.promise;
    // On SQLite whoever writes has the whole file: it cannot be overtaken.
    if (fresh().dialect === 'postgres') {
      await fresh().transact(noted('quick', quick.entry_id));
      seen.push(...(await newsAfter(fresh(), lastOf(seen))));
      expect(seen.at(-1)?.event.detail).toBe('quick');
    }
    mayCommit.resolve();
    await late;
    expect((await newsAfter(fresh(), lastOf(seen))).map(({ event }) => event.detail)).toEqual(['late']);
  });

  it('tells two followers all that two daemons write at once, each event once and in the same order', async () => {
    const { entry_id } = await seedEntry(fresh());
    const another = await seedEntry(fresh());
    const written = Array.from({ length: 24 }, (_, i) => `note ${i}`);
    let done = false;
    const follow = async (store: Store) => {
      const seen: EntryEvent[] = [];
      for (let last = false; !last; ) {
        last = done;
        // SQLite answers without waiting for anything, and a writer that waits for the lock would never have its turn.
        await others();
        seen.push(...(await newsAfter(store, lastOf(seen))));
      }
      return seen.map(({ event }) => event.detail).filter((detail) => detail?.startsWith('note'));
    };
    const followers = Promise.all([follow(fresh()), follow(other)]);
    await Promise.all(
      written.map((text, i) =>
        (i % 2 === 0 ? fresh() : other).transact(noted(text, i % 3 === 0 ? entry_id : another.entry_id)),
      ),
    );
    done = true;
    const [one, two] = await followers;
    expect(one.toSorted()).toEqual(written.toSorted());
    expect(two).toEqual(one);
  });
}

/** As a daemon looks that has followers. */
async function newsAfter(store: Store, position: number): Promise<EntryEvent[]> {
  while ((await store.read.eventPosition()).unnumbered) await store.transact((tx) => tx.numberEvents());
  return store.read.eventsAfter(position, 500);
}

function lastOf(events: EntryEvent[]): number {
  return events.at(-1)?.position ?? 0;
}
