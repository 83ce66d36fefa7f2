import type { Move } from '@receptionist/core';
import { expect, it } from 'vitest';
import type { EntryFilter, Store } from '../store.ts';
import { at, FIRST_PAGE, seedEntry, seedTenant } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

const EVERY_STATUS: EntryFilter['status'] = ['open', 'acknowledged', 'engaged', 'resolved'];

export function fallbackListConforms(fresh: Fresh): void {
  it('puts the most urgent deadline first, then what has none left, and what is resolved last, newest first', async () => {
    const names = await seedNamed(fresh());
    const list = await fresh().read.listEntries({ status: EVERY_STATUS }, FIRST_PAGE);
    expect(list.items.map(({ entry_id }) => names.get(entry_id))).toEqual([
      ...[
        'critical, open',
        'critical, acknowledged',
        'standard, open',
        'critical, engaged',
        'standard, engaged',
        'resolved late',
        'resolved early',
      ],
    ]);
    expect(list.items[0]).not.toHaveProperty('context');
  });

  it('gives the same list page by page, across from the unresolved to the resolved', async () => {
    await seedNamed(fresh());
    for (const limit of [1, 2, 3, 4, 5, 6, 7]) {
      expect(await allPages(fresh(), { status: EVERY_STATUS }, limit)).toEqual(
        await allPages(fresh(), { status: EVERY_STATUS }, 50),
      );
    }
  });

  it('shows without a status what is not resolved, and with some just those', async () => {
    const names = await seedNamed(fresh());
    const shown = async (status: EntryFilter['status']) =>
      (await allPages(fresh(), { status }, 50)).map((entry_id) => names.get(entry_id));
    expect(await shown([])).toHaveLength(5);
    expect(await shown(['open'])).toEqual(['critical, open', 'standard, open']);
    expect(await shown(['resolved', 'engaged'])).toEqual([
      'critical, engaged',
      'standard, engaged',
      'resolved late',
      'resolved early',
    ]);
  });

  it('filters by each property, and by all of them together', async () => {
    const names = await seedNamed(fresh());
    await seedTenant(fresh(), { tenant_id: 't2', numbers: [] });
    const other = await seedEntry(fresh(), { tenant_id: 't2' }, 90);
    const found = async (filter: Partial<EntryFilter>) =>
      (await allPages(fresh(), { status: [], ...filter }, 50)).map(
        (entry_id) => names.get(entry_id) ?? entry_id,
      );
    expect(await found({ tenant_id: 't2' })).toEqual([other.entry_id]);
    expect(await found({ severity: 'critical' })).toEqual([
      'critical, open',
      'critical, acknowledged',
      'critical, engaged',
    ]);
    expect(await found({ reason: 'payment' })).toEqual(['critical, open']);
    expect(await found({ assignee: 'lex' })).toEqual(['critical, acknowledged']);
    expect(await found({ tag: 'vip' })).toEqual(['standard, open']);
    expect(await found({ since: at(90) })).toEqual([other.entry_id]);
    expect(await found({ tenant_id: 't1', severity: 'standard', tag: 'vip', since: at(0) })).toEqual([
      'standard, open',
    ]);
    expect(await found({ tenant_id: 't1', assignee: 'nobody' })).toEqual([]);
  });

  it('finds words in id, caller, detail, notes and tags, whatever their case', async () => {
    await seedTenant(fresh());
    const { entry_id } = await seedEntry(fresh(), {
      reason_detail: 'Zahnärztin ÜBER 50% teurer',
      caller: '+14155550177',
    });
    await seedEntry(fresh(), { caller: null });
    await fresh().transact((tx) =>
      tx.moveEntry(entry_id, { move: 'note', text: 'Called TWICE' }, 'lex', at(1)),
    );
    await fresh().transact((tx) =>
      tx.moveEntry(entry_id, { move: 'tag', add: ['refund_due'], remove: [] }, 'lex', at(1)),
    );
    for (const q of [entry_id.slice(-6).toUpperCase(), '55550177', 'über 50%', 'twice', 'REFUND_']) {
      expect(await allPages(fresh(), { status: [], q }, 50), q).toEqual([entry_id]);
    }
    for (const q of ['5_%', '%teurer%', "'", '\\', 'complaint']) {
      expect(await allPages(fresh(), { status: [], q }, 50), q).toEqual([]);
    }
  });

  it('finds the notes of the resolution', async () => {
    const names = await seedNamed(fresh());
    const [only] = await allPages(fresh(), { status: ['resolved'], q: 'EARLY' }, 50);
    expect(names.get(only ?? '')).toBe('resolved early');
  });
}

/** One entry of each kind; answers what each is called here. */
async function seedNamed(store: Store): Promise<Map<string, string>> {
  await seedTenant(store);
  const resolve = (notes: string): Move => ({ move: 'resolve', notes, tags: [] });
  const entries = {
    'standard, engaged': await seedEntry(store),
    'resolved early': await seedEntry(store),
    'standard, open': await seedEntry(store, {}, 1),
    'critical, engaged': await seedEntry(store, { live: true }),
    'critical, acknowledged': await seedEntry(store, { live: true }),
    'critical, open': await seedEntry(store, { live: true, reason: 'payment' }, 1),
    'resolved late': await seedEntry(store),
  };
  await store.transact(async (tx) => {
    for (const name of ['standard, engaged', 'critical, engaged'] as const) {
      await tx.moveEntry(entries[name].entry_id, { move: 'engage', how: 'phone' }, 'kim', at(2));
    }
    await tx.moveEntry(entries['resolved early'].entry_id, resolve('early'), 'kim', at(2));
    await tx.moveEntry(
      entries['standard, open'].entry_id,
      { move: 'tag', add: ['vip'], remove: [] },
      'kim',
      at(2),
    );
    await tx.moveEntry(entries['critical, acknowledged'].entry_id, { move: 'acknowledge' }, 'lex', at(2));
    await tx.moveEntry(entries['resolved late'].entry_id, resolve('late'), 'kim', at(3));
  });
  return new Map(Object.entries(entries).map(([name, { entry_id }]) => [entry_id, name]));
}

async function allPages(store: Store, filter: EntryFilter, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await store.read.listEntries(filter, { limit, cursor });
    ids.push(...page.items.map(({ entry_id }) => entry_id));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return ids;
}
