import type { TextStatus } from '@receptionist/core';
import { expect, it } from 'vitest';
import type { ClaimedText, Correspondent, Store } from '../store.ts';
import { aTurn, at, seedCall, seedTenant } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

const ANN: Correspondent = { tenant_id: 't1', channel: 'sms', sender: '+14155550123' };
const BOB: Correspondent = { ...ANN, sender: 'BOB' };

async function seedThread(store: Store, provider_id: string, who = ANN, seconds = 0) {
  const conversation = await seedCall(store, provider_id, seconds);
  await store.transact((tx) => tx.beginThread(who, conversation.conversation_id, at(seconds)));
  return conversation;
}

async function seedText(store: Store) {
  const { conversation_id } = await seedCall(store, 'CA1');
  const text = { conversation_id, recipient: '+14155550123', sender: '+15005550006', body: 'We are here.' };
  return store.transact((tx) => tx.queueText({ tenant_id: 't1', ...text }, at(0)));
}

function claim(store: Store, seconds: number): Promise<ClaimedText[]> {
  return store.transact((tx) => tx.claimTexts({ now: at(seconds), limit: 10, lease_ms: 60_000 }));
}

async function claimed(store: Store, seconds = 0): Promise<ClaimedText> {
  const [text] = await claim(store, seconds);
  if (!text) throw new Error('nothing was due');
  return text;
}

