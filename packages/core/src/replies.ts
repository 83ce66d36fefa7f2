/** What the receptionist does about each intent, while it takes a message, and once a person was alerted. */
import { answerQuestion } from './answers.ts';
import type { ConversationState, Step } from './conversation.ts';
import { severityOf } from './fallback.ts';
import { canPutThrough, hearChoice, offerMessageOrCallback, putThrough } from './putting-through.ts';
import { type CallerReason, escalationFor, escalationForMessage, type ReasonHere } from './summaries.ts';
import { asksForText, meansLastAnswer } from './text-request.ts';
import { contactOf, end, reply, type Turn, whatMore } from './turn.ts';
import { LIKELY } from './understand.ts';
import type { Intent, Understanding } from './understanding.ts';

/** A turn in which something was said. */
export type HeardTurn = Turn & { understanding: Understanding };

type Handler = (turn: Turn) => Step;

export const HANDLERS: Record<Intent, Handler> = {
  emergency: (turn) =>
    escalate(turn, 'emergency', [
      turn.say.danger(turn.context.tenant.facts['emergency_number'] ?? 'your local emergency number'),
    ]),
  talk_to_human: (turn) => {
    if (turn.state.handed_off) return offerMessageOrCallback(turn, turn.say.notAgain);
    if (turn.state.phase === 'escalated' && !canPutThrough(turn)) return sayItIsUnderWay(turn);
    // Nobody is free: somebody calls back.
    if (turn.state.call_limit !== null)
      return recordMessage({ ...turn, words: turn.words || 'Please call me back.' });
    return escalate(turn, 'caller_asked_for_human', [turn.say.ofCourse], turn.say.anythingToPassOn);
  },
  complaint: (turn) => escalate(turn, 'complaint', [turn.say.sorryToHear], turn.say.whatHappened),
  payment: (turn) => escalate(turn, 'payment', [turn.say.noPayments]),
  book_appointment: askColleagueToBook,
  reschedule_appointment: askColleagueToBook,
  cancel_appointment: askColleagueToBook,
  opening_hours: answer,
  ask_question: answer,
  leave_message: (turn) =>
    announcesMessage(turn)
      ? reply(turn, 'ask', [turn.say.whatMessage], { state: { phase: 'taking_message', asked: 'message' } })
      : recordMessage(turn),
  abuse: (turn) =>
    turn.state.warned
      ? end(turn, [turn.say.endOfPatience], 'abuse')
      : reply(turn, 'ask', [turn.say.stayPolite], { state: { warned: true } }),
  repeat: repeatLast,
  greeting: (turn) => reply(turn, 'ask', [turn.say.hello]),
  goodbye: (turn) => end(turn, [turn.say.goodbye], turn.state.served),
  affirm: (turn) =>
    turn.state.asked === 'callback'
      ? escalateQuestion(turn, turn.state.question)
      : reply(turn, 'ask', [turn.say.goAhead], { state: { asked: null } }),
  deny: (turn) =>
    turn.state.asked === 'anything_else' || turn.state.asked === 'details'
      ? HANDLERS.goodbye(turn)
      : reply(turn, 'ask', [turn.say.whatElse], { state: { ...noLongerTakingMessage(turn), asked: null } }),
  inform: (turn) => {
    const name = turn.understanding?.slots.name;
    return name ? reply(turn, 'ask', [turn.say.thankYou(name)]) : notUnderstood(turn);
  },
  out_of_scope: (turn) =>
    turn.state.misunderstood > 0
      ? escalate(turn, 'out_of_scope', [turn.say.cannotHelpMyself])
      : askAgain(turn, [turn.say.notMyTrade, turn.say.tryAgain]),
};

function noLongerTakingMessage({ state: { phase } }: Turn): Pick<ConversationState, 'phase'> {
  return { phase: phase === 'taking_message' ? 'talking' : phase };
}

/** Asked once in other words; the second time in a row a person takes over. */
export function notUnderstood(turn: Turn): Step {
  if (turn.state.misunderstood === 0) return askAgain(turn, [turn.say.notUnderstood, turn.say.tryAgain]);
  const reason = turn.understanding?.intent === 'ask_question' ? 'no_answer_found' : 'low_confidence';
  return escalate(turn, reason, [turn.say.cannotHelpMyself]);
}

function askAgain(turn: Turn, say: string[], state: Partial<ConversationState> = {}): Step {
  return reply(turn, 'ask', say, { state: { misunderstood: turn.state.misunderstood + 1, ...state } });
}

function answer(turn: Turn): Step {
  const answers = knownAnswer(turn);
  if (!answers) return offerCallback(turn);
  const served = turn.state.served === 'caller_left' ? 'answered' : turn.state.served;
  return reply(turn, 'answer', [...answers, turn.say.anythingElse], {
    state: { asked: 'anything_else', served, answer: answers.join(' ') },
  });
}

