/** Backfills of a table of one's own, for tests and benches that need no migration files. */
import { type Backfills, createBackfills } from './migrations/backfill.ts';
import { openDialect } from './open.ts';

export type { BackfillFile } from './migrations/backfill.ts';

export async function openBackfills(url: string): Promise<Backfills & { close(): Promise<void> }> {
  const dialect = await openDialect({ url });
  return { ...createBackfills({ dialect, now: dialect.now }), close: dialect.close };
}
