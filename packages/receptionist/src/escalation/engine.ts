/**
 * The engine that turns escalate events into entries and tells people of them. The rows alone hold what is to be done and
 * when; a process that is killed at any line here leaves nothing that the next cycle, here or elsewhere, does not find.
 */
import {
  type EntryWithHistory,
  type EscalateEvent,
  type Instant,
  nextAttemptAt,
  type Tenant,
} from '@receptionist/core';
import type { ClaimedDelivery, DeliveryResult, Store } from '@receptionist/store';
import { type Notifiers, NotifyError } from '../notify/notifier.ts';
import { type Log, withLogFields } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { within } from '../within.ts';
import type { Wake } from './wake.ts';

const SWEEP_MS = 1_000;
/** A cycle takes no more than this at once, so that breaches and alerts are never far behind a flood of events. */
const EVENTS_A_CYCLE = 100;
const DELIVERIES_A_CYCLE = 20;
const SEND_TIMEOUT_MS = 8_000;
/**
 * Longer than a send may take: while it runs, no other worker may think that we died. And short: an alert that a killed
 * worker held waits for its end.
 */
const LEASE_MS = 10_000;
/** What only a changed setting can mend is tried again this often, so that the alert follows the repair soon. */
const REFUSED_RETRY_SECONDS = 30;
const FORGET_EVERY_MS = 10 * 60_000;
/** An outage says so once a minute, not once a second. */
const COMPLAIN_EVERY_MS = 60_000;

export interface EscalationEngine extends Wake {
  start(): void;
  /** No new cycle begins; resolves when the one that runs has ended. */
  stop(): Promise<void>;
  /** Resolves after a whole cycle that began after this call. */
  finishCycle(): Promise<void>;
  /** How long ago the last cycle ended of which every part succeeded; null: none yet. */
  msSinceFullCycle(): number | null;
}

