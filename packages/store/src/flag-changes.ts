/**
 * The version of all that decides flags. It grows by one with each change, and a row for each version says whose flags it
 * may have changed. Whoever makes a change holds the version to the end: who sees a version has seen all before it.
 */
import type { Instant } from '@receptionist/core';
import { chunks } from './chunks.ts';
import type { Db } from './schema.ts';

const DAY_MS = 86_400_000;

export async function flagVersion(db: Db): Promise<number> {
  const { version } = await db.selectFrom('flag_state').select('version').executeTakeFirstOrThrow();
  return version;
}

/**
 * Versions have no gaps: where fewer tenants are named than versions have passed, one was of all, or rows were forgotten. A
 * version that is not reached yet is of another database.
 */
export async function flagChangesSince(
  db: Db,
  since: number,
): Promise<{ version: number; tenant_ids: string[] | 'all' }> {
  const rows = await db
    .selectFrom('flag_state')
    .leftJoin('flag_changes', (join) => join.on('flag_changes.version', '>', since))
    .select(['flag_state.version as latest', 'flag_changes.version', 'flag_changes.tenant_id'])
    .execute();
  const version = rows[0]?.latest ?? 0;
  if (version === since) return { version, tenant_ids: [] };
  const tenant_ids = rows.flatMap(({ tenant_id }) => tenant_id ?? []);
  const isKnown = tenant_ids.length === version - since;
  return { version, tenant_ids: isKnown ? [...new Set(tenant_ids)] : 'all' };
}

/** Before anything is read that the change depends on: nobody else changes flags until the transaction ends. */
export async function holdFlags(db: Db): Promise<void> {
  await db.selectFrom('flag_state').select('version').forUpdate().execute();
}

/** Of these tenants, or of all. */
export async function noteFlagChanges(
  db: Db,
  changed: readonly string[] | 'all',
  at: Instant,
): Promise<void> {
  const tenant_ids = changed === 'all' ? [null] : changed;
  if (tenant_ids.length === 0) return;
  const { version } = await db
    .updateTable('flag_state')
    .set((eb) => ({ version: eb('version', '+', tenant_ids.length) }))
    .returning('version')
    .executeTakeFirstOrThrow();
  const first = version - tenant_ids.length + 1;
  const rows = tenant_ids.map((tenant_id, i) => ({ version: first + i, tenant_id, at }));
  for (const some of chunks(rows)) await db.insertInto('flag_changes').values(some).execute();
}

export async function forgetOldFlagChanges(db: Db, now: Instant): Promise<void> {
  const dayAgo = new Date(Date.parse(now) - DAY_MS).toISOString();
  await db.deleteFrom('flag_changes').where('at', '<', dayAgo).execute();
}
