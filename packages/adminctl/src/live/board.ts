/** The entries that a live table shows, most urgent first, kept by id: one that changes costs the same however many there are. */
import type { Entry } from '@receptionist/core';

/** How long a new row stands out, and a resolved one stays. */
const LINGERS_MS = 5_000;

export interface Board {
  clear(): void;
  /** As they were listed. */
  list(entries: readonly Entry[]): void;
  /** As it is now. True where it is new on the board, or newly critical. */
  put(entry: Entry, now: Date): boolean;
  /** Takes away what has been resolved for a while. */
  tidy(now: Date): void;
  top(count: number): Entry[];
  isFresh(entry: Entry, now: Date): boolean;
  counts(): { waiting: number; critical: number };
}

interface Place {
  entry: Entry;
  /** Where it stands, compared as text. */
  order: string;
  freshUntil: number;
  leavesAt: number;
}

export function createBoard({ isWanted }: { isWanted: (entry: Entry) => boolean }): Board {
  const byId = new Map<string, Place>();
  const sorted: Place[] = [];
  const leaving = new Set<Place>();

  function add(place: Place): void {
    byId.set(place.entry.entry_id, place);
    sorted.splice(indexOf(sorted, place), 0, place);
    if (Number.isFinite(place.leavesAt)) leaving.add(place);
  }

  function remove(place: Place): void {
    byId.delete(place.entry.entry_id);
    sorted.splice(indexOf(sorted, place), 1);
    leaving.delete(place);
  }

  return {
    clear() {
      byId.clear();
      sorted.length = 0;
      leaving.clear();
    },
    list(entries) {
      for (const entry of entries) {
        if (!isWanted(entry) || byId.has(entry.entry_id)) continue;
        add({ entry, order: orderOf(entry), freshUntil: 0, leavesAt: Number.POSITIVE_INFINITY });
      }
    },
    put(entry, now) {
      const before = byId.get(entry.entry_id);
      if (before) remove(before);
      const isResolved = entry.status === 'resolved';
      if (!isWanted(entry) || (isResolved && !before)) return false;
      const isNew = !isResolved && (!before || before.entry.status === 'resolved');
      const isGraver = entry.severity === 'critical' && before?.entry.severity === 'standard';
      const linger = now.getTime() + LINGERS_MS;
      add({
        entry,
        // A resolved one leaves from where it stood.
        order: isResolved && before ? before.order : orderOf(entry),
        freshUntil: isNew || isGraver ? linger : (before?.freshUntil ?? 0),
        leavesAt: isResolved ? linger : Number.POSITIVE_INFINITY,
      });
      return isNew || isGraver;
    },
    tidy(now) {
      for (const place of leaving) if (place.leavesAt <= now.getTime()) remove(place);
    },
    top: (count) => sorted.slice(0, count).map(({ entry }) => entry),
    isFresh: ({ entry_id }, now) => (byId.get(entry_id)?.freshUntil ?? 0) > now.getTime(),
    counts() {
      const waiting = sorted.filter(({ entry }) => entry.status !== 'resolved');
      return {
        waiting: waiting.length,
        critical: waiting.filter(({ entry }) => entry.severity === 'critical').length,
      };
    },
  };
}

/** As the API sorts: by the deadline that is still to be met, and those that have none left behind. */
function orderOf({ status, ack_due_at, engage_due_at }: Entry): string {
  const part = status === 'engaged' ? 1 : 0;
  return `${part} ${status === 'open' ? ack_due_at : engage_due_at}`;
}

/** Where it stands, or would stand. */
function indexOf(sorted: readonly Place[], place: Place): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = sorted[middle];
    if (other && isBefore(other, place)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(a: Place, b: Place): boolean {
  return a.order === b.order ? a.entry.entry_id < b.entry.entry_id : a.order < b.order;
}