/** "Can you text me the address?" on a call. Null where the caller wants nothing in writing, or we know nothing to write. */
export function answerInWriting(turn: Turn): Step | null {
  const { context, state, say, words } = turn;
  if (context.channel !== 'voice' || !asksForText(words)) return null;
  const answer = knownAnswer(turn)?.join(' ') ?? (meansLastAnswer(words) ? state.answer : null);
  if (answer === null) return null;
  const served = state.served === 'caller_left' ? 'answered' : state.served;
  const consequences = { state: { asked: 'anything_else', served, answer } } as const;
  if (context.textable && context.caller)
    return reply(turn, 'answer', [say.textingIt, say.anythingElse], {
      ...consequences,
      text: `${context.tenant.name}: ${answer}`,
    });
  const why = context.caller ? say.cannotText : say.cannotTextUnknown;
  return reply(turn, 'answer', [why, answer, say.anythingElse], consequences);
}

/** A photo alone says nothing to us, and may say all to a person. */
export function offerToPassOn(turn: Turn): Step {
  return reply(turn, 'ask', [turn.say.offerToPassOnMedia], {
    state: { asked: 'callback', question: turn.words },
  });
}

function knownAnswer({ words, understanding, context }: Turn): string[] | null {
  return understanding && answerQuestion(words, understanding, context.tenant, context.now);
}

/** Nobody is alerted for a question unless the caller wants it, or asks a second one that we cannot answer. */
function offerCallback(turn: Turn): Step {
  if (turn.state.misunderstood > 0) return escalateQuestion(turn, turn.words);
  return askAgain(turn, [turn.say.noAnswer, turn.say.offerCallback], {
    asked: 'callback',
    question: turn.words,
  });
}

function escalateQuestion(turn: Turn, question: string | null): Step {
  return escalate({ ...turn, words: question ?? turn.words }, 'no_answer_found', [turn.say.ofCourse]);
}

function askColleagueToBook(turn: Turn): Step {
  return escalate(turn, 'booking_not_allowed', [turn.say.noBookings], turn.say.wishedTime);
}

function repeatLast(turn: Turn): Step {
  const last = turn.context.transcript.findLast(({ speaker }) => speaker === 'receptionist')?.text.trim();
  return reply(turn, 'answer', [last || turn.say.howCanIHelp]);
}

/** Alert a person, and put the caller through to one where that can be done; else ask for what the person will want to know. */
function escalate(turn: Turn, reason: ReasonHere, opening: string[], question?: string): Step {
  const { state, say, words } = turn;
  const number = contactOf(turn);
  const detail = [state.message, words].filter((part) => part).join(' ') || null;
  if (severityOf(reason, true) === 'critical' && canPutThrough(turn))
    return putThrough(turn, opening, escalationFor(reason, detail, number));
  const toAsk = number ? question : say.whatNumber;
  const alerting = number ? say.alertingWith(number) : say.alerting;
  return reply(turn, 'escalate', [...opening, alerting, ...(toAsk ? [toAsk] : [])], {
    state: { phase: 'escalated', served: 'escalated', message: null, asked: number ? 'details' : 'number' },
    escalate: escalationFor(reason, detail, number),
  });
}

function sayItIsUnderWay(turn: Turn): Step {
  const number = contactOf(turn);
  return number
    ? reply(turn, 'answer', [turn.say.alertingWith(number)])
    : reply(turn, 'ask', [turn.say.alerting, turn.say.whatNumber], { state: { asked: 'number' } });
}

/** While a message is taken nearly everything is the message. */
export function hearMessage(turn: HeardTurn): Step {
  const { intent, confidence } = turn.understanding;
  const brief = isBrief(turn) && confidence >= LIKELY;
  if (turn.state.asked === 'number')
    return brief && intent === 'talk_to_human' ? HANDLERS.talk_to_human(turn) : takeNumber(turn);
  if (brief && BREAKS_OFF.has(intent)) return HANDLERS[intent](turn);
  if (brief && (intent === 'affirm' || announcesMessage(turn))) return reply(turn, 'ask', [turn.say.goAhead]);
  return recordMessage(turn);
}

export function recordMessage(turn: Turn): Step {
  const withMessage = { ...turn, state: { ...turn.state, message: turn.words } };
  return contactOf(turn)
    ? passOnMessage(withMessage, { hangUp: false })
    : reply(withMessage, 'ask', [turn.say.whatNumber], {
        state: { phase: 'taking_message', asked: 'number' },
      });
}

const BREAKS_OFF = new Set<Intent>(['talk_to_human', 'goodbye', 'deny', 'abuse', 'repeat']);

/** Too short to be a message that happens to hold a cue. */
export function isBrief({ words }: Turn): boolean {
  return words.split(' ').length <= 7;
}

