/**
 * Says that there is something to look at. Only a hint: the row alone holds what is to be done, and a wake that is lost
 * costs at most the time until the next sweep. Never throws, and nobody waits for it.
 */
export interface Wake {
  ring(kind: WakeKind, id: string): void;
}

/** What kind of row it is about. */
export type WakeKind = 'event' | 'entry' | 'text' | 'hand_off';
