/** The guided run through the queue: an entry at a time, one key for each move, and what others do meanwhile. */
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import type { EntryWithHistory, Status } from '@receptionist/core';
import { isConflict } from '../conflict.ts';
import { explain } from '../failure.ts';
import { stateInWords } from '../fallback-words.ts';
import { shortIds } from '../ids.ts';
import { type Intent, intentOf, type MoveIntent, refusal } from './intents.ts';
import { MOVES } from './moves.ts';
import { newsInWords } from './news.ts';
import { createQueue, type QueueFilter } from './queue.ts';
import { entryScreen, helpScreen } from './screen.ts';
import type { Terminal } from './terminal.ts';

export interface TriageOptions {
  client: AdminClient;
  user: string;
  filter: QueueFilter;
  /** Called once there is an entry to show. */
  openTerminal: () => Terminal;
  now: () => Date;
}

/** An entry that was shown. */
export interface Triaged {
  entry_id: string;
  /** As it was when it was seen last. */
  status: Status;
  /** That were made here, in order. */
  moves: MoveIntent[];
}

export interface Summary {
  triaged: Triaged[];
  /** By Ctrl-C. */
  interrupted: boolean;
}

/** What others do shows without a key being pressed. */
const LOOK_EVERY_TICKS = 5;

/** @throws what the client throws, before the first entry is shown; later it is said on the screen */
export async function triage({ client, user, filter, openTerminal, now }: TriageOptions): Promise<Summary> {
  const queue = createQueue({ client, filter });
  const triaged = new Map<string, Triaged>();
  const first = await queue.next();
  if (first === null) return { triaged: [], interrupted: false };

  let entry: EntryWithHistory = see(first);
  /** What came of the last key, or what somebody else did. */
  let said: string | null = null;
  const terminal = openTerminal();
  try {
    for (;;) {
      const intent = intentOf(await keyPressed());
      if (intent === 'quit' || intent === 'interrupt') return summary(intent === 'interrupt');
      if (intent !== null && (await hasEnded(intent))) return summary(false);
    }
  } finally {
    terminal.close();
  }

  function see(seen: EntryWithHistory, ...moves: MoveIntent[]): EntryWithHistory {
    const { entry_id, status } = seen;
    triaged.set(entry_id, { entry_id, status, moves: [...(triaged.get(entry_id)?.moves ?? []), ...moves] });
    return seen;
  }

  function paint(): void {
    const view = { entry, shortId: shortId(entry), others: queue.others(), said };
    terminal.paint(entryScreen(view, now(), terminal.size()));
  }

  async function keyPressed(): Promise<string | null> {
    let ticks = 0;
    let isWaiting = true;
    paint();
    const key = await terminal.key(() => {
      ticks += 1;
      if (ticks % LOOK_EVERY_TICKS === 0) void lookAgain(() => isWaiting);
      paint();
    });
    isWaiting = false;
    return key;
  }

  /** What it finds counts only as long as nothing else happened. */
  async function lookAgain(isStillWanted: () => boolean): Promise<void> {
    const outcome = await read(entry.entry_id).catch((error: unknown) => explain(error).message);
    if (!isStillWanted()) return;
    if (typeof outcome === 'string') said = outcome;
    else if (outcome.timeline.length > entry.timeline.length) take(outcome);
    paint();
  }

  /** The entry as somebody else left it. */
  function take(fresh: EntryWithHistory): void {
    said = newsInWords(entry, fresh, now());
    entry = see(fresh);
  }

  /** Whatever fails is said, and the entry stays. Ends where no other entry is left. */
  async function hasEnded(intent: Intent): Promise<boolean> {
    said = refusal(intent, entry.status);
    if (said !== null) return false;
    try {
      return await hasEndedAfter(intent);
    } catch (error) {
      await tell(error);
      return false;
    }
  }

  async function hasEndedAfter(intent: Intent): Promise<boolean> {
    switch (intent) {
      case 'quit':
      case 'interrupt':
        return true;
      case 'help':
        terminal.paint(helpScreen(terminal.size()));
        await terminal.key(() => terminal.paint(helpScreen(terminal.size())));
        return false;
      case 'skip':
        return nobodyIsNext();
      case 'back':
        await goBack();
        return false;
      default:
        return (await isResolvedBy(intent)) && nobodyIsNext();
    }
  }

  async function nobodyIsNext(): Promise<boolean> {
    const next = await queue.next();
    if (next !== null) entry = see(next);
    return next === null;
  }

  async function goBack(): Promise<void> {
    const before = await queue.back();
    if (before === null) said = 'This is the first.';
    else entry = see(before);
  }

  async function isResolvedBy(move: MoveIntent): Promise<boolean> {
    const moved = await MOVES[move](entry, { client, user, ask: terminal.ask });
    if (moved === null) {
      said = 'Nothing was changed.';
      return false;
    }
    entry = see(moved, move);
    said = stateInWords(entry, shortId(entry), now());
    return move === 'resolve';
  }

  async function tell(error: unknown): Promise<void> {
    // Its hint names commands, and here are keys.
    said = explain(error).message;
    if (isConflict(error)) await read(entry.entry_id).then(take, () => null);
  }

  function read(entry_id: string): Promise<EntryWithHistory> {
    return client.call(ROUTES.getEntry, { params: { entry_id } });
  }

  function summary(interrupted: boolean): Summary {
    return { triaged: [...triaged.values()], interrupted };
  }
}

function shortId({ entry_id }: EntryWithHistory): string {
  return shortIds([entry_id])(entry_id);
}
