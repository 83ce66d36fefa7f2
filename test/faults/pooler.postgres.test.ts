/** PgBouncer stands between us and Postgres, in transaction mode and with few connections: all goes on as without it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { ROUTES } from '@receptionist/admin-api';
import { type MigrationTools, openMigrationTools } from '@receptionist/store/migrate';
import { openBackfills } from '@receptionist/store/test-backfills';
import { makeTestDatabase, type TestDatabase } from '@receptionist/store/test-databases';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../../scripts/optional-tools.ts';
import { type PgBouncer, startPgBouncer } from '../harness/pgbouncer.ts';
import { startPostgres } from '../harness/postgres-server.ts';
import { openPremises } from '../harness/premises.ts';
import { until } from '../harness/real-time.ts';
import { execute, query } from '../harness/sql.ts';
import { northside } from '../harness/tenants.ts';
import { DOUBLES, makeSingles, playBackfillRounds } from './backfill-rounds.ts';
import { playMigrationRounds } from './migration-rounds.ts';
import { brokenPromises, playOutage } from './outage.ts';

const MIGRATORS = 12;
/** Who migrates holds two, and has a look through another. */
const POOL_SIZE = 3;
const BEFORE_DUE_AT = '0009_report';
const BUILDS_INDEXES = '0011_due_at_index';
const LAST_BUT_CONTRACT = '0013_due_at_read';
const CONTRACT = '0014_due_at_only';

