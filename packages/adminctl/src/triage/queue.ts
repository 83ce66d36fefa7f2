/** Which entry comes next: the most urgent that was not shown yet, asked for anew each time, so that a new caller has their place. */
import { type AdminClient, type CallOptions, ROUTES, type Routes } from '@receptionist/admin-api';
import type { EntryWithHistory } from '@receptionist/core';

export type QueueFilter = NonNullable<CallOptions<Routes['listEntries']>['query']>;

export interface Queue {
  /** Null: all were shown. */
  next: () => Promise<EntryWithHistory | null>;
  /** The one that was shown before this one, as it is now; null: this is the first. */
  back: () => Promise<EntryWithHistory | null>;
  /** How many were not shown yet, for example `12` or `100+`. */
  others: () => string;
}

const MOST_COUNTED = 100;

export function createQueue({ client, filter }: { client: AdminClient; filter: QueueFilter }): Queue {
  const shown: string[] = [];
  let place = -1;
  let waiting = 0;

  /** The place changes only once the entry could be read: nobody is passed over because the daemon was away. */
  async function goTo(newPlace: number, entry_id: string): Promise<EntryWithHistory> {
    const entry = await client.call(ROUTES.getEntry, { params: { entry_id } });
    shown[newPlace] = entry_id;
    place = newPlace;
    return entry;
  }

  async function notShown(): Promise<string[]> {
    const limit = shown.length + MOST_COUNTED + 1;
    const { items } = await client.all(ROUTES.listEntries, { query: filter }, { limit });
    return items.map(({ entry_id }) => entry_id).filter((entry_id) => !shown.includes(entry_id));
  }

  return {
    next: async () => {
      const again = shown[place + 1];
      if (again !== undefined) return goTo(place + 1, again);
      const [entry_id, ...others] = await notShown();
      if (entry_id === undefined) return null;
      waiting = others.length;
      return goTo(place + 1, entry_id);
    },
    back: async () => {
      const before = shown[place - 1];
      return before === undefined ? null : goTo(place - 1, before);
    },
    others: () => (waiting < MOST_COUNTED ? String(waiting) : `${MOST_COUNTED}+`),
  };
}
