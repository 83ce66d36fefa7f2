import path from 'node:path';
import type { Daemon } from './daemon.ts';

/** Settings of a daemon whose memory is to be asked for. */
export const WITH_MEMORY_PROBE = {
  NODE_OPTIONS: `--import ${path.join(import.meta.dirname, 'memory-probe.ts')}`,
};

/** In MB (2^20 bytes). */
export interface Memory {
  /** What the system counts. V8 gives back little of what it once took, so this follows the largest burst. */
  rss: number;
  /** What is still in use once the garbage is collected: a leak shows here. */
  live: number;
}

export async function memoryOf({ pid, log }: Daemon): Promise<Memory> {
  const read = log.length;
  process.kill(pid, 'SIGUSR2');
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const line = log.slice(read).find((text) => text.startsWith('{"memory":'));
    if (!line) continue;
    const { rss, live } = JSON.parse(line).memory;
    return { rss: rss / 2 ** 20, live: live / 2 ** 20 };
  }
}
