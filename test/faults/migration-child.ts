/** A process of its own that migrates the database of migration-rounds.ts, to be killed at it. Says so with each step. */
import { openStore } from '@receptionist/store';

const store = await openStore({ url: process.argv[2] ?? '' });
await store.migrations.up({ onProgress: ({ id, step }) => process.send?.(`${step} ${id}`) });
await store.close();
process.disconnect();
