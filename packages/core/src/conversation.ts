/**
 * What follows a turn. Pure: the state that came out of the last turn goes in with what was heard, and out come the
 * sentences to say, whether to listen on, and whether a person must be told. Whoever speaks to the caller (TwiML today)
 * translates the step; whoever stores it does so in one transaction.
 */
import type { Channel, Reason, Utterance } from './fallback.ts';
import type { FlagEvaluation } from './flags.ts';
import { byRule, hearWords, listenTo } from './hearing.ts';
import type { Proposal } from './model-turn.ts';
import { isOpen, sayOpenNow } from './opening-hours.ts';
import { phrasesFor } from './phrases.ts';
import { hearNoChoice, pressChoice, takeBack, takeRecording } from './putting-through.ts';
import { HANDLERS, offerToPassOn, passOnMessage, takeNumber } from './replies.ts';
import { escalationForMessage } from './summaries.ts';
import type { Instant, PhoneNumber, Tenant } from './tenant.ts';
import type { Keyword } from './texts.ts';
import { end, reply, type Turn } from './turn.ts';
import type { Understanding } from './understanding.ts';

/** What reached us in a turn, already masked. */
export type Heard =
  | { kind: 'arrived' }
  | { kind: 'speech'; text: string; confidence: number | null }
  | { kind: 'keys'; digits: string }
  | { kind: 'silence' }
  | { kind: 'text'; text: string; media: readonly Medium[] }
  /** The caller was put through, and is back. `bridged`: they had spoken with a person. */
  | { kind: 'handed_back'; bridged: boolean }
  /** They left a message after the tone; null: nobody knows how long it is. */
  | { kind: 'recorded'; duration_s: number | null }
  /** A word of the carriers. `answered`: the carrier has answered it already. */
  | { kind: 'keyword'; keyword: Keyword; text: string; answered: boolean };

/** What came with a text. It is never fetched. */
export interface Medium {
  content_type: string;
  url: string;
}

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
  /** Whether a text can be sent to the caller: not where they opted out, or where texting is not set up. */
  textable: boolean;
  /** Whether the caller can be put through to a person now: somebody may be rung, and there is a phone to ring. */
  transferable: boolean;
  /** What was said so far, oldest first, without this turn. */
  transcript: readonly Utterance[];
  now: Instant;
}

export interface Step {
  state: ConversationState;
  /** Sentences, in order; empty only where a carrier has answered in our place. */
  say: string[];
  /** To be sent to the caller in writing, beside what is said. */
  text: string | null;
  next: 'listen' | 'hang_up' | 'hand_off' | 'record';
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
  asked:
    | 'anything_else'
    | 'callback'
    | 'message'
    | 'number'
    | 'details'
    | 'voicemail_or_callback'
    | 'recording'
    | null;
  /** What we answered last, for a caller who wants it in writing. */
  answer: string | null;
  /** A question without an answer, for which a call back was offered. */
  question: string | null;
  /** Words to pass on that nobody was told yet. */
  message: string | null;
  /** A number to call back that was said in the conversation. */
  callback_number: PhoneNumber | null;
  /** Asked once to stay polite. */
  warned: boolean;
  /** They were put through to a person once. */
  handed_off: boolean;
  /** The plan's calls at once, all of which were taken when this one came: only a message is taken. Null: it is served. */
  call_limit: number | null;
  /** What the conversation came to so far. */
  served: Extract<Outcome, 'caller_left' | 'answered' | 'message_taken' | 'escalated'>;
}

/** Before anything was heard. */
export const NEW_CONVERSATION: ConversationState = {
  phase: 'talking',
  misunderstood: 0,
  silences: 0,
  asked: null,
  answer: null,
  question: null,
  message: null,
  callback_number: null,
  warned: false,
  handed_off: false,
  call_limit: null,
  served: 'caller_left',
};

/** The beginning of a call that comes while as many go on as the plan has. */
export function overLimit(call_limit: number): ConversationState {
  return { ...NEW_CONVERSATION, phase: 'taking_message', asked: 'message', call_limit };
}

/** After so many silences in a row the conversation ends. */
const SILENCES = 3;

/**
 * Decide what follows what was heard. `state` is null at the beginning. `proposal` is what a language model would do, which
 * counts where no rule decides.
 */
export function takeTurn(
  state: ConversationState | null,
  heard: Heard,
  context: TurnContext,
  proposal: Proposal | null = null,
): Step {
  const turn = beginTurn(state, context);
  switch (heard.kind) {
    case 'arrived':
      return greet(turn);
    case 'silence':
      return hearNothing(turn);
    case 'keys':
      return hearKeys(turn, heard.digits);
    case 'speech':
      return hearSpeech(turn, heard, proposal);
    case 'handed_back':
      return takeBack(turn, heard);
    case 'recorded':
      return takeRecording(turn, heard);
    case 'text':
      return introduced(turn, hearText(turn, heard, proposal));
    case 'keyword':
      return hearKeyword(turn, heard);
  }
}

function beginTurn(state: ConversationState | null, context: TurnContext): Turn {
  return {
    state: complete(state),
    context,
    say: phrasesFor(context.channel),
    words: '',
    understanding: null,
  };
}

