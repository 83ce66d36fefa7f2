/** What Prometheus can ask for. Every counter is here, so that this file is the list of what we measure. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds. */
const TURN_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 12];
const WAIT_BUCKETS = [2, 5, 10, 20, 30, 45, 60, 90, 120, 300];

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
      'Requests that were not signed by Twilio, Slack or PagerDuty, by why',
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
    flagReads: counter(
      'receptionist_flag_reads_total',
      "Readings of a tenant's flags that memory could not answer, by where they were found",
      ['from'],
    ),
    rolloutMoves: counter(
      'receptionist_rollout_moves_total',
      'Steps that rollouts took by themselves, and where one halted and went back',
      ['flag', 'move'],
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
    sendsInFlight: gauge('receptionist_sends_in_flight', 'Requests to tell somebody that are on their way'),
    blocked: counter('receptionist_destinations_blocked_total', 'How often the other side asked to wait', [
      'channel',
    ]),
    breaches: counter('receptionist_breaches_total', 'Deadlines that passed', ['deadline']),
    returned: counter(
      'receptionist_returned_total',
      'Entries that were acknowledged, not engaged in time, and are open again',
    ),
    handOffs: counter('receptionist_hand_offs_total', 'Callers who waited for a person, by how that ended', [
      'outcome',
    ]),
    handOffWaitSeconds: new Histogram({
      name: 'receptionist_hand_off_wait_seconds',
      help: 'How long callers waited for a person, by how that ended',
      labelNames: ['outcome'] as const,
      buckets: WAIT_BUCKETS,
      registers,
    }),
    repairedEntries: counter(
      'receptionist_repaired_entries_total',
      'Entries that nobody would have looked at again',
    ),
    notices: counter('receptionist_notices_total', 'What the engine had to complain about in Slack', [
      'kind',
    ]),
    heartbeats: counter('receptionist_heartbeats_total', 'Pings of HEARTBEAT_URL', ['result']),
    engineFailures: counter('receptionist_engine_failures_total', 'Parts of an engine cycle that failed', [
      'part',
    ]),
    cycleLagSeconds: gauge(
      'receptionist_engine_cycle_lag_seconds',
      'How old the oldest success of a part of the engine is',
    ),
    backlogOldestSeconds: gauge(
      'receptionist_backlog_oldest_seconds',
      'How long the longest waiting one is due',
      ['kind'],
    ),
    backlog: gauge('receptionist_backlog', 'What waits for the engine', ['kind']),
    openEntries: gauge('receptionist_open_entries', 'Entries that are not resolved', ['severity']),
  };
}
