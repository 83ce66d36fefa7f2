/** The daemon's life: open, migrate, listen, work, and stop without losing what was begun. */
import { randomBytes } from 'node:crypto';
import { Problem } from '@receptionist/core';
import { openStore, type Store } from '@receptionist/store';
import { type Config, storeSettings, warningsOf } from './config.ts';
import { createDaemonRegister, nameConnections } from './daemon-register.ts';
import type { EscalationEngine } from './escalation/engine.ts';
import type { RedisWake } from './escalation/redis-wake.ts';
import type { FlagCache } from './flags/cache.ts';
import type { FlagReader } from './flags/reader.ts';
import { closeServer, listen, portOf } from './http/server.ts';
import type { Log } from './observability/log.ts';
import { type Role, wire } from './wire.ts';

export interface Receptionist {
  /** Where it listens. */
  url: string;
  /** Null in the role `web`. */
  engine: EscalationEngine | null;
  flags: FlagReader;
  store: Store;
  /** Takes nothing new, finishes the turns and the engine's cycle, and closes. */
  stop(): Promise<void>;
}

const MACHINE_CLOCK = { now: () => new Date(), elapsed: () => performance.now() };

/** @throws Problem or ListenError where it cannot start, in words for the operator */
export async function startReceptionist({
  config,
  log,
  role = 'all',
  now,
}: {
  config: Config;
  log: Log;
  role?: Role;
  /** In place of the clocks of the database and of this machine. */
  now?: () => Date;
}): Promise<Receptionist> {
  for (const warning of warningsOf(config)) log.warn(warning);
  const instance_id = randomBytes(6).toString('hex');
  const store = await openStore({
    ...{ ...storeSettings(config), applicationName: nameConnections(instance_id), log },
    ...(now ? { now } : {}),
  });
  const redisWake = config.REDIS_URL ? await connectRedis(config.REDIS_URL, log) : null;
  const cacheUrl = config.REDIS_CACHE_URL ?? config.REDIS_URL;
  const flagCache = cacheUrl ? await connectFlagCache(cacheUrl, log) : null;
  const register = createDaemonRegister({ store, instance_id, role, log });
  const close = async () => {
    await register.stop();
    await redisWake?.close();
    flagCache?.close();
    await store.close();
  };
  try {
    await migrate(store);
    await register.start();
    const clock = now ? { now, elapsed: () => now().getTime() } : MACHINE_CLOCK;
    return await serve({ config, log, role, store, redisWake, flagCache, close, ...clock });
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Everything on an empty database. On another SQLite file what the version before can live with; on another Postgres nothing:
 * daemons share it, and when its tables may be locked is for people to choose. `/ready` says what is pending.
 */
async function migrate(store: Store): Promise<void> {
  const migrations = await store.migrations.status();
  const isEmpty = migrations.every(({ state }) => state === 'pending');
  if (!isEmpty && store.dialect === 'postgres') return;
  const { failed } = await store.migrations.up();
  if (!failed) return;
  const left = failed.state === 'dirty' ? 'half of it is done' : 'the database is as it was before it';
  throw new Problem('internal', `The migration ${failed.id} failed, and ${left}: ${failed.message}`);
}

async function serve({
  config,
  log,
  role,
  store,
  redisWake,
  flagCache,
  close,
  now,
  elapsed,
}: {
  config: Config;
  log: Log;
  role: Role;
  store: Store;
  redisWake: RedisWake | null;
  flagCache: FlagCache | null;
  /** What was opened before. */
  close: () => Promise<void>;
  now: () => Date;
  elapsed: () => number;
}): Promise<Receptionist> {
  const server = await listen({ host: config.HOST, port: config.PORT });
  // From here to the handler nothing waits, so that no request comes in between.
  const port = portOf(server);
  const url = `http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${port}`;
  const publicUrl = config.PUBLIC_URL ?? url;
  const parts = { config, role, store, redisWake, flagCache, publicUrl, now, elapsed, log };
  const { app, flags, engine, entryStream } = wire(parts);
  server.on('request', app);
  flags.start();
  engine?.start();
  log.info({ host: config.HOST, port, public_url: publicUrl, role, app_env: config.APP_ENV }, 'listening');
  return {
    url,
    engine,
    flags,
    store,
    async stop() {
      entryStream.close();
      await closeServer(server);
      await engine?.stop();
      await flags.stop();
      await close();
    },
  };
}

/** Loaded only where there is one, as the next: 40 MB that a daemon by itself does not need. */
async function connectRedis(url: string, log: Log): Promise<RedisWake> {
  const { connectRedisWake } = await import('./escalation/redis-wake.ts');
  return connectRedisWake({ url, log });
}

async function connectFlagCache(url: string, log: Log): Promise<FlagCache> {
  const { connectRedisFlagCache } = await import('./flags/redis-cache.ts');
  return connectRedisFlagCache({ url, log });
}
