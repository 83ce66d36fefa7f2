/**
 * Somebody outside hears of us while all is well, and raises an alarm when they do not: a daemon that is dead or stuck cannot
 * do so itself. The address is a secret: who knows it can keep the alarm from being raised.
 */
import type { Instant } from '@receptionist/core';
import type { Store } from '@receptionist/store';
import type { Readiness } from '../http/readiness.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Chore } from './engine.ts';

const TIMEOUT_MS = 5_000;
/** Longer than anything waits while people can be told. */
const LONGEST_WAIT_MS = 5 * 60_000;

export function createHeartbeat({
  url,
  store,
  readiness,
  log,
  metrics,
}: {
  url: string;
  store: Store;
  readiness: () => Promise<Readiness>;
  log: Log;
  metrics: Metrics;
}): Chore {
  return async (now) => {
    const ills = [...(await whatIsNotReady()), ...(await whatWaits(now))];
    if (ills.length > 0) {
      metrics.heartbeats.inc({ result: 'withheld' });
      log.warn({ ills }, 'the heartbeat is withheld: whoever waits for it will raise an alarm');
      return;
    }
    const failure = await ping(url);
    metrics.heartbeats.inc({ result: failure === null ? 'sent' : 'failed' });
    if (failure !== null) log.warn({ failure }, 'HEARTBEAT_URL did not take the heartbeat');
  };

  async function whatIsNotReady(): Promise<string[]> {
    const { parts } = await readiness();
    return Object.entries(parts).flatMap(([part, said]) => (said === 'ok' ? [] : [`${part}: ${said}`]));
  }

  async function whatWaits(now: Instant): Promise<string[]> {
    const { oldest_event_at, oldest_delivery_at } = await store.read.backlog(now);
    const waits = (since: Instant | null) =>
      since !== null && Date.parse(now) - Date.parse(since) > LONGEST_WAIT_MS;
    return [
      ...(waits(oldest_event_at) ? [`an event is not filed since ${oldest_event_at}`] : []),
      ...(waits(oldest_delivery_at) ? [`a delivery is due since ${oldest_delivery_at}`] : []),
    ];
  }
}

/** Null, or why it failed, without the address. */
async function ping(url: string): Promise<string | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.ok ? null : `it answered ${answer.status}`;
  } catch (error) {
    const { name, cause } = error as { name: string; cause?: { code?: string } };
    return cause?.code ?? name;
  }
}
