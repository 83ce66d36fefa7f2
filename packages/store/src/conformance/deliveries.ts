import { expect, it } from 'vitest';
import type { ClaimedDelivery, Store } from '../store.ts';
import {
  anEvent,
  at,
  claimAll,
  claimOne,
  entryOf,
  LEASE_MS,
  record,
  seedEntry,
  seedTenant,
  send,
  WAYS,
} from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

const SENT = { status: 'sent', reference: 'C1/12.5', seen: null } as const;

export function deliveriesConform(fresh: Fresh): void {
  it('claims what is due, critical and then oldest first, for the time of a lease', async () => {
    await seedTenant(fresh());
    const older = await seedEntry(fresh(), {}, 0);
    await seedEntry(fresh(), {}, 1);
    const critical = await seedEntry(fresh(), { live: true }, 2);
    const sends = await claimAll(fresh(), 2);
    expect(
      sends.map(({ deliveries, mention }) => [deliveries.map(({ entry_id }) => entry_id), mention]),
    ).toEqual([
      [[critical.entry_id], true],
      [[older.entry_id, expect.any(String)], false],
    ]);
    expect(sends[0]?.deliveries[0]).toMatchObject({
      ...{ tenant_id: 't1', channel: 'slack_mention', destination: 'slack:#front-desk', round: 1 },
      ...{ person: null, reference: null, text: null, attempts: 0, unclear: false, fence: 1 },
    });
    expect((await entryOf(fresh(), older)).notifications).toMatchObject([{ status: 'sending', attempts: 1 }]);
    expect(await claimAll(fresh(), 2 + LEASE_MS / 1_000 - 1)).toEqual([]);
  });

  it('takes no more from a destination than it allows, and nothing while it asks to wait', async () => {
    await seedTenant(fresh());
    for (let i = 0; i < 9; i++) await seedEntry(fresh(), { live: true }, i / 10);
    const first = await claimAll(fresh(), 1);
    expect(first.map(({ deliveries }) => deliveries.length)).toEqual([9]);
    await fresh().transact((tx) => tx.blockDestination('slack:#front-desk', at(40), at(2)));
    await fresh().transact((tx) => tx.blockDestination('slack:#front-desk', at(30), at(3)));
    await seedEntry(fresh(), { live: true }, 4);
    expect(await fresh().read.dueDestinations(at(5))).toEqual(['pagerduty']);
    expect(inSlack(await claimAll(fresh(), 39))).toEqual([]);
    expect(inSlack(await claimAll(fresh(), 40))).not.toEqual([]);
  });

  it('tells PagerDuty of each of many critical ones, once', async () => {
    await seedTenant(fresh());
    const filed: string[] = [];
    for (let i = 0; i < 5; i++) filed.push((await seedEntry(fresh(), { live: true })).entry_id);
    await claimAll(fresh(), 0);
    const incidents = await claimAll(fresh(), 0);
    expect(incidents.flatMap(({ deliveries }) => deliveries.map(({ entry_id }) => entry_id)).sort()).toEqual(
      filed.sort(),
    );
    expect(incidents.every(({ deliveries: [{ channel }] }) => channel === 'pagerduty')).toBe(true);
    await claimAll(fresh(), 30);
    expect(await claimAll(fresh(), 30)).toEqual([]);
  });

  it('has no other way where PagerDuty is none', async () => {
    await seedTenant(fresh());
    const ways = { ...WAYS, pagerduty: false };
    for (let i = 0; i < 5; i++) await seedEntry(fresh(), { live: true }, 0, ways);
    expect(await claimAll(fresh(), 0, ways)).toHaveLength(1);
    expect(await claimAll(fresh(), 0, ways)).toEqual([]);
  });

  it('records what was sent, once, with its place in the timeline', async () => {
    const { entry, delivery } = await seedClaimed(fresh());
    expect(await record(fresh(), delivery, SENT, 3)).toBe(true);
    expect(await record(fresh(), delivery, { ...SENT, reference: 'C1/12.6' }, 4)).toBe(false);
    const { notifications, timeline } = await entryOf(fresh(), entry);
    expect(notifications).toEqual([
      { channel: 'slack', status: 'sent', attempts: 1, sent_at: at(3), reference: 'C1/12.5' },
    ]);
    expect(timeline.slice(1)).toEqual([
      { at: at(3), actor: 'receptionistd', action: 'alerted', detail: 'slack' },
    ]);
    expect(await claimAll(fresh(), 600)).toEqual([]);
  });

  it('forgets a digest that did not arrive, and no other', async () => {
    await seedTenant(fresh());
    for (let i = 0; i < 5; i++) await seedEntry(fresh(), { live: true }, i);
    const digestAt = async (seconds: number) =>
      (await claimAll(fresh(), seconds)).find(({ deliveries: [{ destination }] }) =>
        destination.startsWith('slack:'),
      );
    const digest = await digestAt(10);
    expect(digest).toMatchObject({ mention: true, at: at(10) });
    const [lead] = digest?.deliveries ?? [];
    const again = async (seconds: number) => {
      for (const delivery of digest?.deliveries ?? [])
        await fresh().transact((tx) =>
          tx.recordDelivery(
            delivery,
            { status: 'waiting', why: 'asked to wait', next_attempt_at: at(seconds), unclear: false },
            at(seconds),
          ),
        );
    };
    await again(12);
    await fresh().transact((tx) => tx.forgetDigest(lead?.destination ?? 'log', at(9)));
    await fresh().transact((tx) => tx.forgetDigest(lead?.destination ?? 'log', at(10)));
    expect(await digestAt(13)).toMatchObject({ mention: true, at: at(13) });
  });

  it('names the entries of a digest in the order in which they were claimed', async () => {
    await seedTenant(fresh());
    for (let i = 0; i < 9; i++) await seedEntry(fresh(), {}, i);
    const [alone, digest] = await claimAll(fresh(), 10);
    await record(fresh(), alone?.deliveries[0] as ClaimedDelivery, { ...SENT, reference: 'C1/1' }, 11);
    for (const [i, delivery] of (digest?.deliveries ?? []).entries()) {
      const status = i === 0 ? 'sent' : 'grouped';
      await record(fresh(), delivery, { status, reference: 'C1/2', seen: null }, 11);
    }
    expect(await fresh().read.entriesOfMessage('C1/2')).toEqual(
      digest?.deliveries.map(({ entry_id }) => entry_id),
    );
    expect(await fresh().read.entriesOfMessage('C1/none')).toEqual([]);
    const [, second] = await Promise.all(
      (digest?.deliveries ?? []).map(({ entry_id }) => entryOf(fresh(), { entry_id: entry_id ?? '' })),
    );
    expect(second?.notifications).toMatchObject([{ status: 'grouped', sent_at: at(11), reference: 'C1/2' }]);
  });

  it('tries again when it was told to, and remembers that it may have arrived', async () => {
    const { entry, delivery } = await seedClaimed(fresh());
    const again = { status: 'waiting', why: 'HTTP 500', next_attempt_at: at(10), unclear: true } as const;
    await record(fresh(), delivery, again, 1);
    expect((await entryOf(fresh(), entry)).notifications).toMatchObject([{ status: 'waiting', attempts: 1 }]);
    expect(await claimAll(fresh(), 9)).toEqual([]);
    const second = await claimOne(fresh(), 10);
    expect(second).toMatchObject({ attempts: 1, fence: 2, unclear: true });
    await record(fresh(), second, { ...again, unclear: false, next_attempt_at: at(20) }, 11);
    expect(await claimOne(fresh(), 20)).toMatchObject({ attempts: 2, unclear: true });
  });

  it.each([
    ['skipped', 0],
    ['failed', 1],
  ] as const)('is done with what was %s', async (status, attempts) => {
    const { entry, delivery } = await seedClaimed(fresh());
    expect(await record(fresh(), delivery, { status, why: 'resolved meanwhile' }, 1)).toBe(true);
    const { notifications, timeline } = await entryOf(fresh(), entry);
    expect(notifications).toMatchObject([{ status, attempts, sent_at: null }]);
    expect(timeline).toHaveLength(1);
    expect(await claimAll(fresh(), 600)).toEqual([]);
  });

  it('does not let a worker record whose lease went to another', async () => {
    const { entry, delivery } = await seedClaimed(fresh());
    const second = await claimOne(fresh(), 60);
    expect(second).toMatchObject({ attempts: 1, fence: 2, unclear: true });
    expect(await record(fresh(), delivery, { status: 'failed', why: 'slow' }, 61)).toBe(false);
    expect(await record(fresh(), second, SENT, 62)).toBe(true);
    expect((await entryOf(fresh(), entry)).notifications).toMatchObject([{ status: 'sent', attempts: 2 }]);
  });

  it('sends again what a killed worker held, but makes no call and no text twice', async () => {
    const person = { user: 'lex', phone: '+15005550101', slack_user_id: null };
    const notify = ['slack', 'pagerduty', 'text', 'call'] as const;
    const steps = [{ after_minutes: 0, notify: [...notify] }];
    await seedTenant(fresh(), { escalation: { critical: steps, standard: steps } });
    await putOnCall(fresh(), [person]);
    const entry = await seedEntry(fresh());
    expect((await claimAll(fresh(), 0)).map(({ deliveries: [{ channel }] }) => channel).sort()).toEqual(
      [...notify].sort(),
    );
    const again = (await claimAll(fresh(), 10)).flatMap(({ deliveries }) => deliveries);
    expect(again.map(({ channel, unclear }) => [channel, unclear]).sort()).toEqual([
      ['pagerduty', true],
      ['slack', true],
    ]);
    expect((await entryOf(fresh(), entry)).notifications).toMatchObject([
      { channel: 'slack', status: 'sending', attempts: 2 },
      { channel: 'pagerduty', status: 'sending', attempts: 2 },
      { channel: 'text', status: 'failed', attempts: 1 },
      { channel: 'call', status: 'failed', attempts: 1 },
    ]);
  });

  it('passes a call on to the next person, once, until nobody is left or somebody has it', async () => {
    const phones = { lex: '+15005550101', kim: '+15005550102', eva: '+15005550103' };
    const steps = [{ after_minutes: 0, notify: ['call' as const] }];
    await seedTenant(fresh(), { escalation: { critical: steps, standard: steps } });
    await putOnCall(
      fresh(),
      Object.entries(phones).map(([user, phone]) => ({ user, phone, slack_user_id: null })),
    );
    const { entry_id } = await seedEntry(fresh());
    const passOn = (id: string) => fresh().transact((tx) => tx.passOn(id, 'no answer', at(3)));
    const first = await claimOne(fresh(), 0);
    expect(first).toMatchObject({ person: 'lex', destination: 'call:+15005550101' });
    await send(fresh(), first, 'CA1', 1);
    expect(await fresh().read.getDelivery(first.delivery_id)).toMatchObject({
      status: 'sent',
      reference: 'CA1',
    });
    expect(await passOn(first.delivery_id)).toEqual({ person: 'kim' });
    expect(await passOn(first.delivery_id)).toEqual({ person: null });
    const second = await claimOne(fresh(), 4);
    expect(second.person).toBe('kim');
    expect(await passOn(second.delivery_id)).toEqual({ person: 'eva' });
    const third = await claimOne(fresh(), 5);
    expect(await passOn(third.delivery_id)).toEqual({ person: null });
    const { timeline } = await entryOf(fresh(), { entry_id });
    expect(timeline.map(({ detail }) => detail).slice(1)).toEqual([
      'call: lex',
      ...['lex', 'kim', 'eva'].map((person) => `call: ${person}, no answer`),
    ]);
    const fourth = await seedEntry(fresh(), {}, 100);
    const taken = await claimOne(fresh(), 100);
    await fresh().transact((tx) => tx.moveEntry(fourth.entry_id, { move: 'acknowledge' }, 'lex', at(101)));
    expect(await passOn(taken.delivery_id)).toEqual({ person: null });
    expect(await passOn('dl_none')).toEqual({ person: null });
  });

  it('passes on for all who were told of in one call', async () => {
    const steps = [{ after_minutes: 0, notify: ['call' as const] }];
    await seedTenant(fresh(), { escalation: { critical: steps, standard: steps } });
    await putOnCall(fresh(), [
      { user: 'lex', phone: '+15005550101', slack_user_id: null },
      { user: 'kim', phone: '+15005550102', slack_user_id: null },
    ]);
    for (const _ of ['one', 'two']) await seedEntry(fresh());
    const [call] = await claimAll(fresh(), 0);
    for (const [i, delivery] of (call?.deliveries ?? []).entries()) {
      await record(fresh(), delivery, { ...SENT, status: i === 0 ? 'sent' : 'grouped', reference: 'CA1' }, 1);
    }
    const leading = call?.deliveries[0].delivery_id ?? '';
    expect(await fresh().transact((tx) => tx.passOn(leading, 'busy', at(2)))).toEqual({ person: 'kim' });
    const [next] = await claimAll(fresh(), 2);
    expect(next?.deliveries.map(({ person }) => person)).toEqual(['kim', 'kim']);
  });

  it('says a sentence about no entry, and again only after a while', async () => {
    const notice = {
      key: 'gap',
      text: 'Nobody is on call.',
      destination: 'slack:#a',
      every_ms: 60_000,
    } as const;
    const say = (seconds: number) => fresh().transact((tx) => tx.queueNotice(notice, at(seconds)));
    expect([await say(0), await say(59), await say(60)]).toEqual([true, false, true]);
    const said = (await claimAll(fresh(), 60)).map(({ deliveries: [one] }) => one);
    expect(said[0]).toMatchObject({ channel: 'slack_notice', entry_id: null, text: 'Nobody is on call.' });
    expect(await record(fresh(), said[0] as ClaimedDelivery, { ...SENT, reference: 'C1/1' }, 61)).toBe(true);
  });

  it('counts what waits, and since when it is due', async () => {
    await seedTenant(fresh());
    const nothing = {
      unfiled_events: 0,
      waiting_deliveries: 0,
      oldest_event_at: null,
      oldest_delivery_at: null,
      open_entries: { critical: 0, standard: 0 },
    };
    expect(await fresh().read.backlog(at(0))).toMatchObject(nothing);
    await fresh().transact((tx) => tx.emitEscalate(anEvent({ at: at(5) })));
    await seedEntry(fresh(), { live: true }, 3);
    expect(await fresh().read.backlog(at(9))).toMatchObject({
      unfiled_events: 1,
      waiting_deliveries: 1,
      oldest_event_at: at(5),
      oldest_delivery_at: at(3),
      open_entries: { critical: 1, standard: 0 },
    });
    await claimAll(fresh(), 9);
    expect(await fresh().read.backlog(at(10))).toMatchObject({
      waiting_deliveries: 1,
      oldest_delivery_at: null,
    });
    expect(await fresh().read.backlog(at(30))).toMatchObject({ oldest_delivery_at: at(19) });
  });
}

function inSlack(sends: { deliveries: ClaimedDelivery[] }[]): ClaimedDelivery[] {
  return sends.flatMap(({ deliveries }) => deliveries).filter(({ channel }) => channel === 'slack_mention');
}

function putOnCall(
  store: Store,
  people: { user: string; phone: string | null; slack_user_id: string | null }[],
): Promise<void> {
  const rotation = {
    ...{ name: 'all', tenant_id: null, time_zone: 'UTC', every: 'week' as const, starts_at: at(0) },
    users: people.map(({ user }) => user),
  };
  return store.transact((tx) => tx.putOnCall({ people, rotations: [rotation], overrides: [] }, at(0)));
}

async function seedClaimed(
  store: Store,
): Promise<{ entry: { entry_id: string }; delivery: ClaimedDelivery }> {
  await seedTenant(store);
  const entry = await seedEntry(store);
  return { entry, delivery: await claimOne(store, 0) };
}