export function textsConform(fresh: Fresh): void {
  it('keeps one conversation with a sender, until it has ended', async () => {
    await seedTenant(fresh());
    expect(await fresh().read.findThread(ANN)).toBeNull();
    const first = await seedThread(fresh(), 'SM1');
    await expect(seedThread(fresh(), 'SM2')).rejects.toMatchObject({ code: 'already_exists' });
    await seedThread(fresh(), 'SM3', { ...ANN, channel: 'whatsapp' });
    expect(await fresh().read.findThread(ANN)).toEqual({ ...first, last_at: at(0) });

    await fresh().transact((tx) => tx.endThread(first, 'answered', at(5)));
    expect(await fresh().read.findThread(ANN)).toBeNull();
    expect(await fresh().read.findConversation(first.conversation_id)).toMatchObject({
      ended_at: at(5),
      outcome: 'answered',
    });
    await seedThread(fresh(), 'SM4');
  });

  it('answers a text once, and gives its reply again by its id or the token', async () => {
    await seedTenant(fresh());
    await seedTenant(fresh(), { tenant_id: 't2', numbers: [] });
    const conversation = await seedThread(fresh(), 'SM1');
    const { conversation_id } = conversation;
    const text = { tenant_id: 't1', message_id: 'SM1', request_token: 'token-1', conversation_id, turn: 1 };
    const answer = () =>
      fresh().transact(async (tx) => {
        await tx.recordTurn(aTurn(conversation, { said: '', reply: { texts: [] } }));
        await tx.recordIncomingText({ ...text, at: at(9) });
      });
    await answer();
    await expect(answer()).rejects.toMatchObject({ code: 'already_exists' });
    const again = { ...text, turn: 2, at: at(10) };
    await fresh().transact((tx) => tx.recordTurn(aTurn(conversation, { turn: 2 })));
    await expect(fresh().transact((tx) => tx.recordIncomingText(again))).rejects.toMatchObject({
      code: 'already_exists',
    });

    const { answeredText } = fresh().read;
    const kept = { reply: { texts: [] } };
    expect(await answeredText({ ...text, request_token: null })).toEqual(kept);
    expect(await answeredText({ ...text, message_id: 'SM9' })).toEqual(kept);
    expect(await answeredText({ ...text, message_id: 'SM9', request_token: null })).toBeNull();
    expect(await answeredText({ ...text, tenant_id: 't2' })).toBeNull();
    const thread = await fresh().read.findThread(ANN);
    expect(thread).toMatchObject({ last_at: at(9), next_turn: 3 });
    // Where nothing was said, nothing stands in the transcript.
    expect(thread?.transcript.map(({ speaker }) => speaker)).toEqual(['caller', 'caller', 'receptionist']);
  });

  it('finds who was silent for too long', async () => {
    await seedTenant(fresh());
    const { conversation_id } = await seedThread(fresh(), 'SM1', ANN, 10);
    await seedThread(fresh(), 'SM2', BOB, 20);
    const idle = (seconds: number) => fresh().transact((tx) => tx.claimIdleThread(at(seconds)));
    expect(await idle(9)).toBeNull();
    expect(await idle(10)).toMatchObject({ conversation_id, last_at: at(10) });
    expect(await idle(30)).toMatchObject({ conversation_id });
  });

  it('remembers who wants no texts', async () => {
    await seedTenant(fresh());
    for (const seconds of [1, 2]) await fresh().transact((tx) => tx.optOut(ANN, at(seconds)));
    expect(await fresh().read.hasOptedOut(ANN)).toBe(true);
    expect(await fresh().read.hasOptedOut({ ...ANN, channel: 'whatsapp' })).toBe(false);
    await fresh().transact((tx) => tx.optIn(ANN));
    expect(await fresh().read.hasOptedOut(ANN)).toBe(false);
  });

  it('hands out a text once, and again when it was postponed', async () => {
    await seedTenant(fresh());
    const { text_id } = await seedText(fresh());
    const text = await claimed(fresh());
    expect(text).toMatchObject({ text_id, body: 'We are here.', attempts: 1, fence: 1 });
    expect(await claim(fresh(), 1)).toEqual([]);
    const postponed = { status: 'waiting', why: 'busy', next_attempt_at: at(30) } as const;
    expect(await fresh().transact((tx) => tx.recordSending(text, postponed))).toBe(true);
    expect(await claim(fresh(), 29)).toEqual([]);
    const again = await claimed(fresh(), 30);
    expect(again).toMatchObject({ attempts: 2, fence: 2 });
    const sent = { status: 'sent', provider_id: 'SM1' } as const;
    expect(await fresh().transact((tx) => tx.recordSending(text, sent))).toBe(false);
    expect(await fresh().transact((tx) => tx.recordSending(again, sent))).toBe(true);
  });

  it('gives up a text whose lease ran out, and never sends it again', async () => {
    await seedTenant(fresh());
    const { text_id } = await seedText(fresh());
    const text = await claimed(fresh());
    const giveUp = (seconds: number) => fresh().transact((tx) => tx.giveUpTexts(at(seconds)));
    expect(await giveUp(59)).toEqual([]);
    expect(await giveUp(60)).toMatchObject([{ text_id }]);
    expect(await giveUp(61)).toEqual([]);
    expect(await claim(fresh(), 999)).toEqual([]);
    const sent = { status: 'sent', provider_id: 'SM1' } as const;
    expect(await fresh().transact((tx) => tx.recordSending(text, sent))).toBe(false);
  });

  it('learns what became of a text in any order, and says once that it does not arrive', async () => {
    await seedTenant(fresh());
    const { text_id } = await seedText(fresh());
    await claimed(fresh());
    const tell = (status: TextStatus) =>
      fresh().transact((tx) => tx.recordTextStatus(text_id, { provider_id: 'SM1', status, why: null }));
    const statuses = ['sent', 'undelivered', 'queued', 'failed', 'undelivered'] as const;
    const news = [];
    for (const status of statuses) news.push(await tell(status));
    expect(news).toEqual([false, true, false, false, false]);
    const find = (ids: { text_id: string | null; provider_id: string }) =>
      fresh().transact((tx) => tx.findOutgoingText(ids));
    expect(await find({ text_id: null, provider_id: 'SM1' })).toMatchObject({ text_id });
    expect(await find({ text_id, provider_id: 'SM2' })).toMatchObject({ text_id });
    expect(await find({ text_id: null, provider_id: 'SM2' })).toBeNull();
    // What Twilio has told of is not given up.
    expect(await fresh().transact((tx) => tx.giveUpTexts(at(999)))).toEqual([]);
  });

  it('records the answer to a webhook once', async () => {
    await seedTenant(fresh());
    const { conversation_id } = await seedCall(fresh(), 'SM1');
    const reply = { tenant_id: 't1', conversation_id, recipient: 'BOB', sender: '+15005550006' };
    const record = () =>
      fresh().transact((tx) => tx.recordReplyText({ ...reply, provider_id: 'SM2' }, at(1)));
    const recorded = await record();
    expect(recorded).toMatchObject({ ...reply, body: null });
    expect(await record()).toEqual(recorded);
    expect(await claim(fresh(), 999)).toEqual([]);
  });
}
