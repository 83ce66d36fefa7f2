import { REASONS } from '@receptionist/core';
import { expect, it } from 'vitest';
import { anEvent, at, entryOf, seedCall, seedEntry, seedTenant, WAYS } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

export function fallbacksConform(fresh: Fresh): void {
  it('files an event as an entry with deadlines, timeline and an alert that waits', async () => {
    await seedTenant(fresh());
    const filed = await seedEntry(fresh(), { reason: 'payment', reason_detail: 'wants to pay', live: true });
    expect(filed).toMatchObject({ joined: false, told: ['slack_mention'], skipped: [] });
    expect(filed.entry_id).toMatch(/^fb_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(await entryOf(fresh(), filed)).toMatchObject({
      ...{
        tenant_id: 't1',
        reason: 'payment',
        reason_detail: 'wants to pay',
        severity: 'critical',
        status: 'open',
      },
      ...{
        created_at: at(0),
        ack_due_at: at(120),
        engage_due_at: at(300),
        ack_breached: false,
        assignee: null,
        tags: [],
      },
      context: { summary: 'The caller is unhappy.', live: true },
      notifications: [{ channel: 'slack', status: 'waiting', attempts: 0, sent_at: null, reference: null }],
      timeline: [{ at: at(0), actor: 'receptionistd', action: 'filed', detail: 'payment' }],
    });
  });

  it.each(REASONS)('files the reason %s', async (reason) => {
    await seedTenant(fresh());
    expect(await entryOf(fresh(), await seedEntry(fresh(), { reason }))).toMatchObject({ reason });
  });

  it('files an event once, however often it is tried', async () => {
    await seedTenant(fresh());
    const event = anEvent();
    const { event_id } = await fresh().transact((tx) => tx.emitEscalate(event));
    expect(await fresh().read.getEvent(event_id)).toEqual({ event_id, entry_id: null, filed_at: null });
    const file = (seconds: number) =>
      fresh().transact((tx) => tx.fileEntry({ ...event, event_id }, WAYS, at(seconds)));
    const first = await file(1);
    expect(await file(2)).toEqual({ ...first, told: [] });
    expect((await entryOf(fresh(), first)).notifications).toHaveLength(1);
    expect(await fresh().read.getEvent(event_id)).toEqual({
      event_id,
      entry_id: first.entry_id,
      filed_at: at(1),
    });
    await expect(
      fresh().transact((tx) => tx.fileEntry({ ...event, event_id: 'ev_none' }, WAYS, at(3))),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('claims events oldest first, and no more those that are filed', async () => {
    await seedTenant(fresh());
    for (const seconds of [2, 1, 3])
      await fresh().transact((tx) => tx.emitEscalate(anEvent({ at: at(seconds) })));
    const claimed = await fresh().transact((tx) => tx.claimEvents(2));
    expect(claimed.map((event) => event.at)).toEqual([at(1), at(2)]);
    expect(claimed[0]).toMatchObject({ ...anEvent(), at: at(1) });
    for (const event of claimed) await fresh().transact((tx) => tx.fileEntry(event, WAYS, at(4)));
    expect((await fresh().transact((tx) => tx.claimEvents(9))).map((event) => event.at)).toEqual([at(3)]);
  });

  it('lets a later event of the conversation join, once, without another alert', async () => {
    await seedTenant(fresh());
    const { conversation_id } = await seedCall(fresh(), 'CA1');
    const first = await seedEntry(fresh(), { conversation_id, live: true });
    const context = { summary: 'More.', live: true, call_sid: 'CA1', slots: { name: 'Ann' }, transcript: [] };
    const event = anEvent({
      conversation_id,
      live: true,
      reason: 'payment',
      reason_detail: 'by card',
      context,
    });
    const { event_id } = await fresh().transact((tx) => tx.emitEscalate(event));
    for (const seconds of [5, 6]) {
      const joined = await fresh().transact((tx) => tx.fileEntry({ ...event, event_id }, WAYS, at(seconds)));
      expect(joined).toEqual({ entry_id: first.entry_id, joined: true, told: [], skipped: [] });
    }
    const entry = await entryOf(fresh(), first);
    expect(entry).toMatchObject({
      reason: 'complaint',
      context: { summary: 'The caller is unhappy.', slots: { name: 'Ann' } },
      ack_due_at: at(120),
    });
    expect(entry.timeline.slice(1)).toEqual([
      { at: at(5), actor: 'receptionistd', action: 'joined', detail: 'payment: by card' },
    ]);
    expect(entry.notifications).toHaveLength(1);
  });

  it('raises the severity with a graver event: fresh deadlines, and an alert in place of the one that waits', async () => {
    await seedTenant(fresh());
    const { conversation_id } = await seedCall(fresh(), 'CA1');
    const first = await seedEntry(fresh(), { conversation_id });
    await seedEntry(fresh(), { conversation_id, reason: 'emergency', live: true }, 60);
    const entry = await entryOf(fresh(), first);
    expect(entry).toMatchObject({
      severity: 'critical',
      created_at: at(0),
      ack_due_at: at(180),
      engage_due_at: at(360),
    });
    expect(entry.timeline.map(({ action }) => action)).toEqual(['filed', 'joined', 'raised']);
    expect(entry.notifications.map(({ status }) => status)).toEqual(['skipped', 'waiting']);
  });

  it('knows that the caller has gone before the event was filed or joined', async () => {
    await seedTenant(fresh());
    const { conversation_id } = await seedCall(fresh(), 'CA1');
    await fresh().transact((tx) => tx.endConversation('CA1', 'escalated', at(1)));
    const filed = await seedEntry(fresh(), { conversation_id, live: true });
    expect((await entryOf(fresh(), filed)).context.live).toBe(false);
    await seedEntry(fresh(), { conversation_id, live: true });
    expect((await entryOf(fresh(), filed)).context.live).toBe(false);
  });

  it('begins another entry once the first is resolved, and then does not reopen the first', async () => {
    await seedTenant(fresh());
    const { conversation_id } = await seedCall(fresh(), 'CA1');
    const first = await seedEntry(fresh(), { conversation_id });
    await fresh().transact((tx) =>
      tx.moveEntry(first.entry_id, { move: 'resolve', notes: 'done', tags: [] }, 'lex', at(1)),
    );
    const second = await seedEntry(fresh(), { conversation_id });
    expect(second).toMatchObject({ joined: false });
    await expect(
      fresh().transact((tx) =>
        tx.moveEntry(first.entry_id, { move: 'reopen', notes: 'again' }, 'lex', at(2)),
      ),
    ).rejects.toMatchObject({
      code: 'invalid_transition',
      message: expect.stringContaining(second.entry_id),
    });
  });

  it('goes all the way of an entry', async () => {
    await seedTenant(fresh());
    const { entry_id } = await seedEntry(fresh(), { live: true });
    const { transact } = fresh();
    await transact((tx) => tx.moveEntry(entry_id, { move: 'acknowledge' }, 'lex', at(10)));
    await transact((tx) => tx.moveEntry(entry_id, { move: 'acknowledge' }, 'lex', at(11)));
    await expect(
      transact((tx) => tx.moveEntry(entry_id, { move: 'acknowledge' }, 'kim', at(12))),
    ).rejects.toMatchObject({ code: 'already_acknowledged', message: expect.stringContaining('lex') });
    await transact((tx) => tx.moveEntry(entry_id, { move: 'assign', assignee: 'kim' }, 'lex', at(13)));
    await transact((tx) => tx.moveEntry(entry_id, { move: 'engage', how: 'phone' }, 'kim', at(14)));
    await transact((tx) => tx.moveEntry(entry_id, { move: 'note', text: 'calm now' }, 'kim', at(15)));
    await transact((tx) =>
      tx.moveEntry(entry_id, { move: 'tag', add: ['b', 'a'], remove: [] }, 'kim', at(16)),
    );
    const resolved = await transact((tx) =>
      tx.moveEntry(entry_id, { move: 'resolve', notes: 'refunded', tags: ['c'] }, 'kim', at(17)),
    );
    expect(resolved).toEqual(await entryOf(fresh(), { entry_id }));
    expect(resolved).toMatchObject({
      ...{
        status: 'resolved',
        assignee: 'kim',
        acknowledged_by: 'lex',
        acknowledged_at: at(10),
        engaged_by: 'kim',
      },
      ...{ resolved_by: 'kim', resolved_at: at(17), resolution_notes: 'refunded', tags: ['a', 'b', 'c'] },
    });
    expect(resolved.timeline.map(({ actor, action }) => `${actor} ${action}`).slice(1)).toEqual([
      ...['lex acknowledged', 'lex assigned', 'kim engaged', 'kim noted', 'kim tagged', 'kim resolved'],
    ]);
    await expect(
      transact((tx) => tx.moveEntry(entry_id, { move: 'engage', how: 'x' }, 'kim', at(18))),
    ).rejects.toMatchObject({ code: 'invalid_transition' });
    await expect(
      transact((tx) => tx.moveEntry('fb_none', { move: 'acknowledge' }, 'lex', at(18))),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('reopens with fresh deadlines and nobody in charge, and alerts anew at once', async () => {
    await seedTenant(fresh());
    const { entry_id } = await seedEntry(fresh(), { live: true });
    await fresh().transact((tx) =>
      tx.moveEntry(entry_id, { move: 'resolve', notes: 'done', tags: ['a'] }, 'lex', at(1)),
    );
    const entry = await fresh().transact((tx) =>
      tx.moveEntry(entry_id, { move: 'reopen', notes: 'no' }, 'kim', at(60)),
    );
    expect(entry).toMatchObject({
      status: 'open',
      assignee: null,
      resolved_at: null,
      ack_due_at: at(180),
      tags: ['a'],
    });
    expect(entry.notifications).toMatchObject([{ channel: 'slack', status: 'skipped' }]);
    const due = await fresh().transact((tx) => tx.advanceDue({ now: at(60), ways: WAYS, limit: 9 }));
    expect(due).toMatchObject([{ entry_id, told: ['slack_mention'], missed: [], returned: false }]);
    expect((await entryOf(fresh(), { entry_id })).notifications).toMatchObject([
      { status: 'skipped' },
      { channel: 'slack', status: 'waiting' },
    ]);
  });

  it('lets one of two have it when both acknowledge at once', async () => {
    await seedTenant(fresh());
    const { entry_id } = await seedEntry(fresh());
    const both = await Promise.allSettled(
      ['lex', 'kim'].map((by) =>
        fresh().transact((tx) => tx.moveEntry(entry_id, { move: 'acknowledge' }, by, at(1))),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { timeline } = await entryOf(fresh(), { entry_id });
    expect(timeline.filter(({ action }) => action === 'acknowledged')).toHaveLength(1);
  });
}
