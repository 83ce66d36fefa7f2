/** Something in every table, made as the daemon makes it. */
import type { OnCall } from '@receptionist/core';
import type { Store } from '../store.ts';
import { anEvent, aTurn, at, claimAll, seedCall, seedEntry, seedTenant, send } from './seeds.ts';

/** Its people: one is on call now. */
const ROTA: OnCall = {
  people: [{ user: 'lex', phone: '+14155550101', slack_user_id: 'U0LEX' }],
  rotations: [
    { name: 'all', tenant_id: null, time_zone: 'UTC', every: 'day', starts_at: at(0), users: ['lex'] },
  ],
  overrides: [{ user: 'mo', tenant_id: 't1', starts_at: at(0), ends_at: at(60) }],
};

/** Answers an entry that is open, and was told in Slack. */
export async function seedEveryTable(store: Store): Promise<{ entry_id: string }> {
  await seedTenants(store);
  const entry = await seedEntries(store);
  await seedHandOff(store);
  await seedTexts(store);
  await store.transact(async (tx) => {
    await tx.putOnCall(ROTA, at(1));
    await tx.queueNotice({ key: 'doctor', text: 'Naïve ☎ "quotes"', destination: 'log', every_ms: 1 }, at(1));
    await tx.useTokenOnce('jti-1', at(60));
    await tx.findAnswer('lex', 'key', at(1));
    await tx.keepAnswer('lex', 'key', {
      request_hash: 'a',
      status: 201,
      body: { b: 1, a: null },
      expires_at: at(60),
    });
    const audit = { at: at(1), actor: 'lex', action: 'plan.set', target: 'tenant:t1', request_id: 'r1' };
    await tx.recordAudit({ ...audit, address: null, before: { z: 1, a: 'é' }, after: null });
    await tx.numberEvents();
  });
  return entry;
}

async function seedTenants(store: Store): Promise<void> {
  await seedTenant(store, { plan: 'core' });
  await seedTenant(store, { tenant_id: 't2', plan: 'core', numbers: [] });
  await store.transact(async (tx) => {
    await tx.setFlag('t1', 'allow_rag', true, 'lex', at(1));
    await tx.setRollout('allow_rag', { percent: 50, tenants: ['t2'] }, 'lex', at(1));
    await tx.setRolloutPlan(
      'allow_rag',
      { steps: [{ percent: 100, at: at(99) }], halt_if: null, by: 'lex' },
      at(1),
    );
  });
}

async function seedEntries(store: Store): Promise<{ entry_id: string }> {
  const call = await seedCall(store, 'CA1');
  await store.transact((tx) => tx.recordTurn(aTurn(call, { request_token: 'token-1' })));
  const told = await seedEntry(store, {
    conversation_id: call.conversation_id,
    channel: 'voice',
    live: true,
  });
  for (const { deliveries } of await claimAll(store, 1)) {
    for (const delivery of deliveries) await send(store, delivery, `C1/${delivery.channel}`, 1);
  }
  const done = await seedEntry(store, { reason_detail: "it's \\ odd" });
  await store.transact((tx) =>
    tx.moveEntry(done.entry_id, { move: 'resolve', notes: 'Done.', tags: ['billing'] }, 'lex', at(2)),
  );
  await store.transact((tx) => tx.emitEscalate(anEvent({ at: at(3) })));
  return told;
}

async function seedHandOff(store: Store): Promise<void> {
  const call = await seedCall(store, 'CA2');
  const { conversation_id } = call;
  const asked = anEvent({ conversation_id, channel: 'voice', reason: 'caller_asked_for_human', live: true });
  await store.transact(async (tx) => {
    const { event_id } = await tx.emitEscalate(asked);
    const whom = { tenant_id: 't1', conversation_id, event_id, call_id: 'CA2', caller: asked.caller };
    const phones = ['+14155550102'];
    await tx.beginHandOff({ ...whom, number: '+15005550006', phones, ring_seconds: 20 }, at(1));
    const recording = { recording_id: 'RE1', url: 'https://api.example/RE1', duration_s: 7, at: at(9) };
    await tx.recordRecording({ ...recording, status: 'completed', tenant_id: 't1', conversation_id });
  });
}

async function seedTexts(store: Store): Promise<void> {
  const thread = await seedCall(store, 'SM1');
  const { conversation_id } = thread;
  const ann = { tenant_id: 't1', channel: 'sms', sender: '+14155550123' } as const;
  await store.transact(async (tx) => {
    await tx.beginThread(ann, conversation_id, at(1));
    await tx.recordTurn(aTurn(thread));
    await tx.recordIncomingText({
      tenant_id: 't1',
      message_id: 'SM1',
      request_token: null,
      conversation_id,
      turn: 1,
      at: at(1),
    });
    await tx.optOut({ ...ann, sender: 'BOB' }, at(2));
    const text = { tenant_id: 't1', conversation_id, recipient: ann.sender, sender: '+15005550006' };
    await tx.queueText({ ...text, body: 'See you at ½ past.' }, at(2));
  });
}
