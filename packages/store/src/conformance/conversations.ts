import { CHANNELS, evaluateFlags, type Outcome, overLimit } from '@receptionist/core';
import { expect, it } from 'vitest';
import { aTurn, at, entryOf, FIRST_PAGE, seedCall, seedEntry, seedTenant, TALKING } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

/** A table, so that an outcome that is added to core must be added here. */
const OUTCOMES: Record<Outcome, true> = {
  answered: true,
  message_taken: true,
  escalated: true,
  caller_left: true,
  silence: true,
  abuse: true,
  failed: true,
};

export function conversationsConform(fresh: Fresh): void {
  it('begins a conversation once, with the flags of that moment', async () => {
    await seedTenant(fresh());
    const begun = {
      tenant_id: 't1',
      channel: 'voice',
      provider_id: 'CA1',
      caller: null,
      simulated: true,
      flags: evaluateFlags({ included: ['allow_rag'], settings: [], rollouts: [] }, at(0)),
      at: at(0),
    } as const;
    const call = await fresh().transact((tx) => tx.beginConversation(begun));
    expect(call).toMatchObject({
      caller: null,
      simulated: true,
      next_turn: 1,
      state: null,
      transcript: [],
      flags: begun.flags,
    });
    expect(await fresh().read.findCall('CA1')).toEqual(call);
    await expect(fresh().transact((tx) => tx.beginConversation(begun))).rejects.toMatchObject({
      code: 'already_exists',
    });
    expect(await fresh().read.findCall('CA2')).toBeNull();
  });

  it('carries state and transcript to the next turn', async () => {
    await seedTenant(fresh());
    const call = await seedCall(fresh(), 'CA1');
    const state = { ...TALKING, misunderstood: 1 };
    await fresh().transact((tx) =>
      tx.recordTurn(aTurn(call, { heard: null, intent: null, said: 'Hello.', at: at(1) })),
    );
    await fresh().transact((tx) => tx.recordTurn(aTurn(call, { turn: 2, state, at: at(2) })));
    expect(await fresh().read.findCall('CA1')).toMatchObject({
      next_turn: 3,
      state,
      transcript: [
        { speaker: 'receptionist', text: 'Hello.', at: at(1) },
        { speaker: 'caller', text: 'Are you open?', at: at(2), confidence: 0.91 },
        { speaker: 'receptionist', text: 'We are.', at: at(2) },
      ],
    });
    const shown = await fresh().read.getConversation('t1', call.conversation_id);
    expect(shown?.turns.slice(1)).toMatchObject([
      { text: 'Are you open?', intent: 'opening_hours', decision: null },
      { text: 'We are.', intent: null, decision: 'answer' },
    ]);
    expect(shown).not.toHaveProperty('provider_id');
    expect(await fresh().read.getConversation('t2', call.conversation_id)).toBeNull();
  });

  it('counts the calls that are served, simulated ones by themselves', async () => {
    await seedTenant(fresh());
    await seedCall(fresh(), 'CA1');
    const served = await seedCall(fresh(), 'CA2');
    const overLimitCall = await seedCall(fresh(), 'CA3');
    await fresh().transact(async (tx) => {
      await tx.recordTurn(aTurn(served, { state: { ...TALKING, call_limit: null } }));
      await tx.recordTurn(aTurn(overLimitCall, { state: overLimit(2) }));
      await tx.beginConversation({
        ...{ tenant_id: 't1', channel: 'voice', provider_id: 'CA4', caller: null },
        ...{ simulated: true, flags: [], at: at(0) },
      });
    });
    expect(await fresh().read.liveCalls('t1', at(1))).toBe(2);
    expect(await fresh().read.liveCalls('t1', at(1), { simulated: true })).toBe(1);
  });

  it('answers a turn once, and gives its reply again by number or by token of the same call', async () => {
    await seedTenant(fresh());
    const call = await seedCall(fresh(), 'CA1');
    await seedCall(fresh(), 'CA2');
    const answered = aTurn(call, { request_token: 'token-1', reply: { say: ['We are.'], gather: true } });
    await fresh().transact((tx) => tx.recordTurn(answered));
    for (const again of [answered, aTurn(call, { turn: 2, request_token: 'token-1' })]) {
      await expect(fresh().transact((tx) => tx.recordTurn(again))).rejects.toMatchObject({
        code: 'already_exists',
      });
    }
    await fresh().transact((tx) =>
      tx
        .recordTurn({ ...answered, state: { ...TALKING, phase: 'escalated' } })
        .catch(() => 'the kept reply is given instead'),
    );
    expect(await fresh().read.findCall('CA1')).toMatchObject({ state: TALKING, next_turn: 2 });
    const kept = { reply: { say: ['We are.'], gather: true } };
    const { answeredTurn } = fresh().read;
    expect(await answeredTurn({ provider_id: 'CA1', turn: 1, request_token: null })).toEqual(kept);
    expect(await answeredTurn({ provider_id: 'CA1', turn: 7, request_token: 'token-1' })).toEqual(kept);
    expect(await answeredTurn({ provider_id: 'CA1', turn: 2, request_token: null })).toBeNull();
    expect(await answeredTurn({ provider_id: 'CA2', turn: 1, request_token: 'token-1' })).toBeNull();
  });

  it('forgets the reply of a turn after a day, but not that it was answered', async () => {
    await seedTenant(fresh());
    const call = await seedCall(fresh(), 'CA1');
    await fresh().transact((tx) => tx.recordTurn(aTurn(call, { at: at(0) })));
    const key = { provider_id: 'CA1', turn: 1, request_token: null };
    await fresh().transact((tx) => tx.forgetExpired(at(86_400)));
    expect(await fresh().read.answeredTurn(key)).toEqual({ reply: { say: ['We are.'] } });
    await fresh().transact((tx) => tx.forgetExpired(at(86_401)));
    expect(await fresh().read.answeredTurn(key)).toEqual({ reply: null });
  });

  it('keeps the outcome that ended it first', async () => {
    await seedTenant(fresh());
    const call = await seedCall(fresh(), 'CA1');
    await fresh().transact((tx) => tx.recordTurn(aTurn(call, { outcome: 'message_taken', at: at(5) })));
    await fresh().transact((tx) => tx.endConversation('CA1', 'caller_left', at(9)));
    expect(await fresh().read.findCall('CA1')).toMatchObject({ outcome: 'message_taken', ended_at: at(5) });
    await fresh().transact((tx) => tx.endConversation('CA-unknown', 'caller_left', at(9)));
  });

  it('takes every outcome and channel that core knows', async () => {
    await seedTenant(fresh());
    for (const outcome of Object.keys(OUTCOMES) as Outcome[]) {
      await seedCall(fresh(), outcome);
      await fresh().transact((tx) => tx.endConversation(outcome, outcome, at(1)));
      expect(await fresh().read.findCall(outcome)).toMatchObject({ outcome });
    }
    for (const channel of CHANNELS)
      expect(await entryOf(fresh(), await seedEntry(fresh(), { channel }))).toMatchObject({ channel });
  });

  it('takes live from the entry when the caller goes, once', async () => {
    await seedTenant(fresh());
    const { conversation_id } = await seedCall(fresh(), 'CA1');
    const filed = await seedEntry(fresh(), { conversation_id, live: true });
    expect((await entryOf(fresh(), filed)).context.live).toBe(true);
    for (const seconds of [3, 4])
      await fresh().transact((tx) => tx.endConversation('CA1', 'caller_left', at(seconds)));
    const { context, timeline } = await entryOf(fresh(), filed);
    expect(context.live).toBe(false);
    expect(timeline.slice(1)).toEqual([{ at: at(3), actor: 'caller', action: 'caller_left', detail: null }]);
  });

  it('lists the conversations of a tenant, newest first, page by page', async () => {
    await seedTenant(fresh());
    for (const [i, seconds] of [1, 3, 2, 3].entries()) await seedCall(fresh(), `CA${i}`, seconds);
    const first = await fresh().read.listConversations('t1', { limit: 3, cursor: null });
    const second = await fresh().read.listConversations('t1', { limit: 3, cursor: first.next_cursor });
    expect([...first.items, ...second.items].map(({ started_at }) => started_at)).toEqual([
      at(3),
      at(3),
      at(2),
      at(1),
    ]);
    expect(second.next_cursor).toBeNull();
    expect((await fresh().read.listConversations('t2', FIRST_PAGE)).items).toEqual([]);
  });
}
