/** What two daemons do at the same moment. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '../store.ts';
import {
  anEvent,
  aTenant,
  aTurn,
  at,
  claimAll,
  entryOf,
  FIRST_PAGE,
  LEASE_MS,
  seedCall,
  seedEntry,
  seedTenant,
  WAYS,
} from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

export function concurrencyConforms(fresh: Fresh, openAnother: () => Promise<Store>): void {
  let other: Store;
  beforeEach(async () => {
    other = await openAnother();
    await seedTenant(fresh());
  });
  afterEach(() => other.close());

  /** The same, at once, on both daemons by turns. */
  const atOnce = <T>(times: number, work: (store: Store, i: number) => Promise<T>) =>
    Promise.allSettled(Array.from({ length: times }, (_, i) => work(i % 2 === 0 ? fresh() : other, i)));

  it('begins a call once', async () => {
    const begun = await atOnce(8, (store) => seedCall(store, 'CA1'));
    expect(statuses(begun)).toEqual([...Array(7).fill('already_exists'), 'fulfilled']);
    expect((await fresh().read.listConversations('t1', FIRST_PAGE)).items).toHaveLength(1);
  });

  it('takes the turns of a call one after the other, each knowing those before it', async () => {
    await seedCall(fresh(), 'CA1');
    const taken = await atOnce(8, (store, i) =>
      store.transact(async (tx) => {
        const call = await tx.findCall('CA1');
        if (!call) throw new Error('no call');
        await tx.recordTurn(aTurn(call, { said: `${call.transcript.length / 2} before ${i}` }));
      }),
    );
    expect(statuses(taken)).toEqual(Array(8).fill('fulfilled'));
    const call = await fresh().read.findCall('CA1');
    const said = call?.transcript.filter(({ speaker }) => speaker === 'receptionist');
    expect(said?.map(({ text }) => Number.parseInt(text, 10))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('begins a conversation in writing once, whichever text is first', async () => {
    const sender = { tenant_id: 't1', channel: 'sms', sender: '+14155550123' } as const;
    const begun = await atOnce(6, (store, i) =>
      store.transact(async (tx) => {
        const { conversation_id } = await tx.beginConversation({
          ...{ tenant_id: 't1', channel: 'sms', provider_id: `SM${i}`, caller: null },
          ...{ simulated: false, flags: [], at: at(0) },
        });
        await tx.beginThread(sender, conversation_id, at(0));
      }),
    );
    expect(statuses(begun)).toEqual([...Array(5).fill('already_exists'), 'fulfilled']);
    expect((await fresh().read.listConversations('t1', FIRST_PAGE)).items).toHaveLength(1);
  });

  it('files two events of a conversation as one entry', async () => {
    const { conversation_id } = await seedCall(fresh(), 'CA1');
    const filed = await atOnce(6, (store) => seedEntry(store, { conversation_id }));
    expect(statuses(filed)).toEqual(Array(6).fill('fulfilled'));
    const results = filed.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(new Set(results.map(({ entry_id }) => entry_id)).size).toBe(1);
    expect(results.filter(({ joined }) => !joined)).toHaveLength(1);
  });

  it('never lets an event join an entry that is being resolved', async () => {
    for (const round of ['CA1', 'CA2', 'CA3', 'CA4', 'CA5', 'CA6']) {
      const { conversation_id } = await seedCall(fresh(), round);
      const first = await seedEntry(fresh(), { conversation_id });
      const resolve = other.transact((tx) =>
        tx.moveEntry(first.entry_id, { move: 'resolve', notes: 'done', tags: [] }, 'lex', at(1)),
      );
      const [second] = await Promise.all([seedEntry(fresh(), { conversation_id }), resolve]);
      const actions = (await entryOf(fresh(), first)).timeline.map(({ action }) => action);
      expect(actions).toEqual(second.joined ? ['filed', 'joined', 'resolved'] : ['filed', 'resolved']);
    }
  });

  it('reopens one of two entries of a conversation', async () => {
    const { conversation_id } = await seedCall(fresh(), 'CA1');
    const ids: string[] = [];
    for (const _ of ['first', 'second']) {
      const { entry_id } = await seedEntry(fresh(), { conversation_id });
      await fresh().transact((tx) =>
        tx.moveEntry(entry_id, { move: 'resolve', notes: 'done', tags: [] }, 'lex', at(1)),
      );
      ids.push(entry_id);
    }
    const reopened = await atOnce(2, (store, i) =>
      store.transact((tx) => tx.moveEntry(ids[i] ?? '', { move: 'reopen', notes: 'again' }, 'lex', at(2))),
    );
    expect(statuses(reopened)).toEqual(['fulfilled', 'invalid_transition']);
  });

  it('loses no change of a tenant to another one', async () => {
    const changed = await atOnce(6, (store, i) =>
      store.transact(async (tx) => {
        const tenant = await tx.getTenant('t1');
        if (!tenant) throw new Error('no tenant');
        await tx.replaceTenant({ ...tenant, facts: { ...tenant.facts, [`fact ${i}`]: 'kept' } }, at(1));
      }),
    );
    expect(statuses(changed)).toEqual(Array(6).fill('fulfilled'));
    expect(Object.keys((await fresh().read.getTenant('t1'))?.facts ?? {})).toHaveLength(6);
  });

  it('answers an Idempotency-Key once, and gives that answer to all', async () => {
    const answers = await atOnce(6, (store, i) =>
      store.transact(async (tx) => {
        const kept = await tx.findAnswer('lex', 'key', at(0));
        if (kept) return kept.body;
        await tx.createTenant(aTenant({ tenant_id: 't2', numbers: [] }), at(0));
        const answer = { request_hash: 'abc', status: 201, body: `made by ${i}` };
        await tx.keepAnswer('lex', 'key', { ...answer, expires_at: at(60) });
        return answer.body;
      }),
    );
    expect(statuses(answers)).toEqual(Array(6).fill('fulfilled'));
    expect(new Set(answers.map((result) => result.status === 'fulfilled' && result.value)).size).toBe(1);
  });

  it('accepts a token once', async () => {
    const used = await atOnce(6, (store) => store.transact((tx) => tx.useTokenOnce('jti', at(60))));
    expect(statuses(used)).toEqual(['fulfilled', ...Array(5).fill('unauthorized')]);
  });

  it('gives each event to one worker', async () => {
    for (let i = 0; i < 12; i++) await fresh().transact((tx) => tx.emitEscalate(anEvent()));
    const fileAll = async (store: Store) => {
      const filed: string[] = [];
      for (let left = true; left; ) {
        const events = await store.transact(async (tx) => {
          const claimed = await tx.claimEvents(2);
          for (const event of claimed) await tx.fileEntry(event, WAYS, at(1));
          return claimed;
        });
        filed.push(...events.map(({ event_id }) => event_id));
        left = events.length > 0;
      }
      return filed;
    };
    const filed = await Promise.all([fileAll(fresh()), fileAll(other)]);
    expect(new Set(filed.flat()).size).toBe(12);
    expect(filed.flat()).toHaveLength(12);
  });

  it('gives each delivery to one worker, and keeps to the limits of each destination', async () => {
    const tenants = Array.from({ length: 50 }, (_, i) => `tenant${i}`);
    for (const tenant_id of tenants) {
      await seedTenant(fresh(), { tenant_id, numbers: [], slack_channel: `C${tenant_id}` });
    }
    const filed = await atOnce(4, (store) =>
      store.transact(async (tx) => {
        for (let i = 0; i < 250; i++) {
          const event = anEvent({ tenant_id: tenants[i % 50] ?? '', live: true });
          await tx.fileEntry({ ...event, ...(await tx.emitEscalate(event)) }, WAYS, at(0));
        }
      }),
    );
    expect(statuses(filed)).toEqual(Array(4).fill('fulfilled'));
    const claims = await atOnce(4, (store) => claimAll(store, 1));
    const sends = claims.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    expect(statuses(claims)).toEqual(Array(4).fill('fulfilled'));
    const inChannels = sends.filter(({ deliveries: [{ channel }] }) => channel === 'slack_mention');
    // More than a channel takes alone: one message each, which tells of all.
    expect(inChannels.map(({ deliveries }) => deliveries.length)).toEqual(Array(50).fill(20));
    const ids = inChannels.flatMap(({ deliveries }) => deliveries.map(({ delivery_id }) => delivery_id));
    expect(new Set(ids).size).toBe(1_000);
  });

  it('lets an acknowledgement and the return of an entry come one after the other', async () => {
    for (const call of ['CA1', 'CA2', 'CA3', 'CA4', 'CA5', 'CA6']) {
      const { conversation_id } = await seedCall(fresh(), call);
      const { entry_id } = await seedEntry(fresh(), { conversation_id, live: true });
      await fresh().transact((tx) => tx.moveEntry(entry_id, { move: 'acknowledge' }, 'lex', at(1)));
      const [advanced, acknowledged] = await Promise.allSettled([
        fresh().transact((tx) => tx.advanceDue({ now: at(300), ways: WAYS, limit: 9 })),
        other.transact((tx) => tx.moveEntry(entry_id, { move: 'acknowledge' }, 'kim', at(300))),
      ]);
      const late = await fresh().transact((tx) => tx.advanceDue({ now: at(300), ways: WAYS, limit: 9 }));
      const all = [...(advanced.status === 'fulfilled' ? advanced.value : []), ...late];
      expect(all.filter(({ returned }) => returned).map((one) => one.entry_id)).toEqual([entry_id]);
      const { status, assignee } = await entryOf(fresh(), { entry_id });
      expect([acknowledged.status, status, assignee]).toEqual(
        acknowledged.status === 'fulfilled'
          ? ['fulfilled', 'acknowledged', 'kim']
          : ['rejected', 'open', null],
      );
    }
  });

  it('advances each entry once', async () => {
    const filed: string[] = [];
    for (let i = 0; i < 12; i++) filed.push((await seedEntry(fresh(), { live: true })).entry_id);
    const advanced = await atOnce(6, (store) =>
      store.transact((tx) => tx.advanceDue({ now: at(60), ways: WAYS, limit: 5 })),
    );
    const ids = advanced.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    expect(ids.map(({ entry_id }) => entry_id).sort()).toEqual(filed.sort());
  });

  it('leaves a destination to whoever is at it', async () => {
    await seedEntry(fresh(), { live: true });
    await claimAll(fresh(), 0);
    await seedEntry(fresh(), { live: true });
    const slow = Promise.withResolvers<void>();
    const claimed = Promise.withResolvers<void>();
    const claim = { destination: 'slack:#front-desk' as const, now: at(0), ways: WAYS, lease_ms: LEASE_MS };
    const holding = fresh().transact(async (tx) => {
      const sends = await tx.claimSends(claim);
      claimed.resolve();
      await slow.promise;
      return sends;
    });
    await claimed.promise;
    if (fresh().dialect === 'postgres')
      expect(await other.transact((tx) => tx.claimSends(claim))).toEqual([]);
    slow.resolve();
    expect(await holding).toHaveLength(1);
    expect(await other.transact((tx) => tx.claimSends(claim))).toEqual([]);
  });
}

/** How each ended, in alphabetical order: `fulfilled`, or the code of its Problem. */
function statuses(results: PromiseSettledResult<unknown>[]): string[] {
  return results
    .map((result) =>
      result.status === 'rejected' ? (result.reason.code ?? String(result.reason)) : result.status,
    )
    .sort();
}