/** Members that a state of an older version lacks have their first value. */
function complete(state: ConversationState | null): ConversationState {
  return { ...NEW_CONVERSATION, ...state };
}

/** Whether no rule decides the turn, so that a language model may be asked for a proposal. */
export function isOpenToModel(state: ConversationState | null, heard: Heard, context: TurnContext): boolean {
  if ((heard.kind !== 'speech' && heard.kind !== 'text') || heard.text.trim() === '') return false;
  const confidence = heard.kind === 'speech' ? heard.confidence : null;
  return byRule(listenTo(beginTurn(state, context), wordsHeard(heard)), confidence) === null;
}

/** Empty where there were none. */
export function wordsHeard(heard: Heard): string {
  switch (heard.kind) {
    case 'speech':
    case 'keyword':
      return heard.text;
    case 'text':
      return wordsOf(heard.text, heard.media);
    case 'arrived':
    case 'keys':
    case 'silence':
    case 'handed_back':
    case 'recorded':
      return '';
  }
}

/** What must still be told when the caller has gone: the words of a message that was not finished. */
export function leave(state: ConversationState | null, context: TurnContext): Escalation | null {
  const { message, callback_number, call_limit } = complete(state);
  return message ? escalationForMessage({ message, call_limit }, callback_number ?? context.caller) : null;
}

/** How the conversation went when the caller leaves now. */
export function outcomeOnLeaving(state: ConversationState | null): Outcome {
  return state?.message ? 'message_taken' : (state?.served ?? 'caller_left');
}

function greet(turn: Turn): Step {
  const { tenant, now } = turn.context;
  const hasHours = Object.values(tenant.opening_hours).some((spans) => spans.length > 0);
  const closed = hasHours && !isOpen(tenant, now) ? [sayOpenNow(tenant, now)] : [];
  const opening = turn.state.call_limit === null ? turn.say.howCanIHelp : turn.say.allBusy;
  return reply(
    turn,
    'ask',
    [tenant.greeting, ...closed, opening].filter((sentence) => sentence.trim() !== ''),
  );
}

function hearNothing(turn: Turn): Step {
  const { asked } = turn.state;
  if (asked === 'voicemail_or_callback' || asked === 'recording') return hearNoChoice(turn);
  const silences = turn.state.silences + 1;
  if (silences < SILENCES) {
    const again = silences === 1 ? turn.say.areYouThere : turn.say.cannotHearYou;
    return reply(turn, 'ask', [turn.state.call_limit === null ? again : turn.say.speakNow], {
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
  if (turn.state.asked === 'voicemail_or_callback') return pressChoice(turn, digits);
  if (turn.state.asked === 'number' && digits !== '0') return takeNumber(listenTo(turn, digits));
  if (digits === '0') return HANDLERS.talk_to_human(turn);
  return reply(turn, 'ask', [turn.state.call_limit === null ? turn.say.unknownKey : turn.say.speakNow]);
}

function hearSpeech(
  turn: Turn,
  { text, confidence }: Extract<Heard, { kind: 'speech' }>,
  proposal: Proposal | null,
): Step {
  return text.trim() === '' ? hearNothing(turn) : hearWords(turn, text, confidence, proposal);
}

/** Nobody is greeted before they write: the first answer says who answers. */
function introduced({ context, say }: Turn, step: Step): Step {
  if (context.transcript.length > 0) return step;
  return { ...step, say: [say.introduction(context.tenant.name), ...step.say] };
}

function hearText(
  turn: Turn,
  { text, media }: Extract<Heard, { kind: 'text' }>,
  proposal: Proposal | null,
): Step {
  if (media.length === 0)
    return text.trim() === '' ? hearNothing(turn) : hearWords(turn, text, null, proposal);
  const words = wordsOf(text, media);
  // For the person who reads it, it is part of the message.
  if (turn.state.phase !== 'talking') return hearWords(turn, words, null, null);
  const step = text === '' ? offerToPassOn({ ...turn, words }) : hearWords(turn, words, null, proposal);
  return step.escalate ? step : { ...step, say: [turn.say.cannotOpenMedia, ...step.say] };
}

/** With a mention of what came along, such as `[photo]`. */
function wordsOf(text: string, media: readonly Medium[]): string {
  return [text, ...media.map((medium) => `[${kindOf(medium)}]`)].join(' ').trim();
}

/** `photo`, `video`, `voice message` or `file`. */
export function kindOf({ content_type }: Medium): string {
  const [kind = ''] = content_type.toLowerCase().split('/');
  return MEDIA_IN_WORDS[kind] ?? 'file';
}

const MEDIA_IN_WORDS: Readonly<Record<string, string>> = {
  image: 'photo',
  video: 'video',
  audio: 'voice message',
};

function hearKeyword(turn: Turn, { keyword, answered }: Extract<Heard, { kind: 'keyword' }>): Step {
  const say = keyword === 'help' && !answered ? [turn.say.help(turn.context.tenant.name)] : [];
  return { ...reply(turn, 'answer', say), state: turn.state };
}
