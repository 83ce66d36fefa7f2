import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aTenant, at, FIRST_PAGE, seedTenant } from './conformance/seeds.ts';
import { openDialect, openStore } from './open.ts';
import type { Store, StoreLog } from './store.ts';
import { makeTestDatabase, type TestDatabase } from './test-databases.ts';
import { type Gate, startGate } from './test-gate.ts';

/** In which a caller must have heard something. */
const SOON_MS = 4_000;

let database: TestDatabase;
beforeEach(async () => {
  database = await makeTestDatabase('postgres');
});
afterEach(() => database.remove());

/** Milliseconds that it took to fail, and what the Problem said. */
async function failing(work: Promise<unknown>): Promise<{ code: string; message: string; ms: number }> {
  const began = performance.now();
  const error = await work.then(
    () => ({ code: 'it did not fail', message: '' }),
    (reason) => reason,
  );
  return { code: error.code, message: error.message, ms: performance.now() - began };
}

describe('a network that fails', () => {
  let gate: Gate;
  let store: Store;
  let warnings: string[];
  beforeEach(async () => {
    gate = await startGate(database.url);
    warnings = [];
    const log: StoreLog = { info: () => {}, warn: (_, message) => void warnings.push(message) };
    store = await openStore({ url: gate.url, poolSize: 2, applicationName: 'receptionistd/d1', log });
    await seedTenant(store);
  });
  afterEach(async () => {
    await gate.close();
    await store.close();
  });

  const rename = (name: string) => store.transact((tx) => tx.replaceTenant(aTenant({ name }), at(1)));

  it('is said at once when connections break, and needs nobody when they come again', async () => {
    gate.shut();
    for (const work of [() => store.read.getTenant('t1'), () => rename('lost'), () => store.now()]) {
      const { code, message, ms } = await failing(work());
      expect([code, message]).toEqual(['unavailable', expect.stringContaining('goes on by itself')]);
      expect(message).toContain('postgres://127.0.0.1:');
      expect(ms).toBeLessThan(SOON_MS);
    }
    gate.open();
    await rename('found');
    expect(await store.read.getTenant('t1')).toMatchObject({ name: 'found' });
  });

  it('is noticed soon when nothing is heard any more, in a query and at the next connection', async () => {
    gate.silence();
    for (const work of [() => rename('lost'), () => store.read.getTenant('t1')]) {
      const { code, message, ms } = await failing(work());
      expect([code, message]).toEqual(['unavailable', expect.stringContaining('does not answer')]);
      expect(ms).toBeLessThan(SOON_MS);
    }
    gate.open();
    expect(await store.read.getTenant('t1')).toEqual(aTenant());
  });

  it('does not end the process when it breaks a transaction between two queries', async () => {
    const { code } = await failing(
      store.transact(async (tx) => {
        await tx.replaceTenant(aTenant({ name: 'lost' }), at(1));
        gate.shut();
        // By then the connection knows.
        await new Promise((resolve) => setImmediate(resolve));
        gate.open();
        await tx.getTenant('t1');
      }),
    );
    expect(code).toBe('unavailable');
    expect(await store.read.getTenant('t1')).toEqual(aTenant());
  });

  it('is logged where nobody was waiting', async () => {
    gate.shut();
    await expect.poll(() => warnings).toEqual([expect.stringContaining('connection to the database broke')]);
  });
});

describe('others who are busy', () => {
  it('have a transaction undone, which is then done again', async () => {
    const [one, two] = [await openStore({ url: database.url }), await openStore({ url: database.url })];
    await seedTenant(one);
    await seedTenant(one, { tenant_id: 't2', numbers: [] });
    const met = Promise.withResolvers<void>();
    let waiting = 0;
    /** Each holds its first tenant before it wants the other's. */
    const change = (store: Store, first: string, second: string) =>
      store.transact(async (tx) => {
        await tx.holdCallSlot(first);
        waiting++;
        if (waiting === 2) met.resolve();
        await met.promise;
        await tx.holdCallSlot(second);
      });
    await Promise.all([change(one, 't1', 't2'), change(two, 't2', 't1')]);
    expect(waiting).toBe(3);
    await one.close();
    await two.close();
  });

  it('keep a row no longer than a caller would wait, and it is said', async () => {
    const [one, two] = [await openStore({ url: database.url }), await openStore({ url: database.url })];
    await seedTenant(one);
    const held = Promise.withResolvers<void>();
    const gaveUp = Promise.withResolvers<void>();
    const holding = one.transact(async (tx) => {
      await tx.putOnPlan('t1', 'core', at(1));
      held.resolve();
      await gaveUp.promise;
    });
    await held.promise;
    const { code, message, ms } = await failing(two.transact((tx) => tx.getTenant('t1')));
    expect([code, message]).toEqual(['unavailable', expect.stringContaining('took too long')]);
    expect(ms).toBeLessThan(SOON_MS);
    gaveUp.resolve();
    await holding;
    await one.close();
    await two.close();
  });

  it('have all connections of ours, and it is said', async () => {
    const store = await openStore({ url: database.url, poolSize: 1 });
    const held = Promise.withResolvers<void>();
    const gaveUp = Promise.withResolvers<void>();
    const holding = store.transact(() => {
      held.resolve();
      return gaveUp.promise;
    });
    await held.promise;
    const { code, message } = await failing(store.read.getTenant('t1'));
    expect([code, message]).toEqual(['unavailable', expect.stringContaining('DATABASE_POOL_SIZE')]);
    gaveUp.resolve();
    await holding;
    await store.close();
  });
});

