import type { Store } from '@receptionist/store';
import { channelOf } from '../notify/slack.ts';

const PAGE = 500;

/** Every channel that an alert could go to: that of the settings and those of tenants. */
export async function slackChannels(store: Store, ofSettings: string): Promise<string[]> {
  const channels = new Set([ofSettings]);
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Store['read']['listTenants']>> = await store.read
      .listTenants({ limit: PAGE, cursor })
      // A database that is away is told by its own check.
      .catch(() => ({ items: [], next_cursor: null }));
    for (const tenant of page.items) channels.add(channelOf(tenant, ofSettings));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return [...channels];
}
