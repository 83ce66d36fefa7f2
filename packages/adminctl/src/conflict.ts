/** A move came too late, or does not fit: who has moved the entry and when, and what can be done now. */
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import { type Entry, Problem } from '@receptionist/core';
import { CommandError } from './failure.ts';
import { nextCommand } from './fallback-words.ts';
import { shortIds } from './ids.ts';
import { ago } from './moments.ts';
import { printable } from './table.ts';

const CONFLICTS = ['already_acknowledged', 'invalid_transition'] as const;
type Conflict = (typeof CONFLICTS)[number];

export function isConflict(error: unknown): error is Problem & { code: Conflict } {
  return error instanceof Problem && (CONFLICTS as readonly string[]).includes(error.code);
}

/** What an error of a move tells; asks the daemon how the entry stands where somebody else was faster. */
export async function explained(error: unknown, entry_id: string, asker: Asker): Promise<unknown> {
  // The daemon's sentence names the other entry.
  if (!isConflict(error) || 'unresolved_entry' in error.details) return error;
  const entry = await asker.client.call(ROUTES.getEntry, { params: { entry_id } });
  return conflict(error.code, entry, asker.user, new Date());
}

export interface Asker {
  client: Pick<AdminClient, 'call'>;
  user: string;
}

export function conflict(code: Conflict, entry: Entry, user: string, now: Date): CommandError {
  const shortId = shortIds([entry.entry_id])(entry.entry_id);
  if (code === 'already_acknowledged') {
    const hint = `Talk to them, or take it over: adminctl fallback assign ${shortId} --to ${user}`;
    return new CommandError(code, `${holder(entry)} has ${entry.entry_id}: ${lastMove(entry, now)}.`, hint);
  }
  return new CommandError(
    code,
    `${entry.entry_id} is ${entry.status}: ${lastMove(entry, now)}.`,
    wayOn(entry, shortId),
  );
}

/** For example `kim resolved it 3m ago: spam`. */
export function lastMove(entry: Entry, now: Date): string {
  const [by, did, at, words] = moveInto(entry);
  if (!by || !at) return `nobody has it since ${ago(entry.created_at, now)}`;
  return printable(`${by} ${did} ${ago(at, now)}${words ? `: ${words}` : ''}`);
}

function moveInto(entry: Entry): [by: string | null, did: string, at: string | null, words?: string | null] {
  switch (entry.status) {
    case 'open':
      return [null, '', null];
    case 'acknowledged':
      return [entry.acknowledged_by, 'acknowledged it', entry.acknowledged_at];
    case 'engaged':
      return [entry.engaged_by, 'engaged', entry.engaged_at];
    case 'resolved':
      return [entry.resolved_by, 'resolved it', entry.resolved_at, entry.resolution_notes];
  }
}

function holder({ assignee, acknowledged_by }: Entry): string {
  return printable(assignee ?? acknowledged_by ?? 'somebody');
}

function wayOn(entry: Entry, shortId: string): string {
  const next = nextCommand(entry, shortId);
  if (next) return `Go on from there: ${next}`;
  return `Nothing is left to do. Not done after all? adminctl fallback reopen ${shortId} --notes "why"`;
}
