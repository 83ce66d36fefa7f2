import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anEvent, aTenant, at, FIRST_PAGE, seedTenant } from './conformance/seeds.ts';
import { openStore } from './open.ts';
import type { Task } from './processes-child.ts';
import type { MigrationRun, Store } from './store.ts';

const CHILD = fileURLToPath(new URL('./processes-child.ts', import.meta.url));

let folder: string;
let url: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'processes-'));
  url = `sqlite:${folder}/test.db`;
});
afterEach(() => rm(folder, { recursive: true }));

it('runs each migration once, however many processes start at the same time', async () => {
  const runs = (await inProcesses(4, 'migrate')) as MigrationRun[];
  expect(runs.flatMap((run) => run.done)).toEqual(['0001_first_call']);
  expect(runs.map((run) => run.failed)).toEqual([null, null, null, null]);
});

it('files each event once when two processes file at the same time', async () => {
  const store = await openMigrated();
  await seedTenant(store);
  const emitted = await store.transact((tx) =>
    Promise.all(Array.from({ length: 20 }, () => tx.emitEscalate(anEvent()))),
  );
  const filed = (await inProcesses(2, 'fileAll')) as string[][];
  expect(filed.flat().sort()).toEqual(emitted.map(({ event_id }) => event_id).sort());
  expect((await store.read.listEntries({ status: [] }, FIRST_PAGE)).items).toHaveLength(20);
  await store.close();
});

it('keeps what was committed when the process is killed at once, and nothing of what was not', async () => {
  const store = await openMigrated();
  await inProcesses(1, 'dieBeforeCommit');
  expect(await store.read.getTenant('t1')).toBeNull();
  await inProcesses(1, 'dieAfterCommit');
  expect(await store.read.getTenant('t1')).toEqual(aTenant());
  await store.transact((tx) => tx.putOnPlan('t1', 'core', at(1)));
  await store.close();
});

async function openMigrated(): Promise<Store> {
  const store = await openStore({ url });
  await store.migrations.up();
  return store;
}

/** Give that many processes the same task at the same moment; what each answered, or undefined where it was killed. */
async function inProcesses(count: number, task: Task): Promise<unknown[]> {
  const children = Array.from({ length: count }, () => fork(CHILD, [url, task]));
  await Promise.all(children.map((child) => once(child, 'message')));
  const results = children.map(async (child) => {
    let answered: unknown;
    child.once('message', (message: { result: unknown }) => {
      answered = message.result;
    });
    const [code, signal] = await once(child, 'exit');
    expect([code, signal]).toEqual(answered === undefined ? [null, 'SIGKILL'] : [0, null]);
    return answered;
  });
  for (const child of children) child.send('go');
  return Promise.all(results);
}
