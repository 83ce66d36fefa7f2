/** A process of its own for processes.ts: opens the store, says `ready`, and does one thing at the word `go`. */

import { openStore } from '../open.ts';
import type { Store } from '../store.ts';
import { aTenant, at, WAYS } from './seeds.ts';

const tasks = {
  migrate: (store: Store) => store.migrations.up(),

  /** File whatever nobody has filed yet, one event a transaction. */
  async fileAll(store: Store): Promise<string[]> {
    const filed: string[] = [];
    for (;;) {
      const event_id = await store.transact(async (tx) => {
        const [event] = await tx.claimEvents(1);
        if (event) await tx.fileEntry(event, WAYS, at(1));
        return event?.event_id;
      });
      if (!event_id) return filed;
      filed.push(event_id);
    }
  },

  async dieAfterCommit(store: Store): Promise<void> {
    await store.transact((tx) => tx.createTenant(aTenant(), at(0)));
    process.kill(process.pid, 'SIGKILL');
  },

  async dieBeforeCommit(store: Store): Promise<void> {
    await store.transact(async (tx) => {
      await tx.createTenant(aTenant(), at(0));
      process.kill(process.pid, 'SIGKILL');
    });
  },
};

export type Task = keyof typeof tasks;

const [url = '', task = ''] = process.argv.slice(2);
const store = await openStore({ url });
process.once('message', async () => {
  const result = await tasks[task as Task](store);
  await store.close();
  process.send?.({ result }, () => process.disconnect());
});
process.send?.('ready');
