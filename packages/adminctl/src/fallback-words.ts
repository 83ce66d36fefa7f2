/** A fallback entry in the words of the people who work on it. */
import type { Entry, EntryWithHistory, Reason, TimelineEvent } from '@receptionist/core';
import { shortIds } from './ids.ts';
import { ago, countdown, due, moment, urgency } from './moments.ts';
import { type Column, type Look, printable } from './table.ts';
import { wrapped } from './text-width.ts';

const REASON_WORDS: Readonly<Record<Reason, string>> = {
  caller_asked_for_human: 'asked for a person',
  low_confidence: 'was not understood',
  ambiguous_time: 'named a time that can mean two things',
  payment: 'wants to pay, or asks about a payment',
  complaint: 'complains',
  emergency: 'has an emergency',
  no_answer_found: 'asked what nobody has told the receptionist',
  out_of_scope: 'wants something that the receptionist does not do',
  booking_conflict: 'wants a time that is taken',
  booking_not_allowed: 'wants an appointment, which the receptionist may not book',
  review_required: 'waits for a booking to be approved',
  message_left: 'left a message',
  callback_requested: 'wants to be called back',
  text_undelivered: 'did not get our text',
  limit_reached: 'called beyond what the plan includes',
  system_degraded: 'met a failure of ours',
};

export function reasonInWords(reason: Reason): string {
  return REASON_WORDS[reason];
}

export function callerInWords({ caller }: Pick<Entry, 'caller'>): string {
  return caller ?? 'number withheld';
}

/** The queue, most telling first: a narrow terminal goes without the last ones. */
export function entryColumns(entries: readonly Entry[], now: Date): Column<Entry>[] {
  const shortId = shortIds(entries.map(({ entry_id }) => entry_id));
  return [
    { header: 'ID', value: ({ entry_id }) => shortId(entry_id) },
    { header: 'DUE', value: (entry) => due(entry, now) },
    { header: 'SEVERITY', value: ({ severity }) => severity, spare: 2 },
    { header: 'CALLER', value: callerInWords },
    { header: 'REASON', value: ({ reason }) => reasonInWords(reason), elastic: true },
    { header: 'WITH', value: ({ assignee }) => assignee ?? '-', elastic: true },
    { header: 'TENANT', value: ({ tenant_id }) => tenant_id, elastic: true, spare: 1 },
    { header: 'STATUS', value: ({ status }) => status, spare: 3 },
  ];
}

/** What a person looks at first: red is late, yellow will be soon, bold is critical, and what is dim is done. */
export function entryLook(entry: Entry, now: Date): Look[] {
  if (entry.status === 'resolved') return ['dim'];
  const clock = urgency(entry, now);
  return [
    ...(entry.severity === 'critical' ? (['bold'] as const) : []),
    ...(clock === 'overdue' ? (['red'] as const) : clock === 'soon' ? (['yellow'] as const) : []),
  ];
}

/** One line after a move: where the entry stands, and until when. */
export function stateInWords(entry: Entry, shortId: string, now: Date): string {
  const who = entry.assignee ? `, with ${printable(entry.assignee)}` : '';
  const clock = entry.status === 'open' || entry.status === 'acknowledged' ? `; ${due(entry, now)}` : '';
  return `${shortId} is ${entry.status}${who}${clock}`;
}

/** The exact next command, or null where nothing is left to do. */
export function nextCommand({ status }: Pick<Entry, 'status'>, shortId: string): string | null {
  switch (status) {
    case 'open':
      return `adminctl fallback ack ${shortId}`;
    case 'acknowledged':
      return `adminctl fallback engage ${shortId} --how "called back"`;
    case 'engaged':
      return `adminctl fallback resolve ${shortId} --notes "what was done"`;
    case 'resolved':
      return null;
  }
}

interface NextStep {
  command: string;
  why: string;
}

/** Exact commands, the likeliest first. */
function nextSteps(entry: EntryWithHistory, shortId: string): NextStep[] {
  const command = nextCommand(entry, shortId);
  const likeliest = command ? [{ command, why: WHY_NEXT[entry.status] }] : [];
  return [...likeliest, ...otherSteps(entry, shortId)];
}

const WHY_NEXT: Readonly<Record<Entry['status'], string>> = {
  open: 'you have it, and nobody else is alerted',
  acknowledged: 'you are on it',
  engaged: 'it is done',
  resolved: '',
};

