/** What an entry tells of a hand-off, and what the hand-off does to the entry. */
import {
  type AfterNews,
  type Instant,
  type Leg,
  type Person,
  Problem,
  type Status,
  type TransferEvent,
} from '@receptionist/core';
import { moveEntry } from './fallbacks.ts';
import { getOnCall } from './oncall.ts';
import { outboxOf } from './outbox.ts';
import { type Changed, keepTrue } from './quiet.ts';
import type { Db } from './schema.ts';
import { OURSELVES, writeTimeline } from './timeline.ts';

/** Before its event is filed no phone rings, and there is nothing to tell. */
export async function tellEntry(
  db: Db,
  { handOff: { entry_id }, timeline, entry: moved }: AfterNews,
  now: Instant,
): Promise<void> {
  if (entry_id === null || (timeline.length === 0 && moved === null)) return;
  const entry = await changeEntry(db, entry_id);
  const { people } = await getOnCall(db);
  await writeTransfers(db, entry, timeline, people, now);
  if (moved && allows(entry.status, moved.move.move)) {
    await moveEntry(db, entry_id, moved.move, actorOf(moved.by, people), now);
  }
}

async function writeTransfers(
  db: Db,
  entry: Changed,
  timeline: readonly TransferEvent[],
  people: readonly Person[],
  now: Instant,
): Promise<void> {
  const happened = timeline.map(({ detail }) => ({ action: 'transfer' as const, detail }));
  for (const { by, detail } of timeline) {
    await writeTimeline(db, entry, by === null ? OURSELVES : actorOf(by, people), now, [
      { action: 'transfer', detail },
    ]);
  }
  await keepTrue(db, entry, happened, await outboxOf(db, entry.entry_id), now);
}

/** A person is known by the phone that they are called on; one of the tenant's may be nobody's. */
function actorOf({ person, phone }: Leg, people: readonly Person[]): string {
  return person ?? people.find((somebody) => somebody.phone === phone)?.user ?? `phone:${phone}`;
}

/** Somebody may hold it who is not on this line, and it may be resolved: they speak all the same. */
function allows(status: Status, move: 'acknowledge' | 'engage'): boolean {
  return status === 'open' || (move === 'engage' && status === 'acknowledged');
}

function changeEntry(db: Db, entry_id: string): Promise<Changed> {
  return db
    .updateTable('human_fallback')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('entry_id', '=', entry_id)
    .returning(['entry_id', 'tenant_id', 'round', 'status'])
    .executeTakeFirstOrThrow();
}

/** As acknowledging does; but who is engaged speaks to the caller already. @throws Problem */
export async function takeToJoin(db: Db, entry_id: string, person: string, now: Instant): Promise<void> {
  const { status } = await changeEntry(db, entry_id);
  if (status === 'engaged' || status === 'resolved') {
    throw new Problem('invalid_transition', `${entry_id} is ${status}; join is not possible from there.`, {
      details: { entry_status: status },
    });
  }
  await moveEntry(db, entry_id, { move: 'acknowledge' }, person, now);
}
