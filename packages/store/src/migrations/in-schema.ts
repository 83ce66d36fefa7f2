import type { Db } from '../schema.ts';

/** A database whose tables are those of a tenant's schema; without one, ours. */
export function inSchema(db: Db, schema: string | undefined): Db {
  return schema === undefined ? db : db.withSchema(schema);
}
