/** What the outside was told while the daemon was killed again and again, to be held against what is there afterwards. */
import type { EntryWithHistory, TimelineAction } from '@receptionist/core';
import type { SlackMessage } from '@receptionist/simulator/servers';
import { postsByEntry } from '../harness/named-entries.ts';

export interface Ledger {
  /** Callers who asked for a person, each with a number of their own. */
  asked: Set<string>;
  /** Those of them who were told that one is coming. */
  promised: Set<string>;
  /** Each by an actor of its own. */
  moves: AskedMove[];
  kills: number;
  /** Entry id → what left it open whether people were told of it: a claim that a kill cut short, an answer that was withheld. */
  unclear: Map<string, Set<string>>;
}

export interface AskedMove {
  entry_id: string;
  actor: string;
  action: TimelineAction;
  /** What the actor knows: that it is done; that they or somebody faster have the entry; or nothing, or that it was refused. */
  answered: 'done' | 'taken_by_somebody' | 'no';
}

/** What is there when everything has come to rest. */
export interface Aftermath {
  entries: EntryWithHistory[];
  posts: readonly SlackMessage[];
  /** Entries that are not resolved, and that nobody would look at again. */
  forgotten: number;
}

export interface Accounts {
  asked: number;
  accepted: number;
  filed: number;
  lost: number;
  filed_twice: number;
  entries: number;
  untold: number;
  posts: number;
  /** Posts that told of an entry once more than it was alerted, where a time-out or a kill had left open whether the first arrived. */
  told_again: number;
  told_twice: number;
  moves_accepted: number;
  moves_lost: number;
  moves_twice: number;
  forgotten: number;
  kills: number;
}

/** Those that must be 0. */
export const BROKEN = [
  'lost',
  'filed_twice',
  'untold',
  'told_twice',
  'moves_lost',
  'moves_twice',
  'forgotten',
] as const satisfies (keyof Accounts)[];

export function openLedger(): Ledger {
  return { asked: new Set(), promised: new Set(), moves: [], kills: 0, unclear: new Map() };
}

export function noteUnclear({ unclear }: Ledger, entry_id: string, why: string): void {
  unclear.set(entry_id, (unclear.get(entry_id) ?? new Set()).add(why));
}

export function settleAccounts(ledger: Ledger, { entries, posts, forgotten }: Aftermath): Accounts {
  const filings = countBy(entries, ({ caller }) => caller);
  const filed = [...ledger.promised].filter((caller) => filings.has(caller)).length;
  const telling = postsByEntry(posts);
  const tellings = entries.map((entry) => tellingsOf(entry, telling.get(entry.entry_id) ?? [], ledger));
  const byId = new Map(entries.map((entry) => [entry.entry_id, entry]));
  const moves = ledger.moves.map((move) => fateOf(move, byId.get(move.entry_id)));
  return {
    asked: ledger.asked.size,
    accepted: ledger.promised.size,
    filed,
    lost: ledger.promised.size - filed,
    filed_twice: [...filings.values()].filter((times) => times > 1).length,
    entries: entries.length,
    untold: tellings.filter(({ told, needed }) => needed && told === 0).length,
    posts: posts.length,
    told_again: sum(tellings.map(({ again }) => again)),
    told_twice: sum(tellings.map(({ twice }) => twice)),
    moves_accepted: moves.filter(({ accepted }) => accepted).length,
    moves_lost: moves.filter(({ accepted, kept }) => accepted && !kept).length,
    moves_twice: moves.filter(({ times }) => times > 1).length,
    forgotten,
    kills: ledger.kills,
  };
}

/** `again` and `twice`: posts beyond its alerts, those that a fault explains and those that nothing does. */
function tellingsOf(entry: EntryWithHistory, telling: readonly SlackMessage[], ledger: Ledger) {
  const alerts = entry.notifications.filter(
    ({ channel, status }) => channel.startsWith('slack') && (status === 'sent' || status === 'grouped'),
  ).length;
  const beyond = Math.max(0, telling.length - alerts);
  const unclear = ledger.unclear.get(entry.entry_id)?.size ?? 0;
  return {
    told: telling.length,
    // Whoever took it before Slack could be told needs no alert.
    needed: entry.status === 'open' || !entry.timeline.some(({ action }) => TAKEN.includes(action)),
    again: Math.min(beyond, unclear),
    twice: Math.max(0, beyond - unclear),
  };
}

const TAKEN: readonly TimelineAction[] = ['acknowledged', 'engaged', 'resolved'];

function fateOf({ actor, action, answered }: AskedMove, entry: EntryWithHistory | undefined) {
  const timeline = entry?.timeline ?? [];
  const times = timeline.filter((event) => event.actor === actor && event.action === action).length;
  const wasTaken = timeline.some((event) => TAKEN.includes(event.action));
  return {
    times,
    accepted: answered !== 'no',
    kept: times > 0 || (answered === 'taken_by_somebody' && wasTaken),
  };
}

function countBy<T, Key>(items: readonly T[], keyOf: (item: T) => Key): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