describe('an address', () => {
  it.each<[string, (url: URL) => void, string]>([
    ['a user who is not known', (url) => Object.assign(url, { username: 'stranger' }), 'refused'],
    ['another database', (url) => Object.assign(url, { pathname: '/nowhere' }), 'is not there'],
    ['nobody at the port', (url) => Object.assign(url, { port: '1' }), 'takes no connections'],
    ['a host that is not known', (url) => Object.assign(url, { hostname: 'nowhere.invalid' }), 'host name'],
    ['encryption that is not offered', (url) => url.searchParams.set('sslmode', 'require'), 'sslmode'],
  ])('with %s is explained without its password', async (_, change, said) => {
    const url = new URL(database.url);
    change(url);
    const store = await openStore({ url: url.href });
    const { code, message } = await failing(store.migrations.status());
    await store.close();
    expect([code, message]).toEqual(['unavailable', expect.stringContaining(said)]);
    expect(message).not.toContain(`:${url.password}@`);
  });
});

it('migrates by the way that was given for it', async () => {
  const empty = await makeTestDatabase('postgres', { empty: true });
  const nobodyThere = new URL(empty.url);
  nobodyThere.port = '1';
  const astray = await openStore({ url: empty.url, directUrl: nobodyThere.href });
  await expect(astray.migrations.up()).rejects.toMatchObject({ code: 'unavailable' });
  await astray.close();
  const direct = await openStore({ url: empty.url, directUrl: empty.url });
  expect((await direct.migrations.up()).done).toContain('0001_first_call');
  await direct.close();
  await empty.remove();
});

it('says that the schema is missing', async () => {
  const empty = await makeTestDatabase('postgres', { empty: true });
  const store = await openStore({ url: empty.url });
  await expect(store.read.listTenants(FIRST_PAGE)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('receptionistd migrate up'),
  });
  await store.close();
  await empty.remove();
});

it('gives instants, JSON and counts as SQLite does, wherever the server is', async () => {
  const { pathname } = new URL(database.url);
  const dialect = await openDialect(database);
  await sql`alter database ${sql.id(pathname.slice(1))} set timezone = 'Asia/Kolkata'`.execute(
    dialect.writer,
  );
  await dialect.close();
  const abroad = await openDialect(database);
  const { rows } =
    await sql`select timestamptz '2026-11-24T18:00:00.123456Z' as at, jsonb '{"a": [1]}' as json,
    count(*) as counted, 12.50::numeric as share, true as yes`.execute(abroad.reader);
  expect(rows).toEqual([
    { at: '2026-11-24T18:00:00.123Z', json: '{"a": [1]}', counted: 1, share: 12.5, yes: true },
  ]);
  expect(await abroad.now()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  await abroad.close();
});

it('leaves nothing in the session, so that a pooler may hand it to somebody else', async () => {
  const dialect = await openDialect({ url: database.url, poolSize: 1 });
  const settings = () =>
    sql<{ name: string }>`select name from pg_settings where source = 'session'
      and name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')`;
  const inside = await dialect.writer.transaction().execute((trx) => settings().execute(trx));
  expect(inside.rows).toHaveLength(3);
  expect((await settings().execute(dialect.reader)).rows).toEqual([]);
  const { rows } = await sql`select name from pg_prepared_statements`.execute(dialect.reader);
  expect(rows).toEqual([]);
  await dialect.close();
});
