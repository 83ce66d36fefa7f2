import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EscalateEvent, type Tenant, type Ways, withDefaults } from '@receptionist/core';
import { openStore, type Store } from '@receptionist/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Alert, type Notifiers, NotifyError } from '../notify/notifier.ts';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { type Chore, createEscalationEngine, type EscalationEngine } from './engine.ts';
import { createSend } from './send.ts';

const TENANT = withDefaults({
  tenant_id: 't1',
  name: 'Northside Dental',
  time_zone: 'UTC',
  numbers: ['+15005550006'],
});
const EVERYTHING: Ways = { slack: { channel: '#human-fallback' }, pagerduty: true, phone: true };

type Way = 'slack' | 'pagerduty' | 'text' | 'call';

let clock: Date;
let store: Store;
let engine: EscalationEngine;
/** What people were told, oldest first: through what, and the callers' words. */
let told: string[];
/** The alerts that were sent. */
let alerts: Alert[];
let logged: string[];
/** What happens to the next request through a way. */
let onSend: Partial<Record<Way, (alert?: Alert) => Promise<void>>>;

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
  alerts = [];
  logged = [];
  onSend = {};
  engine = createEngine();
});

afterEach(async () => {
  await engine.stop();
  await store.close();
});

function createNotifiers(): Notifiers {
  let count = 0;
  const tell = async (way: Way, words: string, alert?: Alert) => {
    await onSend[way]?.(alert);
    told.push(`${way}: ${words}`);
    return { reference: `${way}/${++count}` };
  };
  const alerter = (way: Way) => ({
    alert: (alert: Alert) => {
      alerts.push(alert);
      const others = alert.others.length > 0 ? ` and ${alert.others.length} more` : '';
      return tell(way, `${alert.told.entry.context.summary}${others}${alert.late ? ' (late)' : ''}`, alert);
    },
  });
  const quietly = async (way: Way, words: string) => void (await tell(way, words));
  return {
    log: alerter('slack'),
    slack: {
      ...alerter('slack'),
      showEntry: (reference, { entry }) => quietly('slack', `${reference} shows ${entry.status}`),
      showDigest: (reference, entries) =>
        quietly('slack', `${reference} shows ${entries.map(({ entry }) => entry.status)}`),
      tellThread: (reference, _, events) =>
        quietly('slack', `below ${reference} ${events.map(({ action }) => action)}`),
      say: (channel, text) => tell('slack', `${channel} ${text}`),
    },
    pagerduty: {
      ...alerter('pagerduty'),
      acknowledge: ({ round }) => quietly('pagerduty', `acknowledge ${round}`),
      resolve: ({ round }) => quietly('pagerduty', `resolve ${round}`),
    },
    text: alerter('text'),
    call: alerter('call'),
  };
}

function createEngine(over: Store = store, chores: Record<string, Chore> = {}): EscalationEngine {
  const log = createLog({ level: 'warn', secrets: [], write: (line) => logged.push(JSON.parse(line).msg) });
  const metrics = createMetrics();
  const jitter = () => 0;
  const send = createSend({ store: over, notifiers: createNotifiers(), log, metrics, jitter });
  return createEscalationEngine({ store: over, ways: EVERYTHING, send, chores, log, metrics, jitter });
}

/** Until nothing is left to do at this moment. */
async function settle(): Promise<void> {
  for (let cycles = 0; cycles < 3; cycles++) await engine.finishCycle();
}

/** What was told since it was asked last, once all is done. */
async function news(): Promise<string[]> {
  await settle();
  return told.splice(0);
}

function withSteps(steps: Tenant['escalation']['standard']): Promise<void> {
  const escalation = { standard: steps, critical: steps };
  return store.transact((tx) => tx.replaceTenant({ ...TENANT, escalation }, clock.toISOString()));
}

async function onCall(...users: { user: string; phone: string | null; slack_user_id: string | null }[]) {
  const rotation = {
    ...{ name: 'all', tenant_id: null, time_zone: 'UTC', every: 'week' as const },
    ...{ starts_at: '2026-11-01T00:00:00.000Z', users: users.map(({ user }) => user) },
  };
  const plan = { people: users, rotations: [rotation], overrides: [] };
  await store.transact((tx) => tx.putOnCall(plan, clock.toISOString()));
}

