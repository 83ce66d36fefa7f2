/**
 * Incidents in PagerDuty, by its Events API v2. Attempts, back-off and `Retry-After` live in the delivery's row: here each
 * event is one request. One that arrives twice does no harm, since PagerDuty knows it by its `dedup_key`.
 */
import { readFetchFailure, retryAfterOf } from '../fetch-failures.ts';
import { type IncidentDesk, NotifyError } from './notifier.ts';
import { dedupKey, triggerOf } from './pagerduty-event.ts';

const TIMEOUT_MS = 5_000;
/** PagerDuty counts the events of the last minute. */
const PAUSE_SECONDS = 60;

export interface PagerDutySettings {
  routingKey: string;
  /** Without a slash at the end. */
  apiUrl: string;
  /** An address, or the name of a file. */
  runbook: string;
}

export function createPagerDuty({ routingKey, apiUrl, runbook }: PagerDutySettings): IncidentDesk {
  return {
    async alert(alert) {
      const dedup_key = dedupKey({ entry_id: alert.told.entry.entry_id, round: alert.told.round });
      await send({ event_action: 'trigger', dedup_key, ...triggerOf(alert, { runbook }) });
      return { reference: dedup_key };
    },
    acknowledge: (incident) => send({ event_action: 'acknowledge', dedup_key: dedupKey(incident) }),
    resolve: (incident) => send({ event_action: 'resolve', dedup_key: dedupKey(incident) }),
  };

  async function send(event: object): Promise<void> {
    const answer = await fetch(`${apiUrl}/v2/enqueue`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ routing_key: routingKey, ...event }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error) => {
      const { code, mayHaveArrived } = readFetchFailure(error);
      throw new NotifyError(`PagerDuty could not be reached (${code})`, {
        retryable: true,
        unclear: mayHaveArrived,
      });
    });
    // What it says of itself does not matter; the connection can be used again once it is read.
    await answer.arrayBuffer().catch(() => {});
    if (answer.status !== 202) throw explainRefusal(answer);
  }
}

function explainRefusal(answer: Response): NotifyError {
  const { status } = answer;
  if (status === 429)
    return new NotifyError('PagerDuty asks to wait (429)', {
      retryable: true,
      retryAfterSeconds: retryAfterOf(answer) ?? PAUSE_SECONDS,
    });
  if (status >= 400 && status < 500)
    return new NotifyError(
      `PagerDuty refused the event (${status}): check that PAGERDUTY_ROUTING_KEY is the 32 characters of an integration of the kind "Events API v2", and PAGERDUTY_API_URL the address of its region`,
      { retryable: false },
    );
  // A gateway, or a page of somebody in between.
  return new NotifyError(`PagerDuty answered ${status}`, { retryable: true, unclear: true });
}
