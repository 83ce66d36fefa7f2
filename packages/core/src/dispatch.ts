/**
 * What leaves for one destination at a moment: which alerts go alone, which are told together, and which wait. Pure; who
 * asks holds the destination's row, so that all daemons together keep within what the other side allows.
 */
import type { Instant, Severity } from './tenant.ts';

/** A delivery that is due. */
export interface Waiting {
  delivery_id: string;
  entry_id: string | null;
  tenant_id: string | null;
  channel: DeliveryChannel;
  /** Null for what is about no entry. */
  severity: Severity | null;
  /** When it was queued; orders those of one kind. */
  created_at: Instant;
}

/** Tells of an entry in a way that shall be noticed. */
export const ALERT_CHANNELS = ['slack', 'slack_mention', 'pagerduty', 'text', 'call', 'log'] as const;
export type AlertChannel = (typeof ALERT_CHANNELS)[number];

/** Keeps what was told true, and says it quietly. */
export const QUIET_CHANNELS = [
  'slack_update',
  'slack_thread',
  'slack_notice',
  'pagerduty_acknowledge',
  'pagerduty_resolve',
] as const;
export type QuietChannel = (typeof QUIET_CHANNELS)[number];

export type DeliveryChannel = AlertChannel | QuietChannel;

/** Where something is sent; what stands before the colon says which limits hold. */
export type Destination =
  | `slack:${string}`
  | 'slack_updates'
  | 'pagerduty'
  | `text:${string}`
  | `call:${string}`
  | 'log';

/** What is remembered of a destination: a token bucket, and when many were told at once. */
export interface DestinationState {
  /** Sends that are allowed at `counted_at`. */
  tokens: number;
  counted_at: Instant;
  /** Nothing is sent before: the other side asked for it. */
  blocked_until: Instant | null;
  /** The last digest, and the last one that called people to it. */
  grouped_at: Instant | null;
  mentioned_at: Instant | null;
}

/** One request. More than one delivery: they are told together, by the first of them. */
export interface Send {
  delivery_ids: string[];
  /** Whether it may call people to it: one mention says it for a whole storm. */
  mention: boolean;
  /** Even the critical ones were too many to be told alone: other ways are needed at once. */
  storm: boolean;
}

export interface Dispatch {
  sends: Send[];
  state: DestinationState;
}

interface Limit {
  perSecond: number;
  /** As many at once after a while of silence; one, where the other side has shown of late that it takes no more. */
  burst: number;
  choose: (waiting: readonly Waiting[], tokens: number, state: DestinationState, now: Instant) => Send[];
}

/** So long nothing is saved up for a destination that found us too fast. */
const CAUTIOUS_MS = 60_000;
/** After a digest the next one waits, so that people read a few long ones and not many short ones. */
const BETWEEN_DIGESTS_MS = 10_000;
const BETWEEN_MENTIONS_MS = 60_000;
/** What a message can hold; the rest goes into the next one. */
const LARGEST_GROUP = 400;
/** PagerDuty pages somebody for each incident: more at once are one. */
const MOST_INCIDENTS_AT_ONCE = 5;

/**
 * Slack: about a message a second in a channel, short bursts tolerated; chat.update 50 a minute (Tier 3). PagerDuty: 120 a
 * minute. A person is rung once a minute, and texted in no faster succession than they can read.
 */
const LIMITS: Readonly<Record<string, Limit>> = {
  slack: { perSecond: 1, burst: 3, choose: chooseInChannel },
  slack_updates: { perSecond: 0.8, burst: 10, choose: chooseAlone },
  pagerduty: { perSecond: 1.6, burst: 20, choose: chooseIncidents },
  text: { perSecond: 0.1, burst: 3, choose: chooseForPerson },
  call: { perSecond: 1 / 60, burst: 1, choose: chooseForPerson },
  log: { perSecond: 1_000, burst: 1_000, choose: chooseAlone },
};

export function freshDestination(destination: Destination, now: Instant): DestinationState {
  const { burst } = limitOf(destination);
  return { tokens: burst, counted_at: now, blocked_until: null, grouped_at: null, mentioned_at: null };
}

/** After the other side said that it was too much: one when it wants more, and the rest at its rate. */
export function blockedDestination(state: DestinationState, now: Instant, until: Instant): DestinationState {
  const blocked_until = [now, until, state.blocked_until ?? now].sort().at(-1) as Instant;
  return { ...state, tokens: 1, counted_at: blocked_until, blocked_until };
}

export function dispatch(
  destination: Destination,
  waiting: readonly Waiting[],
  before: DestinationState,
  now: Instant,
): Dispatch {
  const limit = limitOf(destination);
  const state = refilled(before, limit, now);
  if (waiting.length === 0 || (state.blocked_until !== null && now < state.blocked_until))
    return { sends: [], state };
  const sends = limit.choose(fairly(waiting), Math.floor(state.tokens), state, now);
  const grouped = sends.some(({ delivery_ids }) => delivery_ids.length > 1);
  const mentioned = sends.some(({ mention, delivery_ids }) => mention && delivery_ids.length > 1);
  return {
    sends,
    state: {
      ...state,
      tokens: state.tokens - sends.length,
      grouped_at: grouped ? now : state.grouped_at,
      mentioned_at: mentioned ? now : state.mentioned_at,
    },
  };
}

function limitOf(destination: Destination): Limit {
  return LIMITS[destination.split(':', 1)[0] ?? ''] as Limit;
}

