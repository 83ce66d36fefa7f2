/**
 * What an entry asks for at a moment: which deadlines were missed, who is told now, and when somebody must look again.
 * Pure; the store writes what is decided here in one transaction. docs/escalation.md tells the whole way.
 */
import { deadlines, type Entry, NOBODY_HAS_IT, type TimelineEvent } from './fallback.ts';
import type { EscalationChannel, EscalationStep, Instant, Severity, Tenant } from './tenant.ts';

const MINUTE_MS = 60_000;
/** A single step repeats after this long (contract, tenant). */
const SINGLE_STEP_GAP_MINUTES = 5;
const SHORTEST_GAP_MS = 1_000;
/** Nobody is to be told of an engaged entry; it is looked at all the same, so that none is forgotten. */
const LOOK_AGAIN_MS = 24 * 60 * MINUTE_MS;

/** An entry as the engine watches it. */
export interface Watched
  extends Pick<
    Entry,
    'severity' | 'status' | 'ack_due_at' | 'engage_due_at' | 'ack_breached' | 'engage_breached'
  > {
  /** A round begins at filing, raise, return and reopening, from 1. */
  round: number;
  /** When it began: deadlines and steps count from then. */
  round_at: Instant;
  /** How many of the round's steps were told, repetitions included. */
  steps_taken: number;
}

export type Watch = Pick<Tenant, 'escalation' | 'sla'>;

export interface Advanced {
  changes: Partial<Entry & Watched>;
  timeline: Omit<TimelineEvent, 'at' | 'actor'>[];
  /** The ways in which people are told now, each once. */
  tell: EscalationChannel[];
  /** When this must be asked again; null once it is resolved. */
  next_action_at: Instant | null;
}

/**
 * Whatever was due at or before `now`, at once: an engine that was away tells the present state, not what it missed.
 * `raised`: the round begins because it grew graver, which whoever has it already is told as well, once.
 */
export function advance(
  entry: Watched,
  tenant: Watch,
  now: Instant,
  { raised = false }: { raised?: boolean } = {},
): Advanced {
  const missed = missedDeadlines(entry, now);
  const returned = entry.status === 'acknowledged' && entry.engage_due_at <= now;
  const changes = {
    ...(missed.includes('ack_missed') ? { ack_breached: true } : {}),
    ...(missed.includes('engage_missed') ? { engage_breached: true } : {}),
    ...(returned ? { ...NOBODY_HAS_IT, ...newRound(entry, tenant.sla, entry.severity, now) } : {}),
  };
  const timeline = [...missed, ...(returned ? (['returned'] as const) : [])].map((action) => ({
    action,
    detail: null,
  }));
  const present = { ...entry, ...changes };
  const due =
    present.status === 'open' || raised
      ? stepsDue(present, tenant, now)
      : { steps_taken: present.steps_taken, tell: [] };
  const after = { ...present, steps_taken: due.steps_taken };
  return {
    changes: { ...changes, steps_taken: due.steps_taken },
    timeline,
    tell: due.tell,
    next_action_at: nextActionAt(after, tenant, now),
  };
}

/** The columns of a round that begins; whoever has the entry is not changed by it. */
export function newRound(
  { round }: Pick<Watched, 'round'>,
  sla: Tenant['sla'],
  severity: Severity,
  now: Instant,
): Pick<Watched, 'round' | 'round_at' | 'steps_taken' | 'ack_due_at' | 'engage_due_at'> {
  return { round: round + 1, round_at: now, steps_taken: 0, ...deadlines(sla, severity, now) };
}

/** When somebody must look at the entry again: always later than `now` for an entry that was advanced at `now`. */
export function nextActionAt(entry: Watched, tenant: Watch, now: Instant): Instant | null {
  switch (entry.status) {
    case 'resolved':
      return null;
    case 'engaged':
      return later(now, LOOK_AGAIN_MS);
    case 'acknowledged':
      return entry.engage_due_at;
    case 'open': {
      const due = [
        ...(entry.ack_breached ? [] : [entry.ack_due_at]),
        ...(entry.engage_breached ? [] : [entry.engage_due_at]),
        later(entry.round_at, stepOffset(tenant.escalation[entry.severity], entry.steps_taken)),
      ];
      return due.sort()[0] as Instant;
    }
  }
}

function missedDeadlines(entry: Watched, now: Instant): ('ack_missed' | 'engage_missed')[] {
  const waits = entry.status === 'open' || entry.status === 'acknowledged';
  return [
    ...(entry.status === 'open' && !entry.ack_breached && entry.ack_due_at <= now
      ? (['ack_missed'] as const)
      : []),
    ...(waits && !entry.engage_breached && entry.engage_due_at <= now ? (['engage_missed'] as const) : []),
  ];
}

function stepsDue(
  entry: Watched,
  tenant: Watch,
  now: Instant,
): Pick<Advanced, 'tell'> & Pick<Watched, 'steps_taken'> {
  const steps = tenant.escalation[entry.severity];
  const begun = stepsBegun(steps, Date.parse(now) - Date.parse(entry.round_at));
  const steps_taken = Math.max(begun, entry.steps_taken);
  // All repetitions of the last step are that step.
  const missed = steps.slice(Math.min(entry.steps_taken, steps.length - 1), Math.max(begun, 0));
  return { steps_taken, tell: begun > entry.steps_taken ? waysOf(missed) : [] };
}

/** A mention says all that a message without one says. */
function waysOf(steps: readonly EscalationStep[]): EscalationChannel[] {
  const ways = new Set(steps.flatMap(({ notify }) => notify));
  if (ways.has('slack_mention')) ways.delete('slack');
  return [...ways];
}

/** How many steps have begun `elapsed` milliseconds into a round, counting each repetition of the last one. */
function stepsBegun(steps: readonly EscalationStep[], elapsed: number): number {
  const begun = steps.filter(({ after_minutes }) => inMs(after_minutes) <= elapsed).length;
  if (begun < steps.length) return begun;
  return begun + Math.floor((elapsed - inMs(steps.at(-1)?.after_minutes ?? 0)) / repeatEvery(steps));
}

/** Milliseconds from the beginning of a round to its step number `index`, from 0. */
function stepOffset(steps: readonly EscalationStep[], index: number): number {
  const step = steps[index];
  if (step) return inMs(step.after_minutes);
  const last = inMs(steps.at(-1)?.after_minutes ?? 0);
  return last + (index - steps.length + 1) * repeatEvery(steps);
}

/** The last step repeats after the gap before it; not more often than anybody looks. */
function repeatEvery(steps: readonly EscalationStep[]): number {
  const [before, last] = steps.slice(-2);
  const gap = before && last ? last.after_minutes - before.after_minutes : SINGLE_STEP_GAP_MINUTES;
  return Math.max(inMs(gap), SHORTEST_GAP_MS);
}

function inMs(minutes: number): number {
  return Math.round(minutes * MINUTE_MS);
}

function later(from: Instant, ms: number): Instant {
  return new Date(Date.parse(from) + ms).toISOString();
}
