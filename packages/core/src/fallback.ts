/**
 * The human-fallback entry: why a person is needed, the states it goes through and the moves between them.
 * Contract, section 6. Pure: the store applies what is decided here.
 */
import { Problem } from './problem.ts';
import type { Instant, PhoneNumber, Severity, Tenant } from './tenant.ts';

export const REASONS = [
  'caller_asked_for_human',
  'low_confidence',
  'ambiguous_time',
  'payment',
  'complaint',
  'emergency',
  'no_answer_found',
  'out_of_scope',
  'booking_conflict',
  'booking_not_allowed',
  'review_required',
  'message_left',
  'callback_requested',
  'text_undelivered',
  'limit_reached',
  'system_degraded',
] as const;
export type Reason = (typeof REASONS)[number];

export const STATUSES = ['open', 'acknowledged', 'engaged', 'resolved'] as const;
export type Status = (typeof STATUSES)[number];

export const SEVERITIES = ['critical', 'standard'] as const satisfies Severity[];

export const CHANNELS = ['voice', 'sms', 'whatsapp', 'manual'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Reasons for which nobody waits on the line, even if the call is still up. */
const NOBODY_WAITS: readonly Reason[] = [
  'message_left',
  'callback_requested',
  'review_required',
  'text_undelivered',
  'limit_reached',
];

/** Critical: a caller on the line waits for a person, or it is an emergency. */
export function severityOf(reason: Reason, live: boolean): Severity {
  if (reason === 'emergency') return 'critical';
  return live && !NOBODY_WAITS.includes(reason) ? 'critical' : 'standard';
}

/** The graver of two. */
export function graver(a: Severity, b: Severity): Severity {
  return a === 'critical' || b === 'critical' ? 'critical' : 'standard';
}

export interface Utterance {
  speaker: 'caller' | 'receptionist';
  text: string;
  at: Instant;
  /** Of the speech recognition, 0 to 1; only for a caller, and only where it was given. */
  confidence?: number;
}

export interface EntryContext {
  summary: string;
  live: boolean;
  call_sid: string | null;
  slots: Record<string, unknown>;
  transcript: Utterance[];
  [more: string]: unknown;
}

export const TIMELINE_ACTIONS = [
  'filed', 'joined', 'raised', 'alerted', 'acknowledged', 'assigned', 'engaged', 'noted', 'tagged', 'ack_missed',
  'engage_missed', 'returned', 'transfer', 'caller_left', 'approved', 'declined', 'resolved', 'reopened',
] as const; // biome-ignore format: a list of words
export type TimelineAction = (typeof TIMELINE_ACTIONS)[number];

export interface TimelineEvent {
  at: Instant;
  actor: string;
  action: TimelineAction;
  detail: string | null;
}

export const NOTIFICATION_STATUSES = ['waiting', 'sending', 'sent', 'grouped', 'failed', 'skipped'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

/** How one alert fared, as the API shows it. `reference`: Slack's `C…/ts`, or what the channel gave. */
export interface Notification {
  channel: string;
  status: NotificationStatus;
  attempts: number;
  sent_at: Instant | null;
  reference: string | null;
}

export interface Entry {
  entry_id: string;
  tenant_id: string;
  conversation_id: string | null;
  channel: Channel;
  caller: PhoneNumber | null;
  reason: Reason;
  reason_detail: string | null;
  severity: Severity;
  status: Status;
  created_at: Instant;
  ack_due_at: Instant;
  engage_due_at: Instant;
  ack_breached: boolean;
  engage_breached: boolean;
  assignee: string | null;
  acknowledged_by: string | null;
  acknowledged_at: Instant | null;
  engaged_by: string | null;
  engaged_at: Instant | null;
  resolved_by: string | null;
  resolved_at: Instant | null;
  resolution_notes: string | null;
  tags: string[];
}

export interface EntryWithHistory extends Entry {
  context: EntryContext;
  notifications: Notification[];
  timeline: TimelineEvent[];
}

/** Something happened that a person must hear of; written in the transaction of its cause. */
export interface EscalateEvent {
  event_id: string;
  tenant_id: string;
  conversation_id: string | null;
  channel: Channel;
  caller: PhoneNumber | null;
  reason: Reason;
  reason_detail: string | null;
  severity: Severity;
  live: boolean;
  at: Instant;
  context: EntryContext;
}

/** When an entry that begins (or begins again) at `from` must be acknowledged and engaged. */
export function deadlines(
  sla: Tenant['sla'],
  severity: Severity,
  from: Instant,
): Pick<Entry, 'ack_due_at' | 'engage_due_at'> {
  const after = (minutes: number) => new Date(Date.parse(from) + minutes * 60_000).toISOString();
  return { ack_due_at: after(sla[severity].acknowledge), engage_due_at: after(sla[severity].engage) };
}

export type Move =
  | { move: 'acknowledge' }
  | { move: 'assign'; assignee: string }
  | { move: 'engage'; how: string }
  | { move: 'note'; text: string }
  | { move: 'tag'; add: string[]; remove: string[] }
  | { move: 'resolve'; notes: string; tags: string[] }
  | { move: 'reopen'; notes: string };
export type MoveName = Move['move'];

/** What a move does to an entry. No timeline: nothing changed (an acknowledgement repeated by its holder). */
export interface Moved {
  changes: Partial<Entry>;
  timeline: Omit<TimelineEvent, 'at' | 'actor'>[];
}

/**
 * Decide a move. `sla` is the tenant's, for the fresh deadlines of a reopening.
 * @throws Problem `already_acknowledged` (names the holder) or `invalid_transition` (names the present status)
 */
export function decideMove(entry: Entry, move: Move, by: string, now: Instant, sla: Tenant['sla']): Moved {
  switch (move.move) {
    case 'acknowledge':
      return acknowledge(entry, by, now, sla);
    case 'assign':
      refuseWhen(entry, move.move, ['resolved']);
      return one({ assignee: move.assignee }, 'assigned', move.assignee);
    case 'engage':
      refuseWhen(entry, move.move, ['engaged', 'resolved']);
      return engage(entry, move.how, by, now);
    case 'note':
      return one({}, 'noted', move.text);
    case 'tag':
      return one(
        { tags: retagged(entry.tags, move.add, move.remove) },
        'tagged',
        describeTags(move.add, move.remove),
      );
    case 'resolve':
      refuseWhen(entry, move.move, ['resolved']);
      return resolve(entry, move.notes, move.tags, by, now);
    case 'reopen':
      refuseWhen(entry, move.move, ['open', 'acknowledged', 'engaged']);
      return one({ ...NOBODY_HAS_IT, ...deadlines(sla, entry.severity, now) }, 'reopened', move.notes);
  }
}

/** What is taken from an entry that is open again. */
export const NOBODY_HAS_IT = {
  status: 'open',
  assignee: null,
  acknowledged_by: null,
  acknowledged_at: null,
  engaged_by: null,
  engaged_at: null,
  resolved_by: null,
  resolved_at: null,
  resolution_notes: null,
} as const satisfies Partial<Entry>;

function acknowledge(entry: Entry, by: string, now: Instant, sla: Tenant['sla']): Moved {
  if (entry.status === 'acknowledged' || entry.status === 'engaged') {
    const holder = entry.assignee ?? entry.acknowledged_by;
    if (holder === by) return { changes: {}, timeline: [] };
    throw new Problem(
      'already_acknowledged',
      `${holder} has ${entry.entry_id} since ${entry.acknowledged_at}.`,
      {
        details: { holder, entry_status: entry.status },
      },
    );
  }
  refuseWhen(entry, 'acknowledge', ['resolved']);
  return one(
    {
      status: 'acknowledged',
      assignee: by,
      ...acknowledgedBy(entry, by, now),
      ...timeToEngage(entry, now, sla),
    },
    'acknowledged',
    null,
  );
}

/** Whoever comes when it should have been engaged already has the time that lies between the two deadlines. */
function timeToEngage(entry: Entry, now: Instant, sla: Tenant['sla']): Partial<Entry> {
  if (now < entry.engage_due_at) return {};
  const { acknowledge, engage } = sla[entry.severity];
  const engage_due_at = new Date(Date.parse(now) + (engage - acknowledge || engage) * 60_000).toISOString();
  return { engage_due_at, engage_breached: true };
}

function acknowledgedBy(entry: Entry, by: string, now: Instant): Partial<Entry> {
  return {
    acknowledged_by: by,
    acknowledged_at: now,
    ack_breached: entry.ack_breached || now > entry.ack_due_at,
  };
}

function engage(entry: Entry, how: string, by: string, now: Instant): Moved {
  const acknowledging = entry.status === 'open';
  return {
    changes: {
      ...(acknowledging ? acknowledgedBy(entry, by, now) : {}),
      status: 'engaged',
      assignee: acknowledging ? by : (entry.assignee ?? by),
      engaged_by: by,
      engaged_at: now,
      engage_breached: entry.engage_breached || now > entry.engage_due_at,
    },
    timeline: [
      ...(acknowledging ? [{ action: 'acknowledged' as const, detail: null }] : []),
      { action: 'engaged', detail: how },
    ],
  };
}

function resolve(entry: Entry, notes: string, tags: string[], by: string, now: Instant): Moved {
  return one(
    {
      status: 'resolved',
      resolved_by: by,
      resolved_at: now,
      resolution_notes: notes,
      tags: retagged(entry.tags, tags, []),
    },
    'resolved',
    notes,
  );
}

function one(changes: Partial<Entry>, action: TimelineAction, detail: string | null): Moved {
  return { changes, timeline: [{ action, detail }] };
}

function refuseWhen(entry: Entry, move: MoveName, statuses: Status[]): void {
  if (!statuses.includes(entry.status)) return;
  throw new Problem(
    'invalid_transition',
    `${entry.entry_id} is ${entry.status}; ${move} is not possible from there.`,
    {
      details: { entry_status: entry.status },
    },
  );
}

function retagged(tags: string[], add: string[], remove: string[]): string[] {
  return [...new Set([...tags, ...add])].filter((tag) => !remove.includes(tag)).sort();
}

function describeTags(add: string[], remove: string[]): string {
  return [...add.map((tag) => `+${tag}`), ...remove.map((tag) => `-${tag}`)].join(' ');
}

/** What a later event of the same conversation does to the entry that is not resolved yet. */
export interface Joined extends Moved {
  context: EntryContext;
  /** The severity rose: alert again, with deadlines and steps counted from now. */
  raised: boolean;
}

/** A later event joins the entry: its words are added; a graver one raises the severity, which never falls. */
export function joinEvent(
  entry: EntryWithHistory,
  event: EscalateEvent,
  now: Instant,
  sla: Tenant['sla'],
): Joined {
  const severity = graver(entry.severity, event.severity);
  const raised = severity !== entry.severity;
  return {
    context: joinedContext(entry.context, event.context, raised),
    changes: raised ? { severity, ...deadlines(sla, severity, now) } : {},
    timeline: [
      {
        action: 'joined',
        detail: event.reason_detail ? `${event.reason}: ${event.reason_detail}` : event.reason,
      },
      ...(raised ? [{ action: 'raised' as const, detail: severity }] : []),
    ],
    raised,
  };
}

/** The later event knows all that was said; what the caller wanted is what the gravest of them says, the first of equals. */
function joinedContext(before: EntryContext, after: EntryContext, raised: boolean): EntryContext {
  const { summary } = raised ? after : before;
  return { ...before, ...after, slots: { ...before.slots, ...after.slots }, summary };
}
