/** A process of its own that runs the backfill of backfill-rounds.ts, to be killed at it. Says so with each batch. */
import { openBackfills } from '@receptionist/store/test-backfills';
import { DOUBLES } from './backfill-rounds.ts';

const backfills = await openBackfills(process.argv[2] ?? '');
await backfills.run(DOUBLES, { throttle: false, onProgress: () => process.send?.('batch') });
await backfills.close();
process.disconnect();