describe('behind a pooler', needs('pgbouncer'), () => {
  let pooler: PgBouncer;
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    pooler = await startPgBouncer({ databaseUrl: process.env.TEST_DATABASE_URL ?? '', poolSize: POOL_SIZE });
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => pooler?.remove());

  async function makeDatabase(options?: { empty: boolean }): Promise<TestDatabase & { directUrl: string }> {
    const { url, remove } = await makeTestDatabase('postgres', options);
    return { url: pooler.through(url), directUrl: url, remove };
  }

  async function openDatabase(options?: { empty: boolean }) {
    const database = await makeDatabase(options);
    closing.push(database.remove);
    return database;
  }

  async function openTools(url: string, directUrl?: string): Promise<MigrationTools> {
    const tools = await openMigrationTools({ url, directUrl });
    closing.push(tools.close);
    return tools;
  }

  async function connectAs(application_name: string, connectionString: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString, application_name });
    await client.connect();
    closing.push(() => client.end());
    return client;
  }

  /** Others take turns on all of its connections, until the answer is called. */
  async function keepBusy(url: string): Promise<() => Promise<void>> {
    const others = Array.from({ length: POOL_SIZE }, (_, i) => connectAs(`other ${i}`, url));
    let isOver = false;
    const busy = (await Promise.all(others)).map(async (other) => {
      while (!isOver) await other.query('select pg_sleep(0.002)');
    });
    return async () => {
      isOver = true;
      await Promise.all(busy);
    };
  }

  test(`${MIGRATORS} migrators start at once: each migration is applied once, and all end well`, async () => {
    const { url } = await openDatabase({ empty: true });
    const migrators = await Promise.all(Array.from({ length: MIGRATORS }, () => openTools(url)));
    const runs = await Promise.all(migrators.map((migrator) => migrator.up({})));
    const [migrator] = migrators;
    expect(runs.map(({ failed }) => failed)).toEqual(runs.map(() => null));
    expect(runs.flatMap(({ done }) => done).sort()).toEqual((await migrator?.status())?.map(({ id }) => id));
    expect((await migrator?.drift())?.differences).toEqual([]);
  });

  test('a migrator is killed at any step: the next one is let in, and finishes', async () => {
    const { wrong, kills } = await playMigrationRounds({
      rounds: 5,
      seed: 23,
      makeDatabase: () => makeDatabase({ empty: true }),
    });
    expect({ wrong, isKilled: kills > 0 }).toEqual({ wrong: 0, isKilled: true });
  });

  test('who migrates is named, and keeps nobody waiting once it was killed', async () => {
    const { url, directUrl } = await openDatabase({ empty: true });
    const tools = await openTools(url);
    await tools.up({ to: BEFORE_DUE_AT });
    const inTheWay = await connectAs('night shift', directUrl);
    await inTheWay.query('begin; lock table human_fallback');
    const child = fork(path.join(import.meta.dirname, 'migration-child.ts'), [url]);
    const ended = once(child, 'exit');
    await once(child, 'message');
    await expect(tools.up({ wait_ms: 0 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/receptionistd migrate \(pid \d+, user \w+\), since 20/),
    });
    child.kill('SIGKILL');
    await ended;
    await inTheWay.query('rollback');
    expect((await tools.up({ wait_ms: 1_000 })).failed).toBeNull();
  });

  test('what runs in no transaction leaves no setting to others who are given its connection', async () => {
    const { url } = await openDatabase({ empty: true });
    const calm = await keepBusy(url);
    const tools = await openTools(url);
    expect((await tools.up({})).failed).toBeNull();
    await calm();
    const kept = `select pg_sleep(0.2), (select string_agg(name, ', ') from pg_settings
      where source = 'session' and (name like '%timeout' or name = 'search_path')) as kept`;
    const asked = await Promise.all(Array.from({ length: POOL_SIZE }, () => query(url, kept)));
    expect(asked.flat().map((row) => row.kept)).toEqual([null, null, null]);
  });

  test('an index is not built under limits that would end it, but past the pooler', async () => {
    const { url, directUrl } = await openDatabase({ empty: true });
    const name = new URL(directUrl).pathname.slice(1);
    await execute(directUrl, `alter database ${name} set statement_timeout = '3s'`);
    const pooled = await openTools(url);
    expect((await pooled.up({})).failed).toEqual({
      id: BUILDS_INDEXES,
      message: expect.stringMatching(/statement_timeout = 0 .* it is 3s.*DATABASE_DIRECT_URL/),
      state: 'dirty',
    });
    const direct = await openTools(url, directUrl);
    expect(await direct.up({})).toMatchObject({ failed: null, not_run: [], waiting: [] });
  });

  test('whom it does not let through is told what it said', async () => {
    const { url } = await openDatabase({ empty: true });
    const address = new URL(url);
    address.password = 'another';
    const tools = await openTools(address.href);
    await expect(tools.status()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/behind a pooler.* DATABASE_URL.* It said: (?!.*another)/),
    });
  });

  test('a backfill is killed again and again: each row is done once', async () => {
    const { rows, ...outcome } = await playBackfillRounds({
      rounds: 4,
      seed: 3,
      database: await makeDatabase(),
    });
    expect(outcome).toEqual({ kills: 4, right: rows, state: 'verified' });
  });

  test('a backfill is paused from somewhere else, and resumed', async () => {
    const { url } = await openDatabase();
    await makeSingles(url, 2_000);
    const [runner, other] = [await openBackfills(url), await openBackfills(url)];
    closing.push(runner.close, other.close);
    const batches: number[] = [];
    const onProgress = ({ done_rows }: { done_rows: number }) => {
      if (batches.push(done_rows) === 1) void other.pause(DOUBLES.id);
    };
    expect(await runner.run(DOUBLES, { onProgress })).toBe('paused');
    const paused = (await other.status()).find(({ id }) => id === DOUBLES.id);
    expect(paused).toMatchObject({ state: 'paused', done_rows: batches.at(-1) });
    await other.unpause(DOUBLES.id);
    expect(await runner.run(DOUBLES, { throttle: false })).toBe('verified');
    expect(await query(url, 'select from singles where times <> 1')).toEqual([]);
  });

  test('a contract sees the daemons that came through it, registered or not', async () => {
    const database = await openDatabase({ empty: true });
    const { url } = database;
    const tools = await openTools(url);
    await tools.up({ to: BEFORE_DUE_AT });
    await tools.up({ to: LAST_BUT_CONTRACT });
    const premises = await openPremises();
    closing.push(premises.close);
    await premises.start({ DATABASE_URL: url });
    const gates = async () => {
      const { gates } = await tools.gates(CONTRACT);
      return Object.fromEntries(gates.map(({ name, found }) => [name, found]));
    };
    await until('the daemon is registered', 5_000, async () => (await tools.daemons()).length === 1);
    expect(await gates()).toMatchObject({
      daemons: expect.stringMatching(/^1 running/),
      connections: 'none',
    });
    const old = await connectAs('receptionistd', url);
    await old.query('begin');
    expect(await gates()).toMatchObject({
      connections: expect.stringMatching(/^1 as receptionistd since 20/),
    });
  });

  test('Postgres is stopped behind it, and started again later: nothing is lost, and nobody has to do anything', async () => {
    const server = await startPostgres();
    closing.push(server.remove);
    const before = await startPgBouncer({ databaseUrl: server.url, poolSize: POOL_SIZE });
    closing.push(before.remove);
    const outcome = await playOutage({
      databaseUrl: before.through(server.url),
      breakIt: () => server.stop(),
      mendIt: () => server.start(),
    });
    expect(brokenPromises(outcome)).toEqual([]);
  });

  test('a call to its end, its entry told and resolved, a flag and a migrated schema', async () => {
    const { url } = await openDatabase({ empty: true });
    const premises = await openPremises();
    closing.push(premises.close);
    const daemon = await premises.start({ DATABASE_URL: url });
    const { admin } = daemon;
    const params = { tenant_id: 't1' };
    await admin.call(ROUTES.createTenant, { body: northside() });
    await admin.call(ROUTES.putPlan, { params, body: { plan: 'core' } });
    await admin.call(ROUTES.putFlag, { params: { ...params, flag: 'allow_rag' }, body: { enabled: true } });

    const calls = await Promise.all(Array.from({ length: 2 * POOL_SIZE }, () => daemon.ring()));
    await Promise.all(calls.map((call) => call.say('When are you open?')));
    const [first] = calls;
    await first?.say('I need to talk to a person');
    for (const call of calls) await call.hangUp();
    expect(calls.flatMap(({ problems }) => problems)).toEqual([]);

    await until('it is told', 15_000, () => premises.slack.posts.length === 1);
    const { items } = await admin.all(ROUTES.listEntries, {});
    expect(items).toMatchObject([{ reason: 'caller_asked_for_human', status: 'open' }]);
    const entry_id = items[0]?.entry_id ?? '';
    await admin.call(ROUTES.resolveEntry, { params: { entry_id }, body: { notes: 'called back' } });
    const { flags } = await admin.call(ROUTES.listFlags, { params });
    expect(flags).toContainEqual(expect.objectContaining({ flag: 'allow_rag', enabled: true }));
    expect(await (await fetch(`${daemon.url}/ready`)).json()).toMatchObject({ status: 'ready' });
    expect(await daemon.stop()).toBe(0);
    expect(daemon.log.filter((line) => /"level":(50|"error")/.test(line))).toEqual([]);
  });
});
