/** What the person who is alerted reads first. */
import type { ConversationState, Escalation } from './conversation.ts';
import type { Reason } from './fallback.ts';
import type { PhoneNumber } from './tenant.ts';

/** Why a person is needed, in the words of the alert. */
const SUMMARIES = {
  emergency: 'The caller reports an emergency and was told the emergency number.',
  caller_asked_for_human: 'The caller asks for a person.',
  complaint: 'The caller has a complaint.',
  payment: 'The caller wants to pay or asks about a bill.',
  booking_not_allowed:
    'The caller wants to book, move or cancel an appointment, which the receptionist may not do.',
  no_answer_found: 'The caller asked something to which the receptionist has no answer.',
  out_of_scope: 'The caller asked twice for something that the receptionist does not do.',
  low_confidence: 'The receptionist asked again and still did not understand the caller.',
  callback_requested: 'The caller wants to be called back.',
  message_left: 'The caller left a message.',
  limit_reached: 'More calls came at once than the plan has, and this caller could only leave a message.',
} as const satisfies Partial<Record<Reason, string>>;

export type ReasonHere = keyof typeof SUMMARIES;

/** What a caller's words can be the reason of; a message is taken, not escalated. */
export type CallerReason = Exclude<ReasonHere, 'message_left' | 'limit_reached'>;

/** An alert shows one line of it; the transcript has all. */
const LONGEST_DETAIL = 300;

export function escalationFor(
  reason: ReasonHere,
  words: string | null,
  number: PhoneNumber | null,
  summary: string = SUMMARIES[reason],
): Escalation {
  const detail =
    words && words.length > LONGEST_DETAIL
      ? `${words.slice(0, LONGEST_DETAIL - 1).replace(/\p{Cs}$/u, '')}…`
      : words;
  const callBack = number ? `Call back: ${number}.` : 'The number was withheld.';
  return { reason, reason_detail: detail, summary: `${summary} ${callBack}` };
}

/** For the words that wait to be passed on. */
export function escalationForMessage(
  { message, call_limit }: Pick<ConversationState, 'message' | 'call_limit'>,
  number: PhoneNumber | null,
): Escalation {
  if (call_limit === null) return escalationFor('message_left', message, number);
  const words = `Over the plan's limit of concurrent calls (${call_limit}): ${message}`;
  return escalationFor('limit_reached', words, number);
}
