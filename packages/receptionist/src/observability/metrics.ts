/** What Prometheus can ask for. Every counter is here, so that this file is the list of what we measure. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds. */
const TURN_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 12];

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  return {
    registry,
    httpRequests: counter('http_requests_total', 'Requests answered', ['method', 'route', 'status']),
    signatureRefusals: counter(
      'receptionist_signature_refusals_total',
      'Requests that were not from Twilio',
      ['why'],
    ),
    calls: counter('receptionist_calls_total', 'Calls that began'),
    texts: counter('receptionist_texts_total', 'Texts that came in, and what became of those that went out', [
      'direction',
      'result',
    ]),
    modelTurns: counter(
      'receptionist_model_turns_total',
      'Turns that a language model was asked about, by what it proposed or why it was not heard',
      ['provider', 'result'],
    ),
    turnSeconds: new Histogram({
      name: 'receptionist_turn_seconds',
      help: 'From a request of Twilio to the reply',
      labelNames: ['result'] as const,
      buckets: TURN_BUCKETS,
      registers,
    }),
    escalationsAccepted: counter('receptionist_escalations_accepted_total', 'Escalate events of turns', [
      'reason',
      'severity',
    ]),
    escalationsFiled: counter(
      'receptionist_escalations_filed_total',
      'Events that became or joined an entry',
      ['result'],
    ),
    deliveries: counter('receptionist_deliveries_total', 'Attempts to tell somebody of an entry', [
      'channel',
      'status',
    ]),
    breaches: counter('receptionist_breaches_total', 'Deadlines that passed', ['deadline']),
    engineFailures: counter('receptionist_engine_failures_total', 'Parts of an engine cycle that failed', [
      'part',
    ]),
    cycleLagSeconds: gauge(
      'receptionist_engine_cycle_lag_seconds',
      'Since the last full cycle of the engine',
    ),
    backlogOldestSeconds: gauge(
      'receptionist_backlog_oldest_seconds',
      'How long the longest waiting event or delivery is due',
    ),
    backlog: gauge('receptionist_backlog', 'What waits for the engine', ['kind']),
    openEntries: gauge('receptionist_open_entries', 'Entries that are not resolved', ['severity']),
  };
}
