/** Tenants in schemas of their own: the same promises as with one schema for all, and what only they have. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conversationsConform } from './conformance/conversations.ts';
import { flagConcurrencyConforms } from './conformance/flag-concurrency.ts';
import { handOffsConform } from './conformance/hand-offs.ts';
import { rolloutFiguresConform } from './conformance/rollout-figures.ts';
import { aTenant, aTurn, at, START, seedCall, seedTenant } from './conformance/seeds.ts';
import { tenantsConform } from './conformance/tenants.ts';
import { textsConform } from './conformance/texts.ts';
import { openStore } from './open.ts';
import type { LiveConversation, Store } from './store.ts';
import type { Tenancy } from './tenant-schemas.ts';
import { makeTestDatabase, queryOn, runOn, type TestDatabase } from './test-databases.ts';

let database: TestDatabase;
let store: Store;
const open = (tenancy: Tenancy = 'schema', url = database.url) =>
  openStore({ url, tenancy, now: () => new Date(START) });
const fresh = () => store;
beforeEach(async () => {
  database = await makeTestDatabase('postgres');
  store = await open();
  await store.migrations.up();
});
afterEach(async () => {
  await store.close();
  await database.remove();
});

describe('with a schema for each tenant', () => {
  describe('tenants, plans and flags', () => tenantsConform(fresh));
  describe('conversations', () => conversationsConform(fresh));
  describe('hand-offs', () => handOffsConform(fresh, open));
  describe('texts', () => textsConform(fresh));
  describe('figures of rollouts', () => rolloutFiguresConform(fresh));
  describe('limits on two daemons at once', () => flagConcurrencyConforms(fresh, open));
});

const BODY = 'Your appointment is on Monday.';

/** One turn, a text of ours and a recording. */
async function seedWords(tenant_id: string, on = store): Promise<LiveConversation> {
  return on.transact(async (tx) => {
    const call = await tx.beginConversation({
      ...{ tenant_id, channel: 'voice', provider_id: `CA-${tenant_id}`, caller: null },
      ...{ simulated: false, flags: [], at: at(0) },
    });
    const { conversation_id } = call;
    await tx.recordTurn(aTurn(call, { heard: { text: `I am of ${tenant_id}`, confidence: null } }));
    const numbers = { recipient: '+14155550123', sender: '+15005550006' };
    await tx.queueText({ tenant_id, conversation_id, ...numbers, body: BODY }, at(0));
    const sound = { url: 'https://api.twilio.example/RE1', duration_s: 3, status: 'completed' } as const;
    await tx.recordRecording({
      recording_id: `RE-${tenant_id}`,
      tenant_id,
      conversation_id,
      ...sound,
      at: at(0),
    });
    return call;
  });
}

async function seedTwoTenants(): Promise<void> {
  await seedTenant(store);
  await seedTenant(store, { tenant_id: 'T-2', numbers: [] });
}