/** "Can I leave a message for the doctor?" is not the message yet. */
export function announcesMessage({ words, understanding }: Turn): boolean {
  return (
    understanding?.intent === 'leave_message' &&
    /^(?!.*\b(?:that|saying|tell|because)\b).{0,70}\b(?:message|note|voicemail)\b.{0,30}$/i.test(words)
  );
}

/** The number to call back, from one who withheld it; asked for once more, then we go on with what was said instead. */
export function takeNumber(turn: HeardTurn): Step {
  const { message, misunderstood, phase, callback_number } = turn.state;
  const { intent, slots } = turn.understanding;
  const leaves = intent === 'goodbye';
  const unclear = !slots.phone && slots.yes_no !== 'no' && !leaves;
  if (unclear && misunderstood === 0) return askAgain(turn, [turn.say.numberAgain]);
  if (message) {
    const whole = unclear ? `${message} ${turn.words}` : message;
    return passOnMessage({ ...turn, state: { ...turn.state, message: whole } }, { hangUp: leaves });
  }
  if (phase === 'escalated' && slots.phone) {
    const words = `${turn.words} (call back: ${slots.phone})`;
    return addToEntry({ ...turn, words }, [turn.say.gotNumber(slots.phone)]);
  }
  if (phase === 'escalated' && unclear) return addToEntry(turn, [turn.say.added]);
  return reply(turn, 'ask', [callback_number ? turn.say.gotNumber(callback_number) : turn.say.whatElse], {
    state: { asked: null },
  });
}

export function passOnMessage(turn: Turn, { hangUp }: { hangUp: boolean }): Step {
  const number = contactOf(turn);
  const served = turn.state.served === 'escalated' ? 'escalated' : 'message_taken';
  const say = [turn.say.passedOn, ...(number ? [turn.say.someoneCalls(number)] : [])];
  const phase = turn.state.call_limit === null ? 'talking' : 'escalated';
  const consequences = {
    state: { phase, message: null, served, asked: 'anything_else' } as const,
    escalate: escalationForMessage(turn.state, number),
  };
  return hangUp
    ? end(turn, [...say, turn.say.goodbye], served, consequences)
    : reply(turn, 'escalate', [...say, whatMore(turn)], consequences);
}

/** A person was alerted: questions are still answered, and every other word of substance joins the entry. */
export function hearAfterEscalation(turn: HeardTurn): Step {
  const { intent, confidence, slots } = turn.understanding;
  if (turn.state.asked === 'number' && slots.phone) return takeNumber(turn);
  const choice = turn.state.asked === 'voicemail_or_callback' ? hearChoice(turn) : null;
  if (choice) return choice;
  if (confidence >= LIKELY && WITHOUT_SUBSTANCE.has(intent)) return HANDLERS[intent](turn);
  if (announcesMessage(turn)) return reply(turn, 'ask', [turn.say.goAhead]);
  const asks = intent === 'opening_hours' || intent === 'ask_question';
  return asks && confidence >= LIKELY && knownAnswer(turn)
    ? answer(turn)
    : addToEntry(turn, [turn.say.added]);
}

const WITHOUT_SUBSTANCE = new Set<Intent>([
  'talk_to_human',
  'abuse',
  'repeat',
  'greeting',
  'goodbye',
  'affirm',
  'deny',
]);

export function addToEntry(turn: Turn, say: string[]): Step {
  return reply(turn, 'escalate', [...say, whatMore(turn)], {
    state: { asked: 'anything_else' },
    escalate: escalationFor('message_left', turn.words, contactOf(turn)),
  });
}

const cannotHelp =
  (reason: CallerReason): Handler =>
  (turn) =>
    escalate(turn, reason, [turn.say.cannotHelpMyself]);

const BY_REASON: Record<CallerReason, Handler> = {
  emergency: HANDLERS.emergency,
  caller_asked_for_human: HANDLERS.talk_to_human,
  complaint: HANDLERS.complaint,
  payment: HANDLERS.payment,
  booking_not_allowed: askColleagueToBook,
  callback_requested: (turn) => escalate(turn, 'callback_requested', [turn.say.ofCourse]),
  no_answer_found: cannotHelp('no_answer_found'),
  out_of_scope: cannotHelp('out_of_scope'),
  low_confidence: cannotHelp('low_confidence'),
};

/** For a reason that was found by somebody who understood more than the words say. */
export function escalateFor(turn: Turn, reason: CallerReason, summary: string): Step {
  const step = BY_REASON[reason](turn);
  if (!step.escalate) return step;
  const { reason_detail } = step.escalate;
  return { ...step, escalate: escalationFor(reason, reason_detail, contactOf(turn), summary) };
}

export const CALLER_REASONS = Object.keys(BY_REASON) as CallerReason[];
