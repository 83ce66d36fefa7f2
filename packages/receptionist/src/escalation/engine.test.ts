import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EscalateEvent, type TimelineAction, withDefaults } from '@receptionist/core';
import { openStore, type Store } from '@receptionist/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Alert, type Notifier, NotifyError } from '../notify/notifier.ts';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createEscalationEngine, type EscalationEngine, isTaken } from './engine.ts';

const TENANT = withDefaults({
  tenant_id: 't1',
  name: 'Northside Dental',
  time_zone: 'UTC',
  numbers: ['+15005550006'],
});

let clock: Date;
let store: Store;
let engine: EscalationEngine;
/** What people were told, oldest first: the entry's severity and the caller's words. */
let told: string[];
let logged: string[];
/** What the notifier does with the next alert. */
let onSend: (alert: Alert) => Promise<void>;

const advance = (seconds: number) => {
  clock = new Date(clock.getTime() + seconds * 1_000);
};

beforeEach(async () => {
  clock = new Date('2026-11-24T18:00:00.000Z');
  const folder = await mkdtemp(path.join(tmpdir(), 'engine-'));
  store = await openStore({ url: `sqlite:${path.join(folder, 'test.db')}`, now: () => clock });
  await store.migrations.up();
  await store.transact((tx) => tx.createTenant(TENANT, clock.toISOString()));
  told = [];
  logged = [];
  onSend = async () => {};
  engine = createEngine();
});

afterEach(async () => {
  await engine.stop();
  await store.close();
});

function createEngine(over: Store = store): EscalationEngine {
  const slack: Notifier = {
    async send(alert) {
      await onSend(alert);
      told.push(`${alert.entry.severity}: ${alert.entry.context.summary}`);
      return { reference: 'C1/1.1' };
    },
  };
  const log = createLog({ level: 'warn', secrets: [], write: (line) => logged.push(JSON.parse(line).msg) });
  return createEscalationEngine({
    ...{ store: over, notifiers: { slack }, alertChannel: 'slack', log },
    ...{ metrics: createMetrics(), jitter: () => 0 },
  });
}

async function escalate(summary: string): Promise<string> {
  const event: Omit<EscalateEvent, 'event_id'> = {
    tenant_id: 't1',
    conversation_id: null,
    channel: 'manual',
    caller: '+14155550123',
    reason: 'complaint',
    reason_detail: null,
    severity: 'standard',
    live: false,
    at: clock.toISOString(),
    context: { summary, live: false, call_sid: null, slots: {}, transcript: [] },
  };
  return (await store.transact((tx) => tx.emitEscalate(event))).event_id;
}

async function entryOf(event_id: string) {
  const { entry_id } = (await store.read.getEvent(event_id)) ?? {};
  const entry = await store.read.getEntry(entry_id ?? '');
  if (!entry) throw new Error(`${event_id} was not filed`);
  return entry;
}

const acknowledge = (entry_id: string) =>
  store.transact((tx) => tx.moveEntry(entry_id, { move: 'acknowledge' }, 'lex', clock.toISOString()));

