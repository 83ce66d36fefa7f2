/** What time does to an entry, and what is told of its changes. */
import type { Move } from '@receptionist/core';
import { expect, it } from 'vitest';
import type { ClaimedDelivery } from '../store.ts';
import {
  at,
  claimAll,
  claimOne,
  entryOf,
  record,
  seedCall,
  seedEntry,
  seedTenant,
  send,
  WAYS,
} from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

const ACKNOWLEDGE: Move = { move: 'acknowledge' };
const RESOLVE: Move = { move: 'resolve', notes: 'done', tags: ['billing', 'vip'] };

export function escalationConforms(fresh: Fresh): void {
  const advance = (seconds: number, ways = WAYS) =>
    fresh().transact((tx) => tx.advanceDue({ now: at(seconds), ways, limit: 100 }));
  const move = (entry_id: string, by: string, wanted: Move, seconds: number) =>
    fresh().transact((tx) => tx.moveEntry(entry_id, wanted, by, at(seconds)));
  const claimed = async (seconds: number) =>
    (await claimAll(fresh(), seconds)).flatMap(({ deliveries }) => deliveries);
  const channels = async (seconds: number) => (await claimed(seconds)).map(({ channel }) => channel).sort();

  /** A critical entry that was told in Slack, as `C1/1`. */
  async function seedTold(): Promise<string> {
    const { entry_id } = await seedEntry(fresh(), { live: true });
    await send(fresh(), await claimOne(fresh(), 0), 'C1/1', 0);
    return entry_id;
  }

  it('marks what was missed and tells the steps that are due, each once', async () => {
    await seedTenant(fresh());
    const { entry_id } = await seedEntry(fresh(), { live: true });
    expect(await advance(59)).toEqual([]);
    expect(await advance(60)).toEqual([
      {
        entry_id,
        tenant_id: 't1',
        missed: [],
        returned: false,
        told: ['slack_mention', 'pagerduty'],
        skipped: [],
      },
    ]);
    expect(await advance(60)).toEqual([]);
    expect(await advance(120)).toMatchObject([
      { missed: ['ack'], told: [], skipped: [{ channel: 'call', why: 'nobody is on call' }] },
    ]);
    expect(await advance(300)).toMatchObject([{ missed: ['engage'], told: ['slack_mention', 'pagerduty'] }]);
    const { ack_breached, engage_breached, timeline, notifications } = await entryOf(fresh(), { entry_id });
    expect([ack_breached, engage_breached]).toEqual([true, true]);
    expect(timeline.map(({ action }) => action)).toEqual(['filed', 'ack_missed', 'engage_missed']);
    expect(notifications.map(({ channel, status }) => `${channel} ${status}`)).toEqual([
      'slack skipped',
      'slack skipped',
      'pagerduty skipped',
      'call skipped',
      'slack waiting',
      'pagerduty waiting',
    ]);
  });

  it('gives up for the next step what was tried, and does not try again what is being tried meanwhile', async () => {
    await seedTenant(fresh());
    const entry = await seedEntry(fresh(), { live: true });
    const again = { status: 'waiting', why: 'HTTP 500', unclear: true } as const;
    const first = await claimOne(fresh(), 0);
    await record(fresh(), first, { ...again, next_attempt_at: at(50) }, 1);
    const second = await claimOne(fresh(), 55);
    await advance(60);
    await record(fresh(), second, { ...again, next_attempt_at: at(70) }, 61);
    const [mention] = (await claimed(62)).filter(({ channel }) => channel === 'slack_mention');
    await record(fresh(), mention as ClaimedDelivery, { ...again, next_attempt_at: at(90) }, 63);
    await advance(300);
    expect(
      (await entryOf(fresh(), entry)).notifications.map(({ channel, status }) => [channel, status]),
    ).toEqual([
      ...[
        ['slack', 'failed'],
        ['slack', 'failed'],
        ['pagerduty', 'sending'],
      ],
      ...[
        ['call', 'skipped'],
        ['slack', 'waiting'],
        ['pagerduty', 'waiting'],
      ],
    ]);
  });

  it('returns an entry that nobody engages, and begins a round', async () => {
    await seedTenant(fresh());
    const entry_id = await seedTold();
    await move(entry_id, 'lex', ACKNOWLEDGE, 10);
    expect(await advance(299)).toEqual([]);
    expect(await advance(300)).toMatchObject([
      { missed: ['engage'], returned: true, told: ['slack_mention'] },
    ]);
    expect(await entryOf(fresh(), { entry_id })).toMatchObject({
      ...{ status: 'open', assignee: null, engage_breached: true, ack_due_at: at(420) },
    });
    expect(await fresh().read.toldEntry(entry_id)).toMatchObject({ round: 2, round_at: at(300), live: true });
  });

  it('raises what somebody has already, with a round and one alert', async () => {
    await seedTenant(fresh());
    const { conversation_id } = await seedCall(fresh(), 'CA1');
    const { entry_id } = await seedEntry(fresh(), { conversation_id });
    await move(entry_id, 'lex', ACKNOWLEDGE, 10);
    const raised = await seedEntry(fresh(), { conversation_id, reason: 'emergency', live: true }, 60);
    expect(raised).toMatchObject({ entry_id, joined: true, told: ['slack_mention'] });
    expect(await fresh().read.toldEntry(entry_id)).toMatchObject({
      ...{ round: 2, round_at: at(60), entry: { status: 'acknowledged', engage_due_at: at(360) } },
    });
    expect(await advance(359)).toEqual([]);
    expect(await advance(360)).toMatchObject([{ returned: true }]);
  });

  it('shows each change in the message and tells it in the thread', async () => {
    await seedTenant(fresh());
    const entry_id = await seedTold();
    await move(entry_id, 'lex', ACKNOWLEDGE, 1);
    await move(entry_id, 'lex', { move: 'note', text: 'on it' }, 2);
    const [update, thread, ...others] = (await claimed(3)).sort((a, b) => (a.channel < b.channel ? 1 : -1));
    expect(others).toEqual([]);
    expect(update).toMatchObject({
      channel: 'slack_update',
      reference: 'C1/1',
      destination: 'slack_updates',
    });
    expect(thread).toMatchObject({ channel: 'slack_thread', entry_id, destination: 'slack:#front-desk' });
    const news = await fresh().read.threadNews(entry_id);
    expect([news?.reference, news?.events.map(({ action }) => action)]).toEqual([
      'C1/1',
      ['acknowledged', 'noted'],
    ]);
    await move(entry_id, 'lex', { move: 'note', text: 'meanwhile' }, 4);
    await send(fresh(), update as ClaimedDelivery, 'C1/1', 4);
    await record(
      fresh(),
      thread as ClaimedDelivery,
      { status: 'sent', reference: null, seen: news?.seq ?? 0 },
      4,
    );
    expect((await fresh().read.threadNews(entry_id))?.events).toMatchObject([{ detail: 'meanwhile' }]);
    expect(await channels(5)).toEqual(['slack_thread', 'slack_update']);
    expect((await entryOf(fresh(), { entry_id })).notifications).toHaveLength(1);
  });

  it('tells a missed deadline in a thread also where the next step posts a message of its own', async () => {
    await seedTenant(fresh());
    const { entry_id } = await seedEntry(fresh());
    await send(fresh(), await claimOne(fresh(), 0), 'C1/1', 0);
    await advance(900);
    const [mention] = (await claimed(900)).filter(({ channel }) => channel === 'slack_mention');
    await send(fresh(), mention as ClaimedDelivery, 'C1/2', 901);
    expect(await fresh().read.threadNews(entry_id)).toMatchObject({
      reference: 'C1/2',
      events: [{ action: 'ack_missed' }],
    });
    expect(await channels(902)).toEqual(['slack_thread']);
  });

  it('lets no message stay behind the state it shows', async () => {
    await seedTenant(fresh());
    const { entry_id } = await seedEntry(fresh(), { live: true });
    const alert = await claimOne(fresh(), 0);
    const shown = await fresh().read.toldEntry(entry_id);
    await move(entry_id, 'lex', ACKNOWLEDGE, 1);
    expect(await claimed(1)).toEqual([]);
    await record(fresh(), alert, { status: 'sent', reference: 'C1/1', seen: shown?.seq ?? 0 }, 2);
    expect(await channels(3)).toEqual(['slack_thread', 'slack_update']);
  });

  it('keeps one update waiting for each message, also for those of a digest', async () => {
    await seedTenant(fresh());
    const filed: string[] = [];
    for (let i = 0; i < 5; i++) filed.push((await seedEntry(fresh(), {}, i)).entry_id);
    const sends = await claimAll(fresh(), 5);
    for (const [i, { deliveries }] of sends.entries()) {
      for (const delivery of deliveries) await send(fresh(), delivery, `C1/${i}`, 5);
    }
    for (const entry_id of filed) await move(entry_id, 'lex', ACKNOWLEDGE, 6);
    const updates = (await claimed(60)).filter(({ channel }) => channel === 'slack_update');
    expect(updates.map(({ reference }) => reference).sort()).toEqual(['C1/0', 'C1/1']);
  });

  it('does not begin a quiet delivery while another speaks of the same', async () => {
    await seedTenant(fresh());
    const entry_id = await seedTold();
    await move(entry_id, 'lex', ACKNOWLEDGE, 1);
    const first = await claimed(2);
    expect(first).toHaveLength(2);
    await move(entry_id, 'lex', { move: 'note', text: 'x' }, 3);
    expect(await claimed(4)).toEqual([]);
    for (const delivery of first) await send(fresh(), delivery, 'C1/1', 5);
    expect(await channels(6)).toEqual(['slack_thread', 'slack_update']);
  });

  it('says that the caller has gone', async () => {
    await seedTenant(fresh());
    const { conversation_id } = await seedCall(fresh(), 'CA1');
    const { entry_id } = await seedEntry(fresh(), { conversation_id, live: true });
    await send(fresh(), await claimOne(fresh(), 0), 'C1/1', 0);
    await fresh().transact((tx) => tx.endConversation('CA1', 'escalated', at(1)));
    expect(await fresh().read.toldEntry(entry_id)).toMatchObject({ live: false });
    expect(await channels(2)).toEqual(['slack_thread', 'slack_update']);
  });

  it('acknowledges and resolves an incident with its entry, once for each round', async () => {
    await seedTenant(fresh());
    const { entry_id } = await seedEntry(fresh(), { live: true });
    await advance(60);
    const trigger = await takePagerDuty(60);
    await record(fresh(), trigger, { status: 'sent', reference: `${entry_id}.1`, seen: null }, 61);
    await move(entry_id, 'lex', ACKNOWLEDGE, 62);
    expect(await takePagerDuty(63)).toMatchObject({
      channel: 'pagerduty_acknowledge',
      reference: `${entry_id}.1`,
    });
    await advance(300);
    expect(await takeQuiet(310, 'pagerduty_resolve')).toMatchObject([
      { round: 1, reference: `${entry_id}.1` },
    ]);
    await move(entry_id, 'lex', RESOLVE, 320);
    await move(entry_id, 'lex', { move: 'reopen', notes: 'no' }, 330);
    expect(await takeQuiet(340, 'pagerduty_resolve')).toEqual([]);
  });

  it('resolves an incident of which it is not known whether it was triggered, and no other', async () => {
    await seedTenant(fresh());
    const unclear = await seedEntry(fresh(), { live: true });
    await advance(60);
    const again = { status: 'waiting', why: 'time-out', next_attempt_at: at(99), unclear: true } as const;
    await record(fresh(), await takePagerDuty(60), again, 61);
    const never = await seedEntry(fresh(), { live: true }, 61);
    for (const { entry_id } of [unclear, never]) await move(entry_id, 'lex', RESOLVE, 70);
    const resolved = await takeQuiet(80, 'pagerduty_resolve');
    expect(resolved.map(({ entry_id }) => entry_id)).toEqual([unclear.entry_id]);
  });

  it('gives an entry without a next action that can be right one that can', async () => {
    const days = { acknowledge: 3 * 24 * 60, engage: 4 * 24 * 60 };
    const steps = [
      { after_minutes: 0, notify: ['slack' as const] },
      { after_minutes: 5_000, notify: ['slack' as const] },
    ];
    await seedTenant(fresh(), {
      ...{ escalation: { critical: steps, standard: steps }, sla: { critical: days, standard: days } },
    });
    await seedEntry(fresh());
    expect(await fresh().transact((tx) => tx.repairNextActions(at(1)))).toEqual([]);
    await seedTenant(fresh(), { tenant_id: 't2', numbers: [] });
    const late = await seedEntry(fresh(), { tenant_id: 't2', live: true });
    expect(await fresh().transact((tx) => tx.repairNextActions(at(119)))).toEqual([]);
    expect(await fresh().transact((tx) => tx.repairNextActions(at(121)))).toEqual([late.entry_id]);
    expect(await fresh().transact((tx) => tx.repairNextActions(at(122)))).toEqual([]);
    expect(await advance(122)).toMatchObject([{ entry_id: late.entry_id, missed: ['ack'] }]);
  });

  it('knows the tags that a tenant uses, those used last first', async () => {
    await seedTenant(fresh());
    const older = await seedEntry(fresh(), {}, 0);
    const newer = await seedEntry(fresh(), {}, 5);
    await move(older.entry_id, 'lex', RESOLVE, 9);
    await move(newer.entry_id, 'lex', { move: 'tag', add: ['vip', 'angry'], remove: [] }, 9);
    expect(await fresh().read.usedTags('t1', 9)).toEqual(['angry', 'vip', 'billing']);
    expect(await fresh().read.usedTags('t1', 1)).toEqual(['angry']);
    expect(await fresh().read.usedTags('t2', 9)).toEqual([]);
  });

  it('lists entries with what is told of them', async () => {
    await seedTenant(fresh());
    const { entry_id } = await seedEntry(fresh(), { live: true });
    const [told] = await fresh().read.toldEntries([entry_id, 'fb_none']);
    expect(told).toMatchObject({ round: 1, round_at: at(0), live: true, entry: { entry_id } });
    expect(told?.entry).not.toHaveProperty('context');
    expect(await fresh().read.toldEntries([])).toEqual([]);
    expect(await fresh().read.toldEntry('fb_none')).toBeNull();
    await move(entry_id, 'lex', ACKNOWLEDGE, 1);
    expect((await fresh().read.toldEntry(entry_id))?.seq).toBeGreaterThan(told?.seq ?? 0);
  });

  async function takePagerDuty(seconds: number): Promise<ClaimedDelivery> {
    const [delivery] = (await claimed(seconds)).filter(({ destination }) => destination === 'pagerduty');
    if (!delivery) throw new Error('PagerDuty is told nothing');
    return delivery;
  }

  /** Each is skipped, whatever it is; those of the channel are given. */
  async function takeQuiet(seconds: number, channel: ClaimedDelivery['channel']): Promise<ClaimedDelivery[]> {
    const taken: ClaimedDelivery[] = [];
    for (let i = 0; i < 5; i++) {
      for (const delivery of await claimed(seconds + i)) {
        await record(fresh(), delivery, { status: 'skipped', why: 'a test' }, seconds + i);
        taken.push(delivery);
      }
    }
    return taken.filter((delivery) => delivery.channel === channel);
  }
}