function otherSteps({ status, caller, context }: EntryWithHistory, shortId: string): NextStep[] {
  const fallback = `adminctl fallback`;
  switch (status) {
    case 'open':
    case 'acknowledged':
      if (!context.live && caller === null) return [];
      return [
        {
          command: `${fallback} join ${shortId} --phone +1…`,
          why: context.live
            ? 'your phone rings, and the caller is put through'
            : 'your phone rings, then theirs',
        },
      ];
    case 'engaged':
      return [{ command: `${fallback} note ${shortId} --text "…"`, why: 'what the next person should know' }];
    case 'resolved':
      return [
        { command: `${fallback} learn ${shortId}`, why: 'what would have prevented it' },
        { command: `${fallback} reopen ${shortId} --notes "…"`, why: 'it is not done after all' },
      ];
  }
}

/** All that a person who takes the entry over needs, most important first, in lines of `width` columns. */
export function entryInWords(
  entry: EntryWithHistory,
  shortId: string,
  now: Date,
  width = Number.POSITIVE_INFINITY,
): string {
  const section = (title: string, lines: string[]) =>
    lines.length === 0
      ? []
      : ['', title, ...lines.flatMap((line) => wrapped(`  ${printable(line)}`, width, 4))];
  return [
    ...wrapped(heading(entry), width),
    '',
    ...facts(entry, now, width),
    ...section('What was said', entry.context.transcript.map(utterance)),
    ...section('What was recorded', recordings(entry)),
    ...section(
      'What happened',
      entry.timeline.map((each) => event(each, now)),
    ),
    ...section('Who was told', entry.notifications.map(notification)),
    '',
    'What to do next',
    // A command is never broken, so that it can be copied whole.
    ...nextSteps(entry, shortId).flatMap(({ command, why }) => [
      `  ${command}`,
      ...wrapped(`      ${why}`, width, 6),
    ]),
  ].join('\n');
}

function heading(entry: EntryWithHistory): string {
  return `${entry.entry_id}  ${entry.severity}, ${entry.status}${entry.context.live ? ', the caller is on the line' : ''}`;
}

/** As wide as the longest name, and a gap. */
const NAMES = 13;

function facts(entry: EntryWithHistory, now: Date, width: number): string[] {
  const rows: [string, string | null][] = [
    ['caller', `${callerInWords(entry)} (${entry.channel})`],
    ['tenant', entry.tenant_id],
    ['reason', `${reasonInWords(entry.reason)} (${entry.reason})`],
    ['wanted', entry.context.summary || entry.reason_detail],
    ['filed', `${moment(entry.created_at)} (${ago(entry.created_at, now)})`],
    [
      'acknowledge',
      kept(entry.acknowledged_by, entry.acknowledged_at) ?? deadline('ack', entry.ack_due_at, now),
    ],
    ['engage', kept(entry.engaged_by, entry.engaged_at) ?? deadline('engage', entry.engage_due_at, now)],
    ['with', entry.assignee],
    ['tags', entry.tags.join(', ') || null],
    ['resolved', kept(entry.resolved_by, entry.resolved_at)],
    ['notes', entry.resolution_notes],
  ];
  return rows
    .filter(([, value]) => value)
    .flatMap(([name, value]) => wrapped(name.padEnd(NAMES) + printable(value ?? ''), width, NAMES));
}

function deadline(what: string, at: string, now: Date): string {
  return `${moment(at)} (${countdown(what, at, now)})`;
}

function kept(by: string | null, at: string | null): string | null {
  return by && at ? `${by}, ${moment(at)}` : null;
}

function utterance({ speaker, text }: EntryWithHistory['context']['transcript'][number]): string {
  return `${speaker}: ${text}`;
}

/** There are any where a caller left a message by voice; a daemon of another version may say more or less of them. */
function recordings({ context }: EntryWithHistory): string[] {
  const recorded = Array.isArray(context['recordings']) ? context['recordings'] : [];
  return recorded.map(({ at, duration_s, status, url }: Partial<Record<string, unknown>>) =>
    [
      at && moment(String(at)),
      duration_s != null && `${duration_s} s`,
      status !== 'completed' && String(status ?? '').replaceAll('_', ' '),
      url,
    ]
      .filter(Boolean)
      .join(', '),
  );
}

function event({ at, actor, action, detail }: EntryWithHistory['timeline'][number], now: Date): string {
  return `${ago(at, now)}, ${deedInWords({ actor, action })}${detail ? `: ${detail}` : ''}`;
}

function notification({
  channel,
  status,
  attempts,
  reference,
}: EntryWithHistory['notifications'][number]): string {
  return `${channel}: ${status}, tried ${attempts}×${reference ? ` (${reference})` : ''}`;
}

/** Who did what; a caller who leaves is named in the action already. */
export function deedInWords({ actor, action }: Pick<TimelineEvent, 'actor' | 'action'>): string {
  return action === 'caller_left' ? 'caller left' : `${actor} ${action.replaceAll('_', ' ')}`;
}
