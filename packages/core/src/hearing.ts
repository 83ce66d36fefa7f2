/** What follows words: first the rules, then what a language model proposed, else what the words are taken for. */
import type { Step, TurnContext } from './conversation.ts';
import { byModel, type Proposal } from './model-turn.ts';
import { hearOverLimit } from './over-limit.ts';
import {
  answerInWriting,
  escalateFor,
  HANDLERS,
  type HeardTurn,
  hearAfterEscalation,
  hearMessage,
  notUnderstood,
} from './replies.ts';
import { phraseHeard } from './tenant-phrases.ts';
import type { Turn } from './turn.ts';
import { LIKELY, understand } from './understand.ts';
import type { Intent, UnderstandingContext } from './understanding.ts';

/**
 * Below this a recogniser guesses. Vendors' figures cannot be compared, so it is low; exactly 0 is what some send when
 * they do not know.
 */
const BARELY_HEARD = 0.3;

export function hearWords(
  turn: Turn,
  text: string,
  confidence: number | null,
  proposal: Proposal | null,
): Step {
  const heard = listenTo(turn, text.trim());
  return byRule(heard, confidence) ?? (proposal ? byModel(heard, proposal) : byIntent(heard));
}

/** What is decided by rule, whoever else could answer; null where the words are open. */
export function byRule(turn: HeardTurn, confidence: number | null): Step | null {
  const { phase, asked, call_limit } = turn.state;
  const { intent, confidence: sureness, slots } = turn.understanding;
  const phrase = phraseHeard(turn.words, turn.context.tenant.phrases);
  if ((intent === 'emergency' && sureness >= LIKELY) || phrase?.reason === 'emergency')
    return HANDLERS.emergency(turn);
  if (call_limit !== null) return hearOverLimit(turn);
  if (phase === 'taking_message') return hearMessage(turn);
  const written = answerInWriting(turn);
  if (written) return written;
  if (phase === 'escalated') return hearAfterEscalation(turn);
  if (confidence !== null && confidence > 0 && confidence < BARELY_HEARD) return notUnderstood(turn);
  const toOurQuestion = asked === 'callback' ? slots.yes_no : undefined;
  if (toOurQuestion && (sureness < LIKELY || intent === 'affirm'))
    return HANDLERS[toOurQuestion === 'yes' ? 'affirm' : 'deny'](turn);
  if (phrase) return escalateFor(turn, phrase.reason, `The caller said something like "${phrase.phrase}".`);
  const isSettled = SETTLED.has(intent) || (intent === 'deny' && asked !== null);
  return isSettled && sureness >= LIKELY ? HANDLERS[intent](turn) : null;
}

/** Wishes that leave nothing to interpret, and that nothing may come in between. */
const SETTLED = new Set<Intent>(['talk_to_human', 'leave_message', 'abuse', 'repeat', 'greeting', 'goodbye']);

function byIntent(turn: HeardTurn): Step {
  const { intent, confidence } = turn.understanding;
  return confidence < LIKELY ? notUnderstood(turn) : HANDLERS[intent](turn);
}

export function listenTo(turn: Turn, words: string): HeardTurn {
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
