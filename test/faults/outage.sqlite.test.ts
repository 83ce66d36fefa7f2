/** The disk of the SQLite file is full in the middle of calls. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { makeDatabase } from '../harness/database.ts';
import type { Running } from '../harness/premises.ts';
import { brokenPromises, playOutage } from './outage.ts';

/**
 * In place of a full disk, which nobody may have without rights: its files may not grow. The system announces the limit with a
 * signal that ends a process which does not know it.
 */
const KNOWS_THE_SIGNAL = "--import=data:text/javascript,process.on('SIGXFSZ',()=>{})";

test('its files cannot grow, and can again later: nothing is lost, and nobody has to do anything', async () => {
  const database = await makeDatabase();
  const outcome = await playOutage({
    databaseUrl: database.url,
    settings: { NODE_OPTIONS: KNOWS_THE_SIGNAL },
    breakIt: (daemon) => limitFiles(daemon, '1:'),
    mendIt: (daemon) => limitFiles(daemon, 'unlimited:'),
  });
  await database.remove();
  expect(brokenPromises(outcome)).toEqual([]);
  expect(outcome.ready.database).toMatch(/disk/);
});

/** `bytes` as prlimit has them: the soft limit, which may be raised again, before the colon. */
async function limitFiles({ pid }: Running, bytes: string): Promise<void> {
  await promisify(execFile)('prlimit', [`--pid=${pid}`, `--fsize=${bytes}`]);
}
