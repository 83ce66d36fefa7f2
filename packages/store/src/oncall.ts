import type { Instant, OnCall, Override, Person, Rotation } from '@receptionist/core';
import type { Selectable } from 'kysely';
import { toJson } from './columns.ts';
import type { Db, Tables } from './schema.ts';

const OVERRIDES_ARE_KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/** People last: whoever is in a rotation that was just read, and still there, is described. */
export async function getOnCall(db: Db): Promise<OnCall> {
  const rotations = await db.selectFrom('oncall_rotations').selectAll().orderBy('position').execute();
  const overrides = await db.selectFrom('oncall_overrides').selectAll().orderBy('seq').execute();
  const people = await db.selectFrom('oncall_people').selectAll().orderBy('position').execute();
  return {
    people: people.map(toPerson),
    rotations: rotations.map(toRotation),
    overrides: overrides.map(toOverride),
  };
}

export async function holdOnCall(db: Db): Promise<OnCall> {
  await db.selectFrom('oncall').selectAll().forUpdate().execute();
  return getOnCall(db);
}

export async function putOnCall(
  db: Db,
  { people, rotations, overrides }: OnCall,
  at: Instant,
): Promise<void> {
  await change(db, at);
  await db.deleteFrom('oncall_people').execute();
  await db.deleteFrom('oncall_rotations').execute();
  await db.deleteFrom('oncall_overrides').execute();
  // To insert nothing is no SQL.
  if (people.length > 0) await db.insertInto('oncall_people').values(people.map(personRow)).execute();
  if (rotations.length > 0)
    await db.insertInto('oncall_rotations').values(rotations.map(rotationRow)).execute();
  if (overrides.length > 0)
    await db.insertInto('oncall_overrides').values(overrides.map(overrideRow)).execute();
}

export async function addOverride(db: Db, override: Override, at: Instant): Promise<void> {
  await change(db, at);
  await db.insertInto('oncall_overrides').values(overrideRow(override)).execute();
}

/** Also holds it. */
async function change(db: Db, at: Instant): Promise<void> {
  await db.updateTable('oncall').set({ changed_at: at }).execute();
}

export async function forgetOldOverrides(db: Db, now: Instant): Promise<void> {
  const before = new Date(Date.parse(now) - OVERRIDES_ARE_KEPT_MS).toISOString();
  await db.deleteFrom('oncall_overrides').where('ends_at', '<', before).execute();
}

function toPerson({ admin_user, phone, slack_user_id }: Tables['oncall_people']): Person {
  return { user: admin_user, phone, slack_user_id };
}

function personRow({ user, phone, slack_user_id }: Person, position: number): Tables['oncall_people'] {
  return { admin_user: user, phone, slack_user_id, position };
}

function toRotation({ position: _, users, ...rotation }: Tables['oncall_rotations']): Rotation {
  return { ...rotation, users: JSON.parse(users) };
}

function rotationRow({ users, ...rotation }: Rotation, position: number): Tables['oncall_rotations'] {
  return { ...rotation, users: toJson(users), position };
}

function toOverride({ seq: _, admin_user, ...override }: Selectable<Tables['oncall_overrides']>): Override {
  return { user: admin_user, ...override };
}

function overrideRow({ user, tenant_id, starts_at, ends_at }: Override) {
  return { admin_user: user, tenant_id, starts_at, ends_at };
}