describe('the engine', () => {
  it('files an event and tells somebody, once', async () => {
    const event = await escalate('wants a person');
    await engine.finishCycle();
    await engine.finishCycle();
    expect(told).toEqual(['standard: wants a person']);
    expect(await entryOf(event)).toMatchObject({
      status: 'open',
      notifications: [{ channel: 'slack', status: 'sent', attempts: 1, reference: 'C1/1.1' }],
    });
  });

  it('finds after a restart what was accepted before', async () => {
    await escalate('wants a person');
    await engine.stop();
    engine = createEngine();
    await engine.finishCycle();
    expect(told).toEqual(['standard: wants a person']);
  });

  it('tells nobody of an entry that somebody took meanwhile', async () => {
    onSend = async () => {
      throw new NotifyError('Slack answered 500', { retryable: true });
    };
    const event = await escalate('wants a person');
    await engine.finishCycle();
    const { entry_id } = await entryOf(event);
    await acknowledge(entry_id);
    onSend = async () => {};
    advance(60);
    await engine.finishCycle();
    expect(told).toEqual([]);
    expect((await entryOf(event)).notifications).toMatchObject([{ status: 'skipped', attempts: 1 }]);
  });

  it('tries again later and later, and arrives once', async () => {
    onSend = async () => {
      throw new NotifyError('Slack answered 500', { retryable: true });
    };
    const event = await escalate('wants a person');
    for (const seconds of [0, 1, 2, 4]) {
      advance(seconds);
      await engine.finishCycle();
      await engine.finishCycle();
    }
    expect((await entryOf(event)).notifications).toMatchObject([{ status: 'waiting', attempts: 4 }]);
    onSend = async () => {};
    advance(8);
    await engine.finishCycle();
    await engine.finishCycle();
    expect(told).toEqual(['standard: wants a person']);
  });

  it('waits as long as Slack asks', async () => {
    onSend = async () => {
      throw new NotifyError('Slack asks to wait', { retryable: true, retryAfterSeconds: 40 });
    };
    await escalate('wants a person');
    await engine.finishCycle();
    onSend = async () => {};
    advance(39);
    await engine.finishCycle();
    expect(told).toEqual([]);
    advance(1);
    await engine.finishCycle();
    expect(told).toHaveLength(1);
  });

  it('goes on slowly where only a person can mend it, and says so as an error', async () => {
    onSend = async () => {
      throw new NotifyError('invite the bot', { retryable: false });
    };
    await escalate('wants a person');
    await engine.finishCycle();
    advance(29);
    onSend = async () => {};
    await engine.finishCycle();
    expect(told).toEqual([]);
    expect(logged).toEqual([expect.stringContaining('was refused')]);
    advance(1);
    await engine.finishCycle();
    expect(told).toHaveLength(1);
  });

  it('takes over what a killed worker had begun to send', async () => {
    const event = await escalate('wants a person');
    await store.transact(async (tx) => {
      const [claimed] = await tx.claimEvents(1);
      if (claimed) await tx.fileEntry(claimed, { channel: 'slack' }, clock.toISOString());
      await tx.claimDeliveries({ now: clock.toISOString(), limit: 1, lease_ms: 30_000 });
    });
    await engine.finishCycle();
    expect(told).toEqual([]);
    advance(31);
    await engine.finishCycle();
    expect(told).toHaveLength(1);
    expect((await entryOf(event)).notifications).toMatchObject([{ status: 'sent', attempts: 2 }]);
  });

  it('is not held up by an event that cannot be filed', async () => {
    const poisoned = await escalate('broken');
    let broken = true;
    const brittle: Store = {
      ...store,
      transact: (work) =>
        store.transact((tx) =>
          work({
            ...tx,
            fileEntry: async (event, ...rest) => {
              if (broken && event.event_id === poisoned) throw new Error('cannot be filed');
              return tx.fileEntry(event, ...rest);
            },
          }),
        ),
    };
    const shaken = createEngine(brittle);
    await escalate('behind it');
    await shaken.finishCycle();
    expect(told).toEqual(['standard: behind it']);
    broken = false;
    advance(1);
    await shaken.finishCycle();
    expect(told).toEqual(['standard: behind it', 'standard: broken']);
    await shaken.stop();
  });

  it('marks a deadline that passed, once', async () => {
    const event = await escalate('wants a person');
    await engine.finishCycle();
    advance(15 * 60 + 1);
    await engine.finishCycle();
    await engine.finishCycle();
    const { ack_breached, timeline } = await entryOf(event);
    expect(ack_breached).toBe(true);
    expect(timeline.filter(({ action }) => action === 'ack_missed')).toHaveLength(1);
  });

  it('answers many rings with one more cycle, and a stop lets it finish', async () => {
    let sending = 0;
    onSend = async () => {
      sending++;
      for (let i = 0; i < 10; i++) engine.ring();
    };
    await escalate('wants a person');
    engine.ring();
    await engine.finishCycle();
    await engine.stop();
    expect(sending).toBe(1);
    expect(engine.msSinceFullCycle()).toBeGreaterThanOrEqual(0);
    engine.ring();
    await escalate('after the stop');
    await engine.finishCycle();
    expect(told).toEqual(['standard: wants a person']);
  });

  it('has had no full cycle while the database is away', async () => {
    const away: Store = { ...store, now: () => Promise.reject(new Error('away')) };
    const blind = createEngine(away);
    await blind.finishCycle();
    await blind.finishCycle();
    expect(blind.msSinceFullCycle()).toBeNull();
    expect(logged).toHaveLength(1);
    await blind.stop();
  });
});

describe('whether somebody has it', () => {
  const entry = (status: 'open' | 'acknowledged' | 'resolved', ...actions: TimelineAction[]) => ({
    status,
    timeline: actions.map((action) => ({ at: '', actor: '', action, detail: null })),
  });

  it.each([
    [false, entry('open', 'filed')],
    [false, entry('open', 'filed', 'acknowledged', 'returned')],
    [true, entry('acknowledged', 'filed', 'acknowledged')],
    [true, entry('acknowledged', 'filed', 'raised', 'acknowledged')],
    [false, entry('acknowledged', 'filed', 'acknowledged', 'raised')],
    [true, entry('resolved', 'filed', 'raised', 'resolved')],
  ])('%s: %o', (taken, of) => {
    expect(isTaken(of)).toBe(taken);
  });
});
