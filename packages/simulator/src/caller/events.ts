/** What can be subscribed to, as it is written in TwiML and in orders. */

/** https://www.twilio.com/docs/voice/api/call-resource#statuscallbackevent */
export const PROGRESS_EVENTS = ['initiated', 'ringing', 'answered', 'completed'] as const;
export type ProgressEvent = (typeof PROGRESS_EVENTS)[number];

/** https://www.twilio.com/docs/voice/twiml/conference#attributes-statuscallbackevent; the others tell of what no call does here. */
export const ROOM_EVENTS = ['start', 'end', 'join', 'leave'] as const;
export type RoomEvent = (typeof ROOM_EVENTS)[number];

/** https://www.twilio.com/docs/voice/twiml/record#attributes-recording-status-callback-event */
export const RECORDING_EVENTS = ['in-progress', 'completed', 'absent'] as const;
export type RecordingEvent = (typeof RECORDING_EVENTS)[number];

export function subscribed<E extends string>(
  words: string | undefined,
  otherwise: readonly E[],
): readonly E[] {
  return words === undefined ? otherwise : (words.split(' ') as E[]); // the vocabulary has checked them
}