async function escalate(summary: string, severity: 'standard' | 'critical' = 'standard'): Promise<string> {
  const event: Omit<EscalateEvent, 'event_id'> = {
    tenant_id: 't1',
    conversation_id: null,
    channel: 'manual',
    caller: '+14155550123',
    reason: 'complaint',
    reason_detail: null,
    severity,
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

const notificationsOf = async (event_id: string) => (await entryOf(event_id)).notifications;

async function acknowledge(event_id: string) {
  const { entry_id } = await entryOf(event_id);
  const now = clock.toISOString();
  await store.transact((tx) => tx.moveEntry(entry_id, { move: 'acknowledge' }, 'lex', now));
}

const failing =
  (message: string, how: ConstructorParameters<typeof NotifyError>[1] = { retryable: true }) =>
  async () => {
    throw new NotifyError(message, how);
  };

/** Nobody answers until `release` is called. */
function hang(): { hanging: () => Promise<void>; release: () => void; begun: Promise<void> } {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  return {
    hanging: () => {
      begin();
      return promise;
    },
    release,
    begun,
  };
}

describe('the engine', () => {
  it('files an event and tells somebody, once', async () => {
    const event = await escalate('wants a person');
    expect(await news()).toEqual(['slack: wants a person']);
    expect(await entryOf(event)).toMatchObject({
      status: 'open',
      notifications: [{ channel: 'slack', status: 'sent', attempts: 1, reference: 'slack/1' }],
    });
  });

  it('finds after a restart what was accepted before', async () => {
    await escalate('wants a person');
    await engine.stop();
    engine = createEngine();
    expect(await news()).toEqual(['slack: wants a person']);
  });

  it('takes over what a killed worker had begun to send, and says that it may have arrived', async () => {
    const event = await escalate('wants a person');
    const now = clock.toISOString();
    await store.transact(async (tx) => {
      const [claimed] = await tx.claimEvents(1);
      if (claimed) await tx.fileEntry(claimed, EVERYTHING, now);
      await tx.claimSends({ destination: 'slack:#human-fallback', now, ways: EVERYTHING, lease_ms: 10_000 });
    });
    expect(await news()).toEqual([]);
    advance(11);
    expect(await news()).toEqual(['slack: wants a person']);
    expect(alerts).toMatchObject([{ mayHaveArrived: true }]);
    expect(await notificationsOf(event)).toMatchObject([{ status: 'sent', attempts: 2 }]);
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
    await engine.stop();
    engine = createEngine(brittle);
    await escalate('behind it');
    expect(await news()).toEqual(['slack: behind it']);
    broken = false;
    advance(1);
    expect(await news()).toEqual(['slack: broken']);
  });

  it('marks a deadline that passed, once, and goes on to the next step', async () => {
    const event = await escalate('wants a person');
    await settle();
    advance(15 * 60);
    expect(await news()).toContain('slack: wants a person');
    const { ack_breached, timeline } = await entryOf(event);
    expect(ack_breached).toBe(true);
    expect(timeline.filter(({ action }) => action === 'ack_missed')).toHaveLength(1);
  });

  it('answers many rings with one more cycle, and a stop lets it finish', async () => {
    let sending = 0;
    onSend.slack = async () => {
      sending++;
      for (let i = 0; i < 10; i++) engine.ring();
    };
    await escalate('wants a person');
    engine.ring();
    await engine.finishCycle();
    await engine.stop();
    expect(sending).toBe(1);
    engine.ring();
    await escalate('after the stop');
    await engine.finishCycle();
    expect(told).toEqual(['slack: wants a person']);
  });

  it('has had no full cycle while the database is away', async () => {
    const blind = createEngine({ ...store, now: () => Promise.reject(new Error('away')) });
    await blind.finishCycle();
    await blind.finishCycle();
    expect(blind.msSinceFullCycle()).toBeNull();
    expect(logged).toHaveLength(1);
    await blind.stop();
  });

  it('has a full cycle only once each part and chore had one', async () => {
    let broken = true;
    const limping = createEngine(store, {
      texts: async () => {
        if (broken) throw new Error('no texts');
      },
    });
    await escalate('wants a person');
    await limping.finishCycle();
    expect(limping.msSinceFullCycle()).toBeNull();
    expect(told).toEqual(['slack: wants a person']);
    broken = false;
    await limping.finishCycle();
    expect(limping.msSinceFullCycle()).toBeGreaterThanOrEqual(0);
    await limping.stop();
  });
});

describe('what hangs', () => {
  it('delays neither filing, nor another way, nor another channel, nor a chore', async () => {
    await withSteps([{ after_minutes: 0, notify: ['slack', 'pagerduty', 'call'] }]);
    await onCall({ user: 'lex', phone: '+14155550199', slack_user_id: null });
    const other = { ...TENANT, tenant_id: 't2', numbers: ['+15005550001'], slack_channel: 'C0OTHER' };
    await store.transact((tx) => tx.createTenant(other, clock.toISOString()));
    const { hanging, release, begun } = hang();
    onSend.slack = async (alert) => (alert?.told.tenant.tenant_id === 't1' ? hanging() : undefined);
    const texts: string[] = [];
    await engine.stop();
    engine = createEngine(store, { texts: async (now) => void texts.push(now) });

    await escalate('first');
    engine.ring();
    await begun;
    advance(1);
    const second = await escalate('second');
    await store.transact((tx) =>
      tx.emitEscalate({
        ...{ tenant_id: 't2', conversation_id: null, channel: 'manual', caller: null, severity: 'standard' },
        ...{ reason: 'complaint', reason_detail: null, live: false, at: clock.toISOString() },
        context: { summary: 'other', live: false, call_sid: null, slots: {}, transcript: [] },
      }),
    );
    // It ends when the sends do, and Slack hangs.
    const finished = engine.finishCycle();
    await expect.poll(() => told, { interval: 5 }).toContain('slack: other');
    expect(told).toEqual(expect.arrayContaining(['pagerduty: first', 'call: first', 'pagerduty: second']));
    expect(await entryOf(second)).toMatchObject({ status: 'open' });
    await expect.poll(() => texts, { interval: 5 }).toContain(clock.toISOString());
    expect(told).not.toContain('slack: first');

    release();
    await finished;
    expect(told).toContain('slack: first');
  });

  it('is waited for by a stop', async () => {
    const { hanging, release, begun } = hang();
    onSend.slack = hanging;
    const event = await escalate('wants a person');
    engine.ring();
    await begun;
    const stopped = engine.stop();
    release();
    await stopped;
    expect(await notificationsOf(event)).toMatchObject([{ status: 'sent' }]);
  });

  it('is a chore of which the next cycle begins no second one', async () => {
    const { hanging, release, begun } = hang();
    let running = 0;
    let most = 0;
    await engine.stop();
    engine = createEngine(store, {
      texts: async () => {
        running++;
        most = Math.max(most, running);
        await hanging();
        running--;
      },
    });
    engine.ring();
    await begun;
    await escalate('wants a person');
    engine.ring();
    await expect.poll(() => told, { interval: 5 }).toEqual(['slack: wants a person']);
    release();
    await engine.finishCycle();
    expect(most).toBe(1);
  });
});

describe('an attempt that fails', () => {
  it('is made again later and later, and arrives once', async () => {
    onSend.slack = failing('Slack answered 500');
    const event = await escalate('wants a person');
    for (const seconds of [0, 1, 2, 4]) {
      advance(seconds);
      await settle();
    }
    expect(await notificationsOf(event)).toMatchObject([{ status: 'waiting', attempts: 4 }]);
    onSend = {};
    advance(8);
    expect(await news()).toEqual(['slack: wants a person']);
  });

  it('waits as long as Slack asks, with all that goes there', async () => {
    onSend.slack = failing('Slack asks to wait', { retryable: true, retryAfterSeconds: 40 });
    await escalate('first');
    await settle();
    onSend = {};
    advance(30);
    await escalate('second');
    expect(await news()).toEqual([]);
    advance(9);
    expect(await news()).toEqual([]);
    // And then no faster than Slack takes it.
    advance(4);
    expect((await news()).join()).toMatch(/first.*(second|1 more)/);
  });

  it('is kept by Slack until somebody mends the cause, and said as an error', async () => {
    onSend.slack = failing('invite the bot', { retryable: false });
    await escalate('wants a person');
    await settle();
    onSend = {};
    advance(29);
    expect(await news()).toEqual([]);
    expect(logged).toEqual([expect.stringContaining('was refused')]);
    advance(1);
    expect(await news()).toEqual(['slack: wants a person']);
  });

  it('is the last of a call that may have been placed', async () => {
    await withSteps([{ after_minutes: 0, notify: ['call'] }]);
    await onCall({ user: 'lex', phone: '+14155550199', slack_user_id: null });
    onSend.call = failing('no answer from Twilio', { retryable: true, unclear: true });
    const event = await escalate('wants a person');
    await settle();
    onSend = {};
    advance(120);
    expect(await news()).toEqual([]);
    expect(await notificationsOf(event)).toMatchObject([{ channel: 'call', status: 'failed', attempts: 1 }]);
  });

  it('of a call that was refused rings the next person', async () => {
    await withSteps([{ after_minutes: 0, notify: ['call'] }]);
    await onCall(
      { user: 'lex', phone: '+14155550199', slack_user_id: null },
      { user: 'ana', phone: '+14155550188', slack_user_id: null },
    );
    onSend.call = async (alert) => {
      if (alert?.person?.user === alerts[0]?.person?.user)
        throw new NotifyError('not a number', { retryable: false });
    };
    await escalate('wants a person');
    expect(await news()).toEqual(['call: wants a person']);
    expect(new Set(alerts.map(({ person }) => person?.user))).toEqual(new Set(['lex', 'ana']));
  });

  it('is a mistake of ours: said as an error, and made again', async () => {
    onSend.slack = async () => {
      throw new TypeError('alert.told is undefined');
    };
    await escalate('wants a person');
    await settle();
    expect(logged).toEqual([
      'a notifier failed in a way that is a mistake of ours',
      expect.stringContaining('tried again'),
    ]);
    onSend = {};
    advance(1);
    expect(await news()).toEqual(['slack: wants a person']);
    expect(alerts.at(-1)).toMatchObject({ mayHaveArrived: true });
  });
});

describe('a last look before it leaves', () => {
  it('tells nobody of an entry that somebody took meanwhile', async () => {
    onSend.pagerduty = failing('PagerDuty answered 500');
    await withSteps([{ after_minutes: 0, notify: ['pagerduty'] }]);
    const event = await escalate('wants a person');
    await settle();
    await acknowledge(event);
    onSend = {};
    advance(60);
    expect((await news()).filter((words) => words.includes('wants'))).toEqual([]);
    expect(await notificationsOf(event)).toMatchObject([{ status: 'skipped' }]);
  });

  it('lets Slack catch up with what it could not be told in time, and calls nobody to it', async () => {
    onSend.slack = failing('Slack answered 500');
    const event = await escalate('wants a person', 'critical');
    await settle();
    await acknowledge(event);
    onSend = {};
    advance(60);
    expect((await news())[0]).toBe('slack: wants a person (late)');
    expect(alerts.at(-1)).toMatchObject({ mention: null });
  });

  it('mentions who is on call, or whoever is there', async () => {
    await escalate('first', 'critical');
    await settle();
    await onCall({ user: 'lex', phone: null, slack_user_id: 'U0LEX' });
    await escalate('second', 'critical');
    await settle();
    expect(alerts.map(({ mention }) => mention)).toEqual([
      'here',
      [expect.objectContaining({ user: 'lex' })],
    ]);
  });

  it('tells many together, but for those that somebody took', async () => {
    const events = [];
    for (let count = 0; count < 8; count++) events.push(await escalate(`caller ${count}`));
    const { hanging, release, begun } = hang();
    onSend.slack = async () => {
      await hanging();
    };
    engine.ring();
    await begun;
    release();
    const told = await news();
    expect(told.filter((words) => words.includes('more'))).toEqual([expect.stringMatching(/and \d more$/)]);
    const statuses = await Promise.all(
      events.map(async (event) => (await notificationsOf(event))[0]?.status),
    );
    expect(new Set(statuses)).toEqual(new Set(['sent', 'grouped']));
  });
});

describe('what was told is kept true', () => {
  it('in the message and its thread, and in the incident', async () => {
    await withSteps([{ after_minutes: 0, notify: ['slack', 'pagerduty'] }]);
    const event = await escalate('wants a person');
    await settle();
    told = [];
    await acknowledge(event);
    advance(5);
    expect((await news()).sort()).toEqual([
      expect.stringMatching(/^pagerduty: acknowledge 1$/),
      expect.stringMatching(/^slack: below slack\/\d .*acknowledged/),
      expect.stringMatching(/^slack: slack\/\d shows acknowledged$/),
    ]);
  });

  it('says what is about no entry in the channel it is for', async () => {
    const notice = { key: 'k', text: 'Nobody is on call', destination: 'slack:#ops' as const, every_ms: 1 };
    await store.transact((tx) => tx.queueNotice(notice, clock.toISOString()));
    expect(await news()).toEqual(['slack: #ops Nobody is on call']);
  });
});
