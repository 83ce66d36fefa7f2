/** What can be said of one leg of a hand-off, and of all of them. */
import type { HandOff, Leg, LegOutcome } from './hand-off.ts';

/** It was ordered, and nobody is known to have taken it or to have refused. */
export function isInFlight({ state, outcome }: Leg): boolean {
  return outcome === null && state !== 'due';
}

/** Nobody wants it any more, and its line is up. */
export function isToBeHungUp({ state, outcome }: Leg): boolean {
  return outcome !== null && (state === 'ringing' || state === 'asked');
}

/** It counts as failed because nobody knew whether it rang: it may ring all the same, and be taken. */
export function isUnclear({ state, outcome, provider_id }: Leg): boolean {
  return state === 'ended' && outcome === 'failed' && provider_id === null;
}

/** Whether somebody pressed 1 and is on their way to the caller, or with them. */
export function isTaken({ legs }: HandOff): boolean {
  return legs.some(({ state }) => state === 'accepted');
}

/** The tenant's phones are for a caller who waits; a person who asked for this one wants to speak to them all the same. */
export function canCallBack({ caller }: HandOff, { person }: Leg): boolean {
  return person !== null && caller !== null;
}

/** Why nobody needs this phone any more, or null. */
export function whyUnwanted(handOff: HandOff, leg: Leg): LegOutcome | null {
  if (handOff.place === 'left') return canCallBack(handOff, leg) ? null : 'caller_left';
  return handOff.place === 'bridged' || isTaken(handOff) ? 'taken' : null;
}
