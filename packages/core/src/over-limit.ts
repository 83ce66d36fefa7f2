/**
 * A call beyond the plan's calls at once. It is answered, and what is said is written down for a person; in an emergency that
 * is done which is always done, and otherwise nothing else.
 */
import type { Step } from './conversation.ts';
import {
  addToEntry,
  announcesMessage,
  HANDLERS,
  type HeardTurn,
  isBrief,
  recordMessage,
  takeNumber,
} from './replies.ts';
import { reply } from './turn.ts';
import { LIKELY } from './understand.ts';
import type { Intent } from './understanding.ts';

/** Whatever was an emergency has been dealt with before. */
export function hearOverLimit(turn: HeardTurn): Step {
  if (turn.state.asked === 'number') return takeNumber(turn);
  if (announcesMessage(turn)) return reply(turn, 'ask', [turn.say.goAhead]);
  const { intent, confidence } = turn.understanding;
  const handle = isBrief(turn) && confidence >= LIKELY ? NO_MESSAGE[intent] : undefined;
  if (handle) return handle(turn);
  return turn.state.phase === 'escalated' ? addToEntry(turn, [turn.say.added]) : recordMessage(turn);
}

/** Brief words that are not the message. */
const NO_MESSAGE: Partial<Record<Intent, (turn: HeardTurn) => Step>> = {
  talk_to_human: HANDLERS.talk_to_human,
  abuse: HANDLERS.abuse,
  repeat: HANDLERS.repeat,
  goodbye: HANDLERS.goodbye,
  deny: HANDLERS.goodbye,
  affirm: (turn) => reply(turn, 'ask', [turn.say.goAhead]),
  greeting: (turn) => reply(turn, 'ask', [turn.say.speakNow]),
};
