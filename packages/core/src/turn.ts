/** A turn while it is decided, and the two ways in which it ends: we listen on, or we hang up. */
import type { ConversationState, Decision, Escalation, Outcome, Step, TurnContext } from './conversation.ts';
import type { Phrases } from './phrases.ts';
import type { PhoneNumber } from './tenant.ts';
import type { Understanding } from './understanding.ts';

export interface Turn {
  state: ConversationState;
  context: TurnContext;
  say: Phrases;
  /** What the caller said; empty where nothing was. */
  words: string;
  understanding: Understanding | null;
}

interface Consequences {
  state?: Partial<ConversationState>;
  escalate?: Escalation;
  text?: string;
  /** Left out: we listen on. */
  next?: Step['next'];
}

/** Say it and listen on, unless something else comes next. Whatever was not understood or heard before is forgotten unless the new state says otherwise. */
export function reply(
  turn: Turn,
  decision: Decision,
  say: string[],
  { state, escalate, text, next = 'listen' }: Consequences = {},
): Step {
  return {
    state: { ...turn.state, misunderstood: 0, silences: 0, ...state },
    say,
    text: text ?? null,
    next,
    decision,
    understanding: turn.understanding,
    escalate: escalate ?? null,
    outcome: null,
  };
}

/** Say it and hang up. */
export function end(turn: Turn, say: string[], outcome: Outcome, consequences: Consequences = {}): Step {
  return {
    ...reply(turn, consequences.escalate ? 'escalate' : 'end', say, consequences),
    next: 'hang_up',
    outcome,
  };
}

/** The number that was given in the conversation, else the one that calls. */
export function contactOf({ context, state }: Turn): PhoneNumber | null {
  return state.callback_number ?? context.caller;
}

export function whatMore({ state, say }: Turn): string {
  return state.call_limit === null ? say.anythingElse : say.anythingElseToPassOn;
}
