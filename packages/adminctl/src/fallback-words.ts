/** A fallback entry in the words of the people who work on it. */
import type { Entry, EntryWithHistory, Reason } from '@receptionist/core';
import { countdown, due, moment } from './moments.ts';
import { printable } from './table.ts';

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

/** All that a person who takes the entry over needs, most important first. */
export function entryInWords(entry: EntryWithHistory, now: Date): string {
  return [
    heading(entry),
    '',
    ...facts(entry, now),
    ...section('What was said', entry.context.transcript.map(utterance)),
    ...section('What happened', entry.timeline.map(event)),
    ...section('Who was told', entry.notifications.map(notification)),
  ].join('\n');
}

function heading(entry: EntryWithHistory): string {
  return `${entry.entry_id}  ${entry.severity}, ${entry.status}${entry.context.live ? ', the caller is on the line' : ''}`;
}

function facts(entry: EntryWithHistory, now: Date): string[] {
  const rows: [string, string | null][] = [
    ['caller', `${callerInWords(entry)} (${entry.channel})`],
    ['tenant', entry.tenant_id],
    ['reason', `${reasonInWords(entry.reason)} (${entry.reason})`],
    ['wanted', entry.context.summary || entry.reason_detail],
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
    .map(([name, value]) => `${name.padEnd(13)}${printable(value ?? '')}`);
}

function deadline(what: string, at: string, now: Date): string {
  return `${moment(at)} (${countdown(what, at, now)})`;
}

function kept(by: string | null, at: string | null): string | null {
  return by && at ? `${by}, ${moment(at)}` : null;
}

function section(title: string, lines: string[]): string[] {
  return lines.length > 0 ? ['', title, ...lines.map((line) => `  ${printable(line)}`)] : [];
}

function utterance({ speaker, text }: EntryWithHistory['context']['transcript'][number]): string {
  return `${speaker}: ${text}`;
}

function event({ at, actor, action, detail }: EntryWithHistory['timeline'][number]): string {
  return `${moment(at)} ${actor} ${action.replaceAll('_', ' ')}${detail ? `: ${detail}` : ''}`;
}

function notification({
  channel,
  status,
  attempts,
  reference,
}: EntryWithHistory['notifications'][number]): string {
  return `${channel}: ${status}, tried ${attempts}×${reference ? ` (${reference})` : ''}`;
}