function refilled(state: DestinationState, { perSecond, burst }: Limit, now: Instant): DestinationState {
  const seconds = Math.max(0, Date.parse(now) - Date.parse(state.counted_at)) / 1_000;
  return {
    ...state,
    tokens: Math.min(isCautious(state, now) ? 1 : burst, state.tokens + seconds * perSecond),
    counted_at: now > state.counted_at ? now : state.counted_at,
  };
}

function isCautious({ blocked_until }: DestinationState, now: Instant): boolean {
  return blocked_until !== null && Date.parse(now) - Date.parse(blocked_until) < CAUTIOUS_MS;
}

/** Critical first, then in turn by tenant: many of one hold up none of another. */
function fairly(waiting: readonly Waiting[]): Waiting[] {
  const oldestFirst = [...waiting].sort(
    (a, b) => compare(a.created_at, b.created_at) || compare(a.delivery_id, b.delivery_id),
  );
  const counts = new Map<string, number>();
  const turns = new Map(
    oldestFirst.map((one) => {
      const key = `${one.severity} ${one.tenant_id}`;
      const turn = counts.get(key) ?? 0;
      counts.set(key, turn + 1);
      return [one, turn];
    }),
  );
  const rank = (one: Waiting) => (one.severity === 'critical' ? 0 : 1);
  const turn = (one: Waiting) => turns.get(one) ?? 0;
  return oldestFirst.sort((a, b) => rank(a) - rank(b) || turn(a) - turn(b));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * A channel. Critical alerts take what there is, alone where that is enough and else all in one message. The others leave
 * one message free for the next critical one, where there can be two at once; the first goes alone and the rest together. What
 * is said quietly comes last.
 */
function chooseInChannel(
  waiting: readonly Waiting[],
  tokens: number,
  state: DestinationState,
  now: Instant,
): Send[] {
  const [alerts, quiet] = partition(waiting, isMessage);
  const critical = alerts.filter(({ severity }) => severity === 'critical');
  const others = alerts.filter(({ severity }) => severity !== 'critical');
  const mayMention = hasPassed(state.mentioned_at, BETWEEN_MENTIONS_MS, now);
  const first = chooseCritical(critical, tokens, mayMention);
  const kept = isCautious(state, now) ? 0 : 1;
  const left = () => tokens - sends.length - kept;
  const sends = [...first];
  if (hasPassed(state.grouped_at, BETWEEN_DIGESTS_MS, now)) {
    sends.push(...chooseStandard(others, left(), mayMention && !first.some(({ mention }) => mention)));
  }
  sends.push(...quiet.slice(0, Math.max(0, left())).map((one) => alone(one)));
  return sends;
}

function chooseCritical(critical: readonly Waiting[], tokens: number, mayMention: boolean): Send[] {
  if (critical.length <= tokens) return critical.map(alone);
  if (tokens === 0) return [];
  return together(critical, tokens, mayMention).map((send) => ({ ...send, storm: true }));
}

function chooseStandard(others: readonly Waiting[], left: number, mayMention: boolean): Send[] {
  if (left <= 0 || others.length === 0) return [];
  if (others.length <= left) return others.map(alone);
  const [first, ...rest] = others;
  if (left === 1 || !first) return together(others, 1, mayMention);
  return [alone(first), ...together(rest, left - 1, mayMention)];
}

/** Each in a request of its own, for what costs nobody anything. */
function chooseAlone(waiting: readonly Waiting[], tokens: number): Send[] {
  return waiting.slice(0, tokens).map(alone);
}

/** What ends or quiets an incident goes first: somebody is still being paged for nothing. */
function chooseIncidents(waiting: readonly Waiting[], tokens: number): Send[] {
  const triggers = waiting.filter(({ channel }) => channel === 'pagerduty');
  const others = waiting.filter(({ channel }) => channel !== 'pagerduty');
  const quieting = others.slice(0, Math.max(0, tokens - 1)).map(alone);
  const left = tokens - quieting.length;
  if (triggers.length <= Math.min(left, MOST_INCIDENTS_AT_ONCE)) return [...quieting, ...triggers.map(alone)];
  return left > 0 ? [...quieting, ...together(triggers, 1, true)] : quieting;
}

/** A person hears or reads of the gravest, and how many more there are. */
function chooseForPerson(waiting: readonly Waiting[], tokens: number): Send[] {
  if (waiting.length <= tokens) return waiting.map(alone);
  return tokens > 0 ? together(waiting, 1, true) : [];
}

function isMessage({ channel }: Waiting): boolean {
  return channel === 'slack' || channel === 'slack_mention';
}

function partition(waiting: readonly Waiting[], belongs: (one: Waiting) => boolean): [Waiting[], Waiting[]] {
  return [waiting.filter(belongs), waiting.filter((one) => !belongs(one))];
}

function alone({ delivery_id, channel }: Waiting): Send {
  return { delivery_ids: [delivery_id], mention: channel === 'slack_mention', storm: false };
}

/** In as few messages as will hold them; only the first of them calls anybody. */
function together(group: readonly Waiting[], most: number, mayMention: boolean): Send[] {
  const calls = mayMention && group.some(({ channel }) => channel !== 'slack');
  const sends: Send[] = [];
  for (let from = 0; from < group.length && sends.length < most; from += LARGEST_GROUP) {
    const delivery_ids = group.slice(from, from + LARGEST_GROUP).map(({ delivery_id }) => delivery_id);
    sends.push({ delivery_ids, mention: calls && from === 0, storm: false });
  }
  return sends;
}

function hasPassed(since: Instant | null, ms: number, now: Instant): boolean {
  return since === null || Date.parse(now) - Date.parse(since) >= ms;
}
