/**
 * What follows a turn. Pure: the state that came out of the last turn goes in with what was heard, and out come the
 * sentences to say, whether to listen on, and whether a person must be told. Whoever speaks to the caller (TwiML today)
 * translates the step; whoever stores it does so in one transaction.
 */
import type { Channel, Reason, Utterance } from './fallback.ts';
import type { FlagEvaluation } from './flags.ts';
import { isOpen, sayOpenNow } from './opening-hours.ts';
import { phrasesFor } from './phrases.ts';
import {
  escalationFor,
  HANDLERS,
  type HeardTurn,
  hearAfterEscalation,
  hearMessage,
  notUnderstood,
  passOnMessage,
  takeNumber,
} from './replies.ts';
import type { Instant, PhoneNumber, Tenant } from './tenant.ts';
import { end, reply, type Turn } from './turn.ts';
import { LIKELY, understand } from './understand.ts';
import type { Understanding, UnderstandingContext } from './understanding.ts';

/** What reached us in a turn, already masked. */
export type Heard =
  | { kind: 'arrived' }
  | { kind: 'speech'; text: string; confidence: number | null }
  | { kind: 'keys'; digits: string }
  | { kind: 'silence' };

export type Decision = 'answer' | 'ask' | 'book' | 'escalate' | 'end';

/** How a conversation went, for the list of conversations; null while it goes on. */
export type Outcome =
  | 'answered'
  | 'message_taken'
  | 'escalated'
  | 'caller_left'
  | 'silence'
  | 'abuse'
  | 'failed';

/** A person is needed. */
export interface Escalation {
  reason: Reason;
  /** One line for the person who is alerted, in their words or ours; null where the reason says all. */
  reason_detail: string | null;
  /** What the caller wanted and what was tried, in a sentence or two. */
  summary: string;
}

export interface TurnContext {
  tenant: Tenant;
  flags: readonly FlagEvaluation[];
  channel: Channel;
  /** Null where the number was withheld. */
  caller: PhoneNumber | null;
  /** What was said so far, oldest first, without this turn. */
  transcript: readonly Utterance[];
  now: Instant;
}

export interface Step {
  state: ConversationState;
  /** Sentences, in order; never empty. */
  say: string[];
  next: 'listen' | 'hang_up';
  decision: Decision;
  /** Null where there were no words to understand. */
  understanding: Understanding | null;
  escalate: Escalation | null;
  outcome: Outcome | null;
}

/** Kept between turns as JSON. Its members belong to the conversation alone. */
export interface ConversationState {
  phase: 'talking' | 'taking_message' | 'escalated';
  /** How often in a row nothing was understood. */
  misunderstood: number;
  /** How often in a row nothing was heard. */
  silences: number;
  /** What we asked last and a short answer would answer. */
  asked: 'anything_else' | 'callback' | 'message' | 'number' | 'details' | null;
  /** A question without an answer, for which a call back was offered. */
  question: string | null;
  /** Words to pass on that nobody was told yet. */
  message: string | null;
  /** A number to call back that was said in the conversation. */
  callback_number: PhoneNumber | null;
  /** Asked once to stay polite. */
  warned: boolean;
  /** What the conversation came to so far. */
  served: Extract<Outcome, 'caller_left' | 'answered' | 'message_taken' | 'escalated'>;
}

/** Before anything was heard. */
export const NEW_CONVERSATION: ConversationState = {
  phase: 'talking',
  misunderstood: 0,
  silences: 0,
  asked: null,
  question: null,
  message: null,
  callback_number: null,
  warned: false,
  served: 'caller_left',
};

/**
 * Below this a recogniser guesses. Vendors' figures cannot be compared, so it is low; exactly 0 is what some send when
 * they do not know.
 */
const BARELY_HEARD = 0.3;

/** After so many silences in a row the conversation ends. */
const SILENCES = 3;

