/**
 * Rings of one daemon heard by another, through Redis. A job carries the kind and id of a row and no policy: it may be lost,
 * doubled or late, and Redis emptied or gone, because each worker also looks by itself. Loaded only where there is a Redis.
 */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Log } from '../observability/log.ts';
import type { Wake } from './wake.ts';

const QUEUE = 'wake';
/** Keys are `receptionist:wake:…`. */
const PREFIX = 'receptionist';
const SWEEP_EVERY_MS = 1_000;
/** Who has heard nothing for so long looks by themselves each second, and orders the sweep anew. */
const SILENCE_MS = 3_000;
/** While Redis hangs, more rings would only fill memory. */
const MOST_UNANSWERED = 100;
const COMPLAIN_EVERY_MS = 60_000;
const CLOSE_MS = 1_000;

export interface RedisWake extends Wake {
  /** `ring`: something waits, or a second has passed. */
  listen(ring: () => void): void;
  /** Whether Redis rings us. */
  isRinging(): boolean;
  close(): Promise<void>;
}

export function connectRedisWake({ url, log }: { url: string; log: Log }): RedisWake {
  // BullMQ's condition for whoever waits for jobs: a command outlives a lost connection.
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue(QUEUE, {
    connection,
    prefix: PREFIX,
    // Nobody reads what BullMQ writes down about jobs.
    streams: { events: { maxLen: 100 } },
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
  });
  let worker: Worker | null = null;
  let watch: NodeJS.Timeout | undefined;
  let heardAt = Number.NEGATIVE_INFINITY;
  let complainedAt = Number.NEGATIVE_INFINITY;
  let unanswered = 0;
  let closed = false;

  connection.on('error', complain);
  queue.on('error', complain);

  /** Nobody waits for Redis: not a turn, not the engine. */
  function attempt(command: () => Promise<unknown>): void {
    if (connection.status !== 'ready' || unanswered >= MOST_UNANSWERED) {
      complain(`its connection is ${connection.status}, and ${unanswered} rings are not answered`);
      return;
    }
    unanswered++;
    command()
      .catch(complain)
      .finally(() => {
        unanswered--;
      });
  }

  function complain(error: unknown): void {
    if (closed || performance.now() - complainedAt < COMPLAIN_EVERY_MS) return;
    complainedAt = performance.now();
    log.warn(
      { error },
      'Redis does not take rings: nothing is lost, and what other daemons write down is found up to a second later. Check REDIS_URL and the server',
    );
  }

  const isRinging = () => performance.now() - heardAt < SILENCE_MS;

  /** One for all daemons; it is gone when Redis was emptied. */
  function orderSweep(): void {
    if (!isRinging())
      attempt(() => queue.upsertJobScheduler('sweep', { every: SWEEP_EVERY_MS }, { name: 'sweep' }));
  }

  return {
    ring(kind, id) {
      attempt(() => queue.add(kind, { kind, id }));
    },
    listen(ring) {
      const hear = async () => {
        heardAt = performance.now();
        ring();
      };
      worker = new Worker(QUEUE, hear, { connection, prefix: PREFIX });
      worker.on('error', complain);
      watch = setInterval(orderSweep, SWEEP_EVERY_MS);
    },
    isRinging,
    async close() {
      closed = true;
      clearInterval(watch);
      await Promise.race([worker?.close(), new Promise((resolve) => setTimeout(resolve, CLOSE_MS))]);
      connection.disconnect();
    },
  };
}
