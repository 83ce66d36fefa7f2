/** A caller is put through to a person, or nobody could be reached and something else is offered (docs/hand-off.md). */
import type { Step } from './conversation.ts';
import { isOn } from './flags.ts';
import { escalationFor } from './summaries.ts';
import { contactOf, end, reply, type Turn, whatMore } from './turn.ts';
import type { Understanding } from './understanding.ts';

/** Once in a call: whoever could not be reached then is not rung again and again while the caller waits. */
export function canPutThrough({ context, state }: Turn): boolean {
  const isAllowed = context.transferable && isOn(context.flags, 'allow_live_transfer');
  return isAllowed && !state.handed_off && state.call_limit === null;
}

export function putThrough(turn: Turn, opening: string[], escalate: NonNullable<Step['escalate']>): Step {
  return reply(turn, 'escalate', [...opening, turn.say.puttingThrough], {
    state: { phase: 'escalated', served: 'escalated', message: null, asked: null, handed_off: true },
    escalate,
    next: 'hand_off',
  });
}

/** The caller is with the receptionist again. `bridged`: after they had spoken with a person. */
export function takeBack(turn: Turn, { bridged }: { bridged: boolean }): Step {
  if (!bridged) return offerMessageOrCallback(turn, turn.say.notReached);
  return reply(turn, 'answer', [turn.say.backAgain, turn.say.anythingElse], {
    state: { asked: 'anything_else' },
  });
}

export function offerMessageOrCallback(turn: Turn, opening: string): Step {
  return reply(turn, 'ask', [opening, turn.say.messageOrCallback, turn.say.choiceKeys], {
    state: { phase: 'escalated', served: 'escalated', asked: 'voicemail_or_callback' },
  });
}

const MESSAGE = /\b(?:message|voice ?mail|record(?:ing)?|tone|first)\b|(?<!second )\bone\b/i;
const CALL_BACK = /\bcall ?back\b|\b(?:call|phone|ring)(?:s|ed|ing)? (?:me|us|back)\b|\b(?:two|second)\b/i;
/** Longer than this it is no choice any more, but the message itself. */
const LONGEST_CHOICE = 7;

/** Null: the words are no choice, and mean what they mean after any escalation. */
export function hearChoice(turn: Turn & { understanding: Understanding }): Step | null {
  const { words, understanding, state, say } = turn;
  const [message, callBack] = [MESSAGE.test(words), CALL_BACK.test(words)];
  if (callBack && !message) return promiseCallback(turn);
  if (message && !callBack && words.split(' ').length <= LONGEST_CHOICE) return recordMessageOf(turn);
  const isUnclear = (message && callBack) || understanding.intent === 'affirm';
  if (!isUnclear) return null;
  if (state.misunderstood > 0) return promiseCallback(turn);
  return reply(turn, 'ask', [say.choiceKeys], { state: { misunderstood: 1 } });
}

export function pressChoice(turn: Turn, digits: string): Step {
  if (digits === '1') return recordMessageOf(turn);
  return digits === '2' ? promiseCallback(turn) : reply(turn, 'ask', [turn.say.choiceKeys]);
}

/** Nothing was chosen, or nothing recorded. Whoever stays silent is called back: nobody is just hung up on. */
export function hearNoChoice(turn: Turn): Step {
  const { state, say } = turn;
  if (state.asked === 'recording')
    return reply(turn, 'ask', [say.nothingRecorded, say.choiceKeys], {
      state: { asked: 'voicemail_or_callback', silences: 1 },
    });
  if (state.silences === 0)
    return reply(turn, 'ask', [say.choiceKeys], {
      state: { silences: 1, misunderstood: state.misunderstood },
    });
  const number = contactOf(turn);
  return end(turn, [number ? say.someoneCalls(number) : say.toldTeam, say.goodbye], state.served, {
    escalate: escalationFor('callback_requested', null, number),
  });
}

function promiseCallback(turn: Turn): Step {
  const { say, words } = turn;
  const number = contactOf(turn);
  const promise = number ? [say.someoneCalls(number), whatMore(turn)] : [say.whatNumber];
  return reply(turn, 'escalate', [say.ofCourse, ...promise], {
    state: { asked: number ? 'anything_else' : 'number' },
    escalate: escalationFor('callback_requested', words || null, number),
  });
}

/** What is recorded is announced first, in the same breath. */
function recordMessageOf(turn: Turn): Step {
  return reply(turn, 'ask', [turn.say.willBeRecorded, turn.say.speakAfterTone], {
    state: { asked: 'recording' },
    next: 'record',
  });
}

/** `duration_s` null: it is not known yet. */
export function takeRecording(turn: Turn, { duration_s }: { duration_s: number | null }): Step {
  const number = contactOf(turn);
  const calls = number ? [turn.say.someoneCalls(number)] : [];
  return reply(turn, 'escalate', [turn.say.passedOn, ...calls, whatMore(turn)], {
    state: { asked: 'anything_else' },
    escalate: escalationFor('message_left', recordingInWords(duration_s), number),
  });
}

/** As the transcript and the alert mention it. */
export function recordingInWords(duration_s: number | null): string {
  const length = duration_s === null ? '' : ` of ${duration_s} ${duration_s === 1 ? 'second' : 'seconds'}`;
  return `[left a recorded message${length}]`;
}