describe('what callers said', () => {
  it('stands in the schema of their tenant, and nowhere else', async () => {
    await seedTwoTenants();
    await seedWords('t1');
    await seedWords('T-2');
    for (const tenant_id of ['t1', 'T-2']) {
      for (const table of ['turns', 'text_bodies', 'recordings']) {
        const rows = await queryOn(database.url, `select tenant_id from "tenant_${tenant_id}".${table}`);
        expect(rows, table).toEqual([{ tenant_id }]);
      }
    }
    for (const table of ['turns', 'incoming_texts', 'recordings'])
      expect(await queryOn(database.url, `select * from ${table}`)).toEqual([]);
    expect(
      await queryOn(database.url, 'select distinct state, body from conversations, outgoing_texts'),
    ).toEqual([{ state: {}, body: null }]);
  });

  it('is read again from there, also by one transaction for several tenants', async () => {
    await seedTwoTenants();
    await seedWords('t1');
    await seedWords('T-2');
    const calls = await Promise.all(['CA-t1', 'CA-T-2'].map((id) => store.read.findCall(id)));
    expect(calls.map((call) => call?.transcript[0]?.text)).toEqual(['I am of t1', 'I am of T-2']);
    const claimed = await store.transact((tx) => tx.claimTexts({ now: at(1), limit: 10, lease_ms: 60_000 }));
    expect(claimed.map(({ tenant_id, body }) => [tenant_id, body]).sort()).toEqual([
      ['T-2', BODY],
      ['t1', BODY],
    ]);
  });

  it('is forgotten in every schema, also where one is broken', async () => {
    await seedTwoTenants();
    await seedTenant(store, { tenant_id: 't3', numbers: [] });
    await seedWords('t1');
    await seedWords('T-2');
    await runOn(database.url, 'drop schema tenant_t3 cascade');
    await store.transact((tx) => tx.forgetExpired(at(86_402)));
    for (const tenant_id of ['t1', 'T-2']) {
      const key = { provider_id: `CA-${tenant_id}`, turn: 1, request_token: null };
      expect(await store.read.answeredTurn(key)).toEqual({ reply: null });
    }
  });

  it('is out of reach for whoever has rights on another tenant alone', async () => {
    await seedTwoTenants();
    const user = `only_t1_${randomBytes(4).toString('hex')}`;
    await runOn(
      database.url,
      `create role ${user} login password 'sesame';
       grant usage on schema public, tenant_t1 to ${user};
       grant all on all tables in schema public, tenant_t1 to ${user};
       grant all on all sequences in schema public to ${user}`,
    );
    const url = new URL(database.url);
    url.username = user;
    url.password = 'sesame';
    const limited = await open('schema', url.href);
    await seedWords('t1', limited);
    expect(await limited.read.findCall('CA-t1')).toMatchObject({ next_turn: 2 });
    await expect(seedWords('T-2', limited)).rejects.toThrow(/permission denied for schema tenant_T-2/);
    await limited.close();
    await runOn(database.url, `drop owned by ${user}; drop role ${user}`);
  });
});

describe('the schema of a tenant', () => {
  it('is made with the tenant, or not at all', async () => {
    const undone = store.transact(async (tx) => {
      await seedTenantIn(tx, 't1');
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await store.transact((tx) => seedTenantIn(tx, 't1'));
    expect(await store.tenantMigrations?.status()).toEqual([
      {
        tenant_id: 't1',
        scope: 'tenant_t1',
        error: null,
        migrations: [expect.objectContaining({ id: '0001_words', state: 'applied' })],
      },
    ]);
  });

  it('has a name that Postgres does not cut', async () => {
    const tooLong = store.transact((tx) => seedTenantIn(tx, 'x'.repeat(57)));
    await expect(tooLong).rejects.toMatchObject({
      code: 'invalid_parameter',
      message: expect.stringContaining('may have 56 characters'),
    });
    await store.transact((tx) => seedTenantIn(tx, 'x'.repeat(56)));
  });

  it('is not taken over from somebody else', async () => {
    await runOn(database.url, 'create schema tenant_t1');
    await expect(store.transact((tx) => seedTenantIn(tx, 't1'))).rejects.toMatchObject({
      code: 'already_exists',
      message: expect.stringContaining('tenant_t1'),
    });
  });
});

describe('a database that keeps words in the other way', () => {
  it('is refused where they are in one schema for all', async () => {
    const shared = await open('shared');
    await seedTenant(shared);
    const call = await seedCall(shared, 'CA1');
    await shared.transact((tx) => tx.recordTurn(aTurn(call)));
    await shared.close();
    const later = await open('schema');
    for (const ask of [later.migrations.status, later.migrations.up]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(/callers of t1 .* TENANCY is schema\. Leave TENANCY out/),
      });
    }
    await later.close();
  });

  it('is refused where they are in schemas', async () => {
    await seedTenant(store);
    const shared = await open('shared');
    await expect(shared.migrations.status()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/tenant_t1.*Set TENANCY=schema/),
    });
    await shared.close();
  });

  it('does not matter before anybody said something: the schemas are then made by migrating', async () => {
    const shared = await open('shared');
    await seedTenant(shared);
    await shared.close();
    expect(await store.tenantMigrations?.up()).toMatchObject([{ tenant_id: 't1', done: ['0001_words'] }]);
    await seedWords('t1');
  });
});

function seedTenantIn(tx: Parameters<Parameters<Store['transact']>[0]>[0], tenant_id: string): Promise<void> {
  return tx.createTenant(aTenant({ tenant_id }), at(0));
}
