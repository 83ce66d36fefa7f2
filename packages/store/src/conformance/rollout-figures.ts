import { evaluateFlags, FLAGS, type Flag } from '@receptionist/core';
import { expect, it } from 'vitest';
import { aTurn, at, seedEntry, seedTenant } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

const NOTHING = { tenants: 0, calls: 0, escalations: 0, bookings: null, turn_ms_p50: null };

interface Seed {
  tenant_id?: string;
  on?: Flag[];
  included?: Flag[];
  second?: number;
  simulated?: boolean;
  channel?: 'voice' | 'sms';
  escalations?: number;
  took_ms?: number[];
}

export function rolloutFiguresConform(fresh: Fresh): void {
  let calls = 0;

  /** A call that began with these flags set. */
  async function seedCall({ on = [], included = FLAGS, second = 0, ...seed }: Seed): Promise<void> {
    const { tenant_id = 't1', simulated = false, channel = 'voice', escalations = 0, took_ms = [] } = seed;
    const settings = on.map((flag) => ({ flag, enabled: true, updated_at: at(second), updated_by: 'lex' }));
    const call = await fresh().transact((tx) =>
      tx.beginConversation({
        ...{ tenant_id, channel, provider_id: `CA${++calls}`, caller: null, simulated, at: at(second) },
        flags: evaluateFlags({ included, settings, rollouts: [] }, at(second)),
      }),
    );
    for (const [i, ms] of took_ms.entries()) {
      await fresh().transact((tx) => tx.recordTurn(aTurn(call, { turn: i + 1, took_ms: ms })));
    }
    const { conversation_id } = call;
    for (let i = 0; i < escalations; i++) await seedEntry(fresh(), { tenant_id, conversation_id });
  }

  const figures = (flag: Flag, options?: { simulated: boolean }) =>
    fresh().read.rolloutFigures(flag, at(0), at(60), options);

  it('counts calls, those that escalated and the time of turns, with the flag on and off', async () => {
    await seedTenant(fresh());
    await seedTenant(fresh(), { tenant_id: 't2', numbers: [] });
    await seedCall({ on: ['allow_rag'], escalations: 2, took_ms: [30.4, 10] });
    await seedCall({ on: ['allow_rag'], second: 1, tenant_id: 't2', took_ms: [20] });
    await seedCall({ escalations: 1 });
    expect(await figures('allow_rag')).toEqual({
      on: { tenants: 2, calls: 2, escalations: 1, bookings: null, turn_ms_p50: 20 },
      off: { tenants: 1, calls: 1, escalations: 1, bookings: null, turn_ms_p50: null },
    });
    expect((await figures('record_calls')).off).toMatchObject({ calls: 3, turn_ms_p50: 20 });
  });

  it('leaves out what lies outside of the time, was written, simulated, or under a plan without the flag', async () => {
    await seedTenant(fresh());
    await seedCall({ second: -1 });
    await seedCall({ second: 60 });
    await seedCall({ channel: 'sms' });
    await seedCall({ included: ['require_human_review'] });
    await seedCall({ simulated: true, on: ['allow_rag'] });
    expect(await figures('allow_rag')).toEqual({ on: NOTHING, off: NOTHING });
    expect(await figures('allow_rag', { simulated: true })).toMatchObject({ on: { calls: 1 }, off: NOTHING });
  });

  it('takes for on what a rollout gives, which for a flag that is safe when it is on is off', async () => {
    await seedTenant(fresh());
    await seedCall({});
    expect(await figures('require_human_review')).toMatchObject({ on: { calls: 0 }, off: { calls: 1 } });
  });
}
