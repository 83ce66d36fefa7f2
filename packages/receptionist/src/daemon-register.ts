/** Says in the database that this daemon runs and what its code knows, so that no migration takes away what it needs. */
import { hostname } from 'node:os';
import type { Store } from '@receptionist/store';
import type { Log } from './observability/log.ts';
import { version } from './version.ts';

/** Others take it for gone after six of them. */
const BEAT_MS = 10_000;

/** The name of the connections of one daemon, by which those that are not in the register are found. */
export function nameConnections(instance_id: string): string {
  return `receptionistd/${instance_id}`;
}

export interface DaemonRegister {
  /** Resolves when it is in there, or could not be: then it tries again by itself. */
  start(): Promise<void>;
  /** Resolves when it is out. */
  stop(): Promise<void>;
}

export function createDaemonRegister({
  store,
  instance_id,
  role,
  log,
}: {
  store: Pick<Store, 'daemons'>;
  /** As its connections are named. */
  instance_id: string;
  role: string;
  log: Log;
}): DaemonRegister {
  const daemon = { instance_id, role, version, host: hostname(), pid: process.pid };
  let timer: NodeJS.Timeout | undefined;
  let beating = Promise.resolve();
  let registered = true;

  async function beat(): Promise<void> {
    try {
      await store.daemons.beat(daemon);
      registered = true;
    } catch (error) {
      if (registered) log.warn({ error }, 'this daemon could not register; contract migrations wait for it');
      registered = false;
    }
  }

  function beatAgain(): void {
    beating = beating.then(beat);
  }

  return {
    async start() {
      await beat();
      timer = setInterval(beatAgain, BEAT_MS).unref();
    },
    async stop() {
      if (!timer) return;
      clearInterval(timer);
      await beating;
      // Where that fails it is taken for gone a minute later.
      await store.daemons.leave(instance_id).catch(() => {});
    },
  };
}
