import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../open.ts';
import type { MigrationRun, Store } from '../store.ts';
import type { TestDatabase } from '../test-databases.ts';
import type { Task } from './processes-child.ts';
import { anEvent, aTenant, at, FIRST_PAGE, seedTenant } from './seeds.ts';

const CHILD = fileURLToPath(new URL('./processes-child.ts', import.meta.url));

const MIGRATORS = 20;

/** What several processes do to one database, and what is left of one that is killed. */
export function processesConform(makeEmptyDatabase: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await makeEmptyDatabase();
    store = await openStore(database);
  });
  afterEach(async () => {
    await store.close();
    await database.remove();
  });

  it('runs each migration once, however many processes start at the same time', async () => {
    const runs = (await inProcesses(MIGRATORS, 'migrate')) as MigrationRun[];
    const migrations = await store.migrations.status();
    expect(runs.flatMap((run) => run.done).sort()).toEqual(migrations.map(({ id }) => id));
    expect(migrations.filter(({ state }) => state !== 'applied')).toEqual([]);
    expect(runs.map(({ failed, waiting }) => ({ failed, waiting }))).toEqual(
      Array(MIGRATORS).fill({ failed: null, waiting: [] }),
    );
  }, 120_000);

  it('files each event once when two processes file at the same time', async () => {
    await store.migrations.up();
    await seedTenant(store);
    const emitted = await store.transact((tx) =>
      Promise.all(Array.from({ length: 20 }, () => tx.emitEscalate(anEvent()))),
    );
    const filed = (await inProcesses(2, 'fileAll')) as string[][];
    expect(filed.flat().sort()).toEqual(emitted.map(({ event_id }) => event_id).sort());
    expect((await store.read.listEntries({ status: [] }, FIRST_PAGE)).items).toHaveLength(20);
  });

  it('keeps what was committed when the process is killed at once, and nothing of what was not', async () => {
    await store.migrations.up();
    await inProcesses(1, 'dieBeforeCommit');
    expect(await store.read.getTenant('t1')).toBeNull();
    await inProcesses(1, 'dieAfterCommit');
    expect(await store.read.getTenant('t1')).toEqual(aTenant());
    await store.transact((tx) => tx.putOnPlan('t1', 'core', at(1)));
  });

  /** Give that many processes the same task at the same moment; what each answered, or undefined where it was killed. */
  async function inProcesses(count: number, task: Task): Promise<unknown[]> {
    const children = Array.from({ length: count }, () => fork(CHILD, [database.url, task]));
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
}
