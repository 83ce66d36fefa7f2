/** Follows what happens to entries for as long as it takes: whatever breaks in between, no event is missed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AdminClient, EntryNews } from '@receptionist/admin-api';
import { Problem } from '@receptionist/core';

const LONGEST_WAIT_S = 10;
/** A daemon ends a stream now and then, so that a fresh token is shown. One that does so at once must not be asked all the time. */
const BETWEEN_STREAMS_MS = 250;

export type Connection =
  | { state: 'connecting' | 'connected'; since: Date }
  | { state: 'lost'; why: string; retryAt: Date };

export interface Follower {
  connection(connection: Connection): void;
  /** From here on everything is told: whatever is known must be listed (anew). `missed`: something happened that is never told. */
  begin(begin: { missed: boolean }): Promise<void>;
  news(news: EntryNews): void;
}

/** Ends when the signal aborts. @throws what the client throws where waiting would not help, or nothing ever came */
export async function followEntries({
  client,
  tenant_id,
  follower,
  signal,
  now = () => new Date(),
  wait = (ms) => sleep(ms, undefined, { signal }).catch(() => {}),
}: {
  client: Pick<AdminClient, 'follow'>;
  tenant_id: string | undefined;
  follower: Follower;
  signal: AbortSignal;
  now?: () => Date;
  wait?: (ms: number) => Promise<unknown>;
}): Promise<void> {
  let after: string | null = null;
  let failures = 0;
  let everOpened = false;

  async function oneConnection(): Promise<void> {
    for await (const message of client.follow({ query: { tenant_id }, after, signal })) {
      if (message.kind === 'opened') {
        everOpened = true;
        failures = 0;
        follower.connection({ state: 'connected', since: now() });
        continue;
      }
      if (message.kind === 'entry') follower.news(message.news);
      if (message.kind === 'ready' || message.kind === 'reset')
        await follower.begin({ missed: message.kind === 'reset' });
      // Only now: what broke off before comes again.
      after = message.position;
    }
  }

  follower.connection({ state: 'connecting', since: now() });
  while (!signal.aborted) {
    try {
      await oneConnection();
      await wait(BETWEEN_STREAMS_MS);
    } catch (error) {
      if (!everOpened || !mayPass(error)) throw error;
      const ms = 1_000 * Math.min(2 ** failures, LONGEST_WAIT_S);
      failures++;
      follower.connection({ state: 'lost', why: error.message, retryAt: new Date(now().getTime() + ms) });
      await wait(ms);
    }
  }
}

/** A daemon that is started again, or has too much to do. */
function mayPass(error: unknown): error is Error {
  if (error instanceof Problem) return ['unavailable', 'internal', 'rate_limited'].includes(error.code);
  return error instanceof Error && error.name === 'Unreachable';
}
