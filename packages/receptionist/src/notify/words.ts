/** What every alert says, however it is sent. */
import type { Entry, EntryWithHistory, Reason, Severity } from '@receptionist/core';

export const SEVERITY_NAMES: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  standard: 'Standard',
};

const REASONS_IN_WORDS: Readonly<Record<Reason, string>> = {
  caller_asked_for_human: 'asked for a person',
  low_confidence: 'could not be understood',
  ambiguous_time: 'named a time that could mean two things',
  payment: 'wants to pay',
  complaint: 'complains',
  emergency: 'speaks of an emergency',
  no_answer_found: 'asked what we have no answer to',
  out_of_scope: 'wants something that the receptionist cannot do',
  booking_conflict: 'wants a time that is taken',
  booking_not_allowed: 'wants an appointment, which the receptionist may not make',
  review_required: 'booked, and a person must approve',
  message_left: 'left a message',
  callback_requested: 'wants to be called back',
  text_undelivered: 'did not get our text',
  limit_reached: 'could not be served within the plan',
  system_degraded: 'met a fault on our side',
};

export function acknowledgeCommand({ entry_id }: Pick<Entry, 'entry_id'>): string {
  return `adminctl fallback ack ${entry_id} --admin-user you`;
}

/** What whoever has the entry does next; null where nothing is left to do. */
export function nextCommand(entry: Pick<Entry, 'entry_id' | 'status'>): string | null {
  switch (entry.status) {
    case 'open':
      return acknowledgeCommand(entry);
    case 'acknowledged':
      return `adminctl fallback engage ${entry.entry_id} --how "called back"`;
    case 'engaged':
      return `adminctl fallback resolve ${entry.entry_id} --notes "what was done"`;
    case 'resolved':
      return null;
  }
}

export function reasonInWords({ reason, reason_detail }: Pick<Entry, 'reason' | 'reason_detail'>): string {
  return reason_detail ? `${REASONS_IN_WORDS[reason]}: ${reason_detail}` : REASONS_IN_WORDS[reason];
}

/** What the caller said last, or null where they said nothing. */
export function lastWords({ context }: Pick<EntryWithHistory, 'context'>): string | null {
  return context.transcript.findLast(({ speaker }) => speaker === 'caller')?.text ?? null;
}
