/**
 * The flag cache in Redis. A key a tenant, `receptionist:flags:<tenant>`, and a channel that carries no more than the word to
 * look. Loaded only where there is a Redis.
 */
import { FLAGS, type FlagSnapshot, PLANS } from '@receptionist/core';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { Log } from '../observability/log.ts';
import { within } from '../within.ts';
import type { FlagCache } from './cache.ts';

const CHANNEL = 'receptionist:flags';
const KEPT_SECONDS = 3_600;
/** A reader has 50 ms, and the database still has to be asked. */
const ANSWER_MS = 20;
/** Who did not answer in time is left alone for so long. */
const REST_MS = 1_000;
/** While Redis hangs, more commands would only fill memory. */
const MOST_UNANSWERED = 100;
const LONGEST_BETWEEN_CONNECTS_MS = 1_000;
const COMPLAIN_EVERY_MS = 60_000;

const flag = z.enum(FLAGS);
const instant = z.iso.datetime();
const snapshotShape = z.object({
  tenant_id: z.string(),
  version: z.int().nonnegative(),
  plan: z.enum(PLANS),
  included: z.array(flag),
  settings: z.array(z.object({ flag, enabled: z.boolean(), updated_at: instant, updated_by: z.string() })),
  rollouts: z.array(
    z.object({ flag, starts_at: instant.nullable(), updated_at: instant, updated_by: z.string() }),
  ),
});

const keyOf = (tenant_id: string) => `receptionist:flags:${tenant_id}`;

export function connectRedisFlagCache({ url, log }: { url: string; log: Log }): FlagCache {
  const retryStrategy = (times: number) => Math.min(50 * times, LONGEST_BETWEEN_CONNECTS_MS);
  // Without the check a Redis that takes seconds for a reply is connected all the same, and measured by each answer.
  const options = { retryStrategy, enableReadyCheck: false };
  const redis = new Redis(url, { ...options, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
  let subscriber: Redis | null = null;
  let unanswered = 0;
  let restsUntil = Number.NEGATIVE_INFINITY;
  let complainedAt = Number.NEGATIVE_INFINITY;
  let closed = false;

  redis.on('error', complain);

  /** Null: Redis is not there, or hangs. */
  function send<T>(command: () => Promise<T>): Promise<T> | null {
    if (redis.status !== 'ready' || unanswered >= MOST_UNANSWERED) return null;
    unanswered++;
    return command().finally(() => {
      unanswered--;
    });
  }

  async function ask(tenant_id: string): Promise<string | null> {
    if (performance.now() < restsUntil) return null;
    const answer = send(() => redis.get(keyOf(tenant_id)));
    try {
      return answer && (await within(ANSWER_MS, answer));
    } catch (error) {
      restsUntil = performance.now() + REST_MS;
      complain(error);
      return null;
    }
  }

  function complain(error: unknown): void {
    if (closed || performance.now() - complainedAt < COMPLAIN_EVERY_MS) return;
    complainedAt = performance.now();
    log.warn(
      { error },
      'Redis does not keep flags: they are read from the database, and a change of another daemon is seen up to a second later. Check REDIS_CACHE_URL (or REDIS_URL) and the server',
    );
  }

  return {
    async get(tenant_id) {
      const kept = await ask(tenant_id);
      return kept === null ? null : snapshotOf(kept, tenant_id);
    },
    keep(snapshot) {
      const { tenant_id } = snapshot;
      send(() => redis.set(keyOf(tenant_id), JSON.stringify(snapshot), 'EX', KEPT_SECONDS))?.catch(complain);
    },
    ring() {
      send(() => redis.publish(CHANNEL, 'look'))?.catch(complain);
    },
    listen(ring) {
      // ioredis subscribes anew by itself, too, but leaves the promise alone: whoever closes the connection in that moment
      // would have an unhandled rejection.
      const own = new Redis(url, { ...options, maxRetriesPerRequest: null, autoResubscribe: false });
      own.on('error', complain);
      own.on('message', ring);
      own.on('ready', () => own.subscribe(CHANNEL).catch(complain));
      subscriber = own;
    },
    close() {
      closed = true;
      redis.disconnect();
      subscriber?.disconnect();
    },
  };
}

/** Anybody may have written there anything. */
function snapshotOf(json: string, tenant_id: string): FlagSnapshot | null {
  try {
    const read = snapshotShape.safeParse(JSON.parse(json));
    return read.success && read.data.tenant_id === tenant_id ? read.data : null;
  } catch {
    return null;
  }
}