/** Decide what follows what was heard. `state` is null at the beginning. */
export function takeTurn(state: ConversationState | null, heard: Heard, context: TurnContext): Step {
  // Members that a state of an older version lacks have their first value.
  const turn = {
    ...TURN_WITHOUT_WORDS,
    state: { ...NEW_CONVERSATION, ...state },
    context,
    say: phrasesFor(context.channel),
  };
  switch (heard.kind) {
    case 'arrived':
      return greet(turn);
    case 'silence':
      return hearNothing(turn);
    case 'keys':
      return hearKeys(turn, heard.digits);
    case 'speech':
      return hearWords(turn, heard.text, heard.confidence);
  }
}

const TURN_WITHOUT_WORDS = { words: '', understanding: null };

/** What must still be told when the caller has gone: the words of a message that was not finished. */
export function leave(state: ConversationState | null, context: TurnContext): Escalation | null {
  if (!state?.message) return null;
  return escalationFor('message_left', state.message, state.callback_number ?? context.caller);
}

/** How the conversation went when the caller leaves now. */
export function outcomeOnLeaving(state: ConversationState | null): Outcome {
  return state?.message ? 'message_taken' : (state?.served ?? 'caller_left');
}

function greet(turn: Turn): Step {
  const { tenant, now } = turn.context;
  const hasHours = Object.values(tenant.opening_hours).some((spans) => spans.length > 0);
  const closed = hasHours && !isOpen(tenant, now) ? [sayOpenNow(tenant, now)] : [];
  return reply(
    turn,
    'ask',
    [tenant.greeting, ...closed, turn.say.howCanIHelp].filter((sentence) => sentence.trim() !== ''),
  );
}

function hearNothing(turn: Turn): Step {
  const silences = turn.state.silences + 1;
  if (silences < SILENCES) {
    return reply(turn, 'ask', [silences === 1 ? turn.say.areYouThere : turn.say.cannotHearYou], {
      state: { silences, misunderstood: turn.state.misunderstood },
    });
  }
  if (turn.state.message) return passOnMessage(turn, { hangUp: true });
  return end(
    turn,
    [turn.say.endOfSilence],
    turn.state.served === 'caller_left' ? 'silence' : turn.state.served,
  );
}

function hearKeys(turn: Turn, keys: string): Step {
  const digits = keys.replace(/\D/g, '');
  if (digits === '') return hearNothing(turn);
  if (turn.state.asked === 'number' && digits !== '0') return takeNumber(listenTo(turn, digits));
  if (digits === '0') return HANDLERS.talk_to_human(turn);
  return reply(turn, 'ask', [turn.say.unknownKey]);
}

function hearWords(turn: Turn, text: string, confidence: number | null): Step {
  if (text.trim() === '') return hearNothing(turn);
  const heard = listenTo(turn, text.trim());
  const { intent, confidence: sureness } = heard.understanding;
  if (intent === 'emergency' && sureness >= LIKELY) return HANDLERS.emergency(heard);
  if (turn.state.phase === 'taking_message') return hearMessage(heard);
  if (turn.state.phase === 'escalated') return hearAfterEscalation(heard);
  if (confidence !== null && confidence > 0 && confidence < BARELY_HEARD) return notUnderstood(heard);
  const toOurQuestion = turn.state.asked === 'callback' ? heard.understanding.slots.yes_no : undefined;
  if (toOurQuestion && sureness < LIKELY) return HANDLERS[toOurQuestion === 'yes' ? 'affirm' : 'deny'](heard);
  return sureness < LIKELY ? notUnderstood(heard) : HANDLERS[intent](heard);
}

function listenTo(turn: Turn, words: string): HeardTurn {
  const understanding = understand(words, understandingContext(turn.context));
  const callback_number = understanding.slots.phone ?? turn.state.callback_number;
  return { ...turn, state: { ...turn.state, callback_number }, words, understanding };
}

function understandingContext({ tenant, transcript, now }: TurnContext): UnderstandingContext {
  return {
    previous: transcript.findLast(({ speaker }) => speaker === 'receptionist')?.text ?? null,
    now,
    time_zone: tenant.time_zone,
    services: tenant.services,
    questions: tenant.answers.map(({ question }) => question),
    facts: Object.keys(tenant.facts),
  };
}
