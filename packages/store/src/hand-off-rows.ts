/** The rows of a hand-off: itself and its legs, read together and written together. */
import type { HandOff, Instant, Leg } from '@receptionist/core';
import type { Selectable } from 'kysely';
import type { Db, HandOffsTable } from './schema.ts';

const LEG_COLUMNS = [
  'leg_id', 'phone', 'person', 'ring_seconds', 'state', 'outcome', 'provider_id', 'since',
] as const satisfies (keyof Leg)[]; // biome-ignore format: a list of words

/** One that nobody else changes until the transaction ends. */
export interface HeldHandOff {
  handOff: HandOff;
  watch: Pick<Selectable<HandOffsTable>, 'next_action_at' | 'lease_until' | 'fence'>;
}

export function handOffRows(db: Db) {
  return db.selectFrom('hand_offs').selectAll();
}

type Query = ReturnType<typeof handOffRows>;

export async function readHandOff(db: Db, query: Query): Promise<HandOff | null> {
  const row = await query.executeTakeFirst();
  return row ? (await toHeld(db, row)).handOff : null;
}

export async function holdHandOff(db: Db, query: Query): Promise<HeldHandOff | null> {
  const row = await query.forNoKeyUpdate().executeTakeFirst();
  return row ? toHeld(db, row) : null;
}

/** Its legs are read now, when it is locked: while it waited, others may have changed them. */
export async function toHeld(
  db: Db,
  { next_action_at, lease_until, fence, ...row }: Selectable<HandOffsTable>,
): Promise<HeldHandOff> {
  const legs = await db
    .selectFrom('hand_off_legs')
    .select(LEG_COLUMNS)
    .where('tenant_id', '=', row.tenant_id)
    .where('hand_off_id', '=', row.hand_off_id)
    .orderBy('position')
    .execute();
  return { handOff: { ...row, legs }, watch: { next_action_at, lease_until, fence } };
}

export async function insertHandOff(db: Db, handOff: HandOff, next_action_at: Instant | null): Promise<void> {
  const { legs, ...columns } = handOff;
  await db
    .insertInto('hand_offs')
    .values({ ...columns, next_action_at, fence: 0 })
    .execute();
  await writeLegs(db, handOff, legs);
}

/** What it is about never changes, but for whose entry tells of it. */
export async function updateHandOff(
  db: Db,
  before: HandOff,
  after: HandOff,
  watch: Partial<HeldHandOff['watch']>,
): Promise<void> {
  const { event_id, entry_id, place, place_since } = after;
  await db
    .updateTable('hand_offs')
    .set({ event_id, entry_id, place, place_since, ...watch })
    .where('hand_off_id', '=', after.hand_off_id)
    .execute();
  const known = new Set(before.legs);
  await writeLegs(
    db,
    after,
    after.legs.filter((leg) => !known.has(leg)),
  );
}

async function writeLegs(
  db: Db,
  { tenant_id, hand_off_id, legs }: HandOff,
  changed: readonly Leg[],
): Promise<void> {
  if (changed.length === 0) return;
  await db
    .insertInto('hand_off_legs')
    .values(changed.map((leg) => ({ ...leg, tenant_id, hand_off_id, position: legs.indexOf(leg) })))
    .onConflict((conflict) =>
      conflict.column('leg_id').doUpdateSet(({ ref }) => ({
        state: ref('excluded.state'),
        outcome: ref('excluded.outcome'),
        provider_id: ref('excluded.provider_id'),
        since: ref('excluded.since'),
      })),
    )
    .execute();
}
