import type { FlagSnapshot } from '@receptionist/core';

/**
 * What daemons share of flags besides the database: what was read of it, and the word that something changed. It may be slow,
 * forget and lie; nothing is believed that the database has not confirmed. Never throws.
 */
export interface FlagCache {
  /** Null also where it does not answer in time. */
  get(tenant_id: string): Promise<FlagSnapshot | null>;
  /** Nobody waits for it. */
  keep(snapshot: FlagSnapshot): void;
  /** Has the other daemons look at once. Nobody waits for it. */
  ring(): void;
  /** `ring`: another daemon changed something. */
  listen(ring: () => void): void;
  close(): void;
}