export function createEscalationEngine({
  store,
  notifiers,
  alertChannel,
  chores = {},
  log,
  metrics,
  jitter = Math.random,
}: {
  store: Store;
  notifiers: Notifiers;
  /** The way of new alerts: one of `notifiers`. */
  alertChannel: string;
  /** What else a cycle does, by name, while alerts are sent. */
  chores?: Readonly<Record<string, (now: Instant) => Promise<void>>>;
  log: Log;
  metrics: Metrics;
  /** 0 to 1. */
  jitter?: () => number;
}): EscalationEngine {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  let sweep: NodeJS.Timeout | undefined;
  let stopped = false;
  let lastFullCycle: number | null = null;
  let forgetAt = 0;
  const lastComplaint = new Map<string, number>();
  /** Events that could not be filed, which must not hold up those behind them. */
  const resting = new Map<string, { attempts: number; until: Instant }>();

  /** Rings that come while a cycle runs are answered by one cycle after it. */
  function finishCycle(): Promise<void> {
    if (stopped) return running;
    next ??= running.then(() => {
      next = null;
      // Not in the name of the request that happened to ring.
      running = stopped ? Promise.resolve() : withLogFields({}, cycle);
      return running;
    });
    return next;
  }

  function ring(): void {
    void finishCycle();
  }

  async function cycle(): Promise<void> {
    let whole = true;
    const part = async (name: string, work: () => Promise<void>) => {
      await work().catch((error) => {
        whole = false;
        complain(name, error);
      });
    };
    await part('cycle', async () => {
      const now = await store.now();
      await part('filing', () => fileEvents(now));
      await part('breaches', () => markBreaches(now));
      const others = Object.entries(chores).map(([name, work]) => part(name, () => work(now)));
      await Promise.all([part('alerts', () => alert(now)), ...others]);
      await part('forgetting', () => forget(now));
    });
    if (whole) lastFullCycle = performance.now();
  }

  function complain(part: string, error: unknown): void {
    metrics.engineFailures.inc({ part });
    if (performance.now() - (lastComplaint.get(part) ?? -COMPLAIN_EVERY_MS) < COMPLAIN_EVERY_MS) return;
    lastComplaint.set(part, performance.now());
    log.error({ error, part }, 'a part of the escalation engine failed; it is tried again every second');
  }

  async function fileEvents(now: Instant): Promise<void> {
    for (let count = 0; count < EVENTS_A_CYCLE; count++) {
      if (!(await fileNext(now))) return;
    }
    ring();
  }

  /** A transaction for each event: one that cannot be filed undoes nobody else's. False: there is none left. */
  async function fileNext(now: Instant): Promise<boolean> {
    let claimed = null as EscalateEvent | null;
    try {
      const filed = await store.transact(async (tx) => {
        const events = await tx.claimEvents(1 + resting.size);
        const event = events.find(({ event_id }) => (resting.get(event_id)?.until ?? now) <= now);
        if (!event) return null;
        claimed = event;
        return { event, ...(await tx.fileEntry(event, { channel: alertChannel }, now)) };
      });
      if (filed) recordFiling(filed);
      return filed !== null;
    } catch (error) {
      if (!claimed) throw error;
      rest(claimed, error, now);
      return true;
    }
  }

  function recordFiling({
    event,
    entry_id,
    joined,
  }: {
    event: EscalateEvent;
    entry_id: string;
    joined: boolean;
  }): void {
    resting.delete(event.event_id);
    metrics.escalationsFiled.inc({ result: joined ? 'joined' : 'filed' });
    const { event_id, tenant_id, reason, severity } = event;
    log.info({ event_id, entry_id, tenant_id, reason, severity, joined }, 'escalation filed');
  }

  function rest({ event_id }: EscalateEvent, error: unknown, now: Instant): void {
    const attempts = (resting.get(event_id)?.attempts ?? 0) + 1;
    const until = nextAttemptAt({ attempts, now, retryAfterSeconds: null, jitter: jitter() });
    resting.set(event_id, { attempts, until });
    metrics.engineFailures.inc({ part: 'event' });
    log.error(
      { error, event_id, attempts, until },
      'an escalate event could not be filed; it is kept and tried again',
    );
  }

  async function markBreaches(now: Instant): Promise<void> {
    for (const { entry_id, missed } of await store.transact((tx) => tx.markBreaches(now))) {
      metrics.breaches.inc({ deadline: missed });
      log.warn({ entry_id, missed }, 'a deadline has passed and nobody was there');
    }
  }

  async function alert(now: Instant): Promise<void> {
    const claim = { now, limit: DELIVERIES_A_CYCLE, lease_ms: LEASE_MS };
    const deliveries = await store.transact((tx) => tx.claimDeliveries(claim));
    const results = await Promise.allSettled(deliveries.map((delivery) => deliver(delivery, now)));
    // One that could not be recorded is due again when its lease has run out.
    for (const result of results) if (result.status === 'rejected') complain('delivery', result.reason);
    if (deliveries.length === DELIVERIES_A_CYCLE) ring();
  }

  async function deliver(delivery: ClaimedDelivery, now: Instant): Promise<void> {
    const result = await attempt(delivery, now);
    const recorded = await store.transact((tx) => tx.recordDelivery(delivery, result, now));
    const { delivery_id, entry_id, channel } = delivery;
    metrics.deliveries.inc({ channel, status: result.status });
    const details = { delivery_id, entry_id, channel, ...result };
    if (!recorded)
      log.warn(details, 'another worker took this delivery meanwhile; somebody may be told twice');
    else if (result.status !== 'waiting') log.info(details, 'delivery ended');
  }

  async function attempt(delivery: ClaimedDelivery, now: Instant): Promise<DeliveryResult> {
    const entry = await store.read.getEntry(delivery.entry_id);
    if (!entry) return { status: 'skipped', why: 'the entry is gone' };
    if (isTaken(entry)) return { status: 'skipped', why: `the entry is ${entry.status}` };
    const tenant = (await store.read.getTenant(entry.tenant_id)) as Tenant;
    // A delivery may have been written when another way was configured.
    const notifier = notifiers[delivery.channel] ?? notifiers[alertChannel];
    if (!notifier) throw new Error(`no notifier for ${delivery.channel}`);
    try {
      const { reference } = await within(SEND_TIMEOUT_MS, notifier.send({ entry, tenant }));
      return { status: 'sent', reference };
    } catch (error) {
      return postpone(delivery, error, now);
    }
  }

  function postpone(delivery: ClaimedDelivery, error: unknown, now: Instant): DeliveryResult {
    const { entry_id, channel } = delivery;
    const attempts = delivery.attempts + 1;
    const refused = error instanceof NotifyError && !error.retryable;
    const asked = error instanceof NotifyError ? error.retryAfterSeconds : null;
    const retryAfterSeconds = refused ? REFUSED_RETRY_SECONDS : asked;
    const next_attempt_at = nextAttemptAt({ attempts, now, retryAfterSeconds, jitter: jitter() });
    const details = { error, entry_id, channel, attempts, next_attempt_at };
    if (refused)
      log.error(details, 'an alert was refused; it is kept and tried again until the cause is mended');
    else log.warn(details, 'an alert did not arrive; it is tried again');
    return {
      status: 'waiting',
      why: error instanceof Error ? error.message : String(error),
      next_attempt_at,
    };
  }

  async function forget(now: Instant): Promise<void> {
    if (Date.parse(now) < forgetAt) return;
    await store.transact((tx) => tx.forgetExpired(now));
    forgetAt = Date.parse(now) + FORGET_EVERY_MS;
  }

  return {
    ring,
    finishCycle,
    msSinceFullCycle: () => (lastFullCycle === null ? null : performance.now() - lastFullCycle),
    start() {
      sweep = setInterval(ring, SWEEP_MS);
      ring();
    },
    async stop() {
      clearInterval(sweep);
      stopped = true;
      await running;
    },
  };
}

/** Whether somebody has the entry since it was last raised: nobody else must be paged then. */
export function isTaken({ status, timeline }: Pick<EntryWithHistory, 'status' | 'timeline'>): boolean {
  if (status === 'open') return false;
  if (status === 'resolved') return true;
  const taken = timeline.findLastIndex(({ action }) => action === 'acknowledged' || action === 'engaged');
  const raised = timeline.findLastIndex(({ action }) => action === 'raised');
  return taken > raised;
}
