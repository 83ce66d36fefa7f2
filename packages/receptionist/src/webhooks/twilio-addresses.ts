/** Every address of ours that Twilio is told, so that all of what a call depends on stands in what Twilio carries. */
import type { Voice } from '@receptionist/core';

/** Where a document may have to be made while nothing can be read. */
export type Speaking = Pick<Voice, 'voice' | 'language'>;

/** How far the call to a person has come. `offer`: what 1 does. */
export interface LegCall {
  leg_id: string;
  /** How often they were asked. */
  said: number;
  offer: 'caller' | 'call_back';
}

export type TwilioAddresses = ReturnType<typeof createTwilioAddresses>;

export function createTwilioAddresses({
  publicUrl,
}: {
  /** What Twilio was given, without a slash at the end. */
  publicUrl: string;
}) {
  const address = (path: string, query: Record<string, string> = {}) => {
    const search = new URLSearchParams(query);
    return `${publicUrl}${path}${search.size > 0 ? `?${search}` : ''}`;
  };
  return {
    turn: ({ turn, failures = 0 }: { turn: number; failures?: number }) =>
      address('/twilio/voice/turn', {
        turn: String(turn),
        ...(failures > 0 ? { failures: String(failures) } : {}),
      }),
    recorded: (turn: number) => address('/twilio/voice/recorded', { turn: String(turn) }),
    recordingStatus: () => address('/twilio/voice/recording-status'),

    /** The caller comes back from the room. */
    returned: (turn: number) => address('/twilio/voice/hand-off/returned', { turn: String(turn) }),
    wait: ({ voice, language }: Speaking) => address('/twilio/voice/hand-off/wait', { voice, language }),
    room: () => address('/twilio/voice/hand-off/room'),
    /** The caller goes from the receptionist into the room. */
    bring: ({ turn, room, voice, language }: Speaking & { turn: number; room: string }) =>
      address('/twilio/voice/hand-off/bring', { turn: String(turn), room, voice, language }),
    leg: ({ leg_id, said, offer }: LegCall) =>
      address('/twilio/voice/hand-off/leg', { leg: leg_id, said: String(said), offer }),
    legEnded: (leg_id: string) => address('/twilio/voice/hand-off/leg-ended', { leg: leg_id }),
    connecting: ({ voice, language }: Speaking) =>
      address('/twilio/voice/hand-off/connecting', { voice, language }),
    calledBack: (leg_id: string) => address('/twilio/voice/hand-off/called-back', { leg: leg_id }),
    callBackStatus: (leg_id: string) => address('/twilio/voice/hand-off/call-back-status', { leg: leg_id }),
    legStatus: (leg_id: string) => address('/twilio/voice/hand-off/leg-status', { leg: leg_id }),

    holdMusic: () => address('/audio/hold-music.wav'),
  };
}
