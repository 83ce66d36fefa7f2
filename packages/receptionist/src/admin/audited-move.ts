/** A move that is asked for outside the admin API (a press in Slack or PagerDuty, a key on a phone), with its audit row. */
import { type Entry, type EntryWithHistory, type Instant, type Move, Problem } from '@receptionist/core';
import type { AuditRow, Told, Verbs } from '@receptionist/store';

export interface AskedMove {
  entry_id: string;
  move: Move;
  actor: string;
  now: Instant;
  /** The request that asked for it. */
  origin: Pick<AuditRow, 'request_id' | 'address'>;
}

/** @throws Problem `not_found`, `already_acknowledged`, `invalid_transition` */
export async function auditedMove(
  tx: Verbs,
  { entry_id, move, actor, now, origin }: AskedMove,
): Promise<EntryWithHistory> {
  const before = await tx.getEntry(entry_id);
  if (before === null)
    throw new Problem('not_found', `There is no fallback entry ${JSON.stringify(entry_id)}.`);
  const after = await tx.moveEntry(entry_id, move, actor, now);
  await tx.recordAudit({ at: now, actor, ...auditOf(move, before, after), ...origin });
  return after;
}

/** The entry as it is told of; nobody else changes it until the transaction ends. */
export async function holdTold(tx: Verbs, entry_id: string): Promise<Told<EntryWithHistory> | null> {
  const held = await tx.getEntry(entry_id);
  return held && tx.toldEntry(entry_id);
}

export function auditOf(
  { move }: { move: Move['move'] | 'join' },
  before: Entry,
  after: Entry,
): Pick<AuditRow, 'action' | 'target' | 'before' | 'after'> {
  return {
    action: `fallback.${move}`,
    target: `fallback:${before.entry_id}`,
    before: gist(before),
    after: gist(after),
  };
}

/** What the audit keeps of an entry: nothing that a caller said. */
function gist({ status, severity, assignee, tags }: Entry) {
  return { status, severity, assignee, tags };
}
