/** Conference rooms: who is in them, when they begin and end, and who is told. https://www.twilio.com/docs/voice/twiml/conference */
import { randomBytes } from 'node:crypto';
import type { RoomEvent } from './events.ts';
import { rfc2822 } from './parameters.ts';
import type { WebhookRequest } from './webhook.ts';

export interface Participant {
  readonly callSid: string;
  readonly label: string;
  readonly muted: boolean;
  readonly startsRoom: boolean;
  readonly endsRoom: boolean;
  readonly beep: Beep;
  hears: (words: string) => void;
  hearsBeep: () => void;
  /** The room has ended around it. */
  dismiss: () => Promise<void>;
}

export const BEEPS = ['true', 'false', 'onEnter', 'onExit'] as const;
export type Beep = (typeof BEEPS)[number];

/** Whom the room tells; `tell` resolves whatever is answered. */
export interface RoomCallback {
  url: string;
  method: 'GET' | 'POST';
  events: readonly RoomEvent[];
  accountSid: string;
  now: () => number;
  tell: (request: WebhookRequest) => Promise<void>;
}

/** How a participant leaves: the status of its call then, and Twilio's word for it. */
export interface Departure {
  status: 'completed' | 'in-progress';
  reason: 'participant_hung_up' | 'participant_updated_via_api' | 'participant_pressed_star';
}

export interface Room {
  readonly name: string;
  readonly sid: string;
  /** It has begun, and nobody hears its waiting music any more. */
  readonly begun: boolean;
  /** At least two are there, and hear each other. */
  readonly talking: boolean;
  enter: (participant: Participant) => Promise<void>;
  /** Does nothing for who is not there. With who ends the room, or the last one, it is over. */
  leave: (participant: Participant, how: Departure) => Promise<void>;
  speak: (speaker: Participant, words: string) => void;
}

export interface Rooms {
  /** The room of that name. Who opens it has set its callback: that of later ones is not used. */
  open: (name: string, callback: RoomCallback | null) => Room;
}

export function createRooms(): Rooms {
  const rooms = new Map<string, Room>();
  return {
    open: (name, callback) => {
      const room = rooms.get(name) ?? createRoom(name, callback, () => rooms.delete(name));
      rooms.set(name, room);
      return room;
    },
  };
}

function createRoom(name: string, callback: RoomCallback | null, onEnd: () => void): Room {
  const sid = `CF${randomBytes(16).toString('hex')}`;
  const participants = new Set<Participant>();
  let begun = false;
  let told = 0;

  async function tell(event: RoomEvent, params: Readonly<Record<string, string>>): Promise<void> {
    if (!callback?.events.includes(event)) return;
    const { url, method, accountSid, now } = callback;
    told += 1;
    const room = { AccountSid: accountSid, ConferenceSid: sid, FriendlyName: name };
    const when = { SequenceNumber: String(told), Timestamp: rfc2822(now()) };
    const StatusCallbackEvent = EVENT_NAMES[event];
    await callback.tell({ url, method, params: { ...room, ...when, StatusCallbackEvent, ...params } });
  }

  function beep(on: 'onEnter' | 'onExit', wish: Beep): void {
    if (wish === 'true' || wish === on) for (const participant of participants) participant.hearsBeep();
  }

  function beginsNow(): boolean {
    return !begun && participants.size > 1 && [...participants].some(({ startsRoom }) => startsRoom);
  }

  async function end(last: Participant, dismissed: readonly Participant[]): Promise<void> {
    for (const participant of dismissed) await tell('leave', leaveParameters(participant, MODERATOR_LEFT));
    await tell('end', {
      ReasonConferenceEnded: last.endsRoom
        ? 'participant-with-end-conference-on-exit-left'
        : 'last-participant-left',
      CallSidEndingConference: last.callSid,
      ...(last.label === '' ? {} : { ParticipantLabelEndingConference: last.label }),
    });
    await Promise.all(dismissed.map(({ dismiss }) => dismiss()));
  }

  return {
    name,
    sid,
    get begun() {
      return begun;
    },
    get talking() {
      return begun && participants.size > 1;
    },
    enter: async (participant) => {
      participants.add(participant);
      beep('onEnter', participant.beep);
      const begins = beginsNow();
      begun ||= begins;
      await tell('join', participantParameters(participant));
      if (begins) await tell('start', {});
    },
    leave: async (participant, how) => {
      if (!participants.delete(participant)) return;
      const over = participant.endsRoom || participants.size === 0;
      const dismissed = over ? [...participants] : [];
      if (over) {
        participants.clear();
        onEnd();
      }
      beep('onExit', participant.beep);
      await tell('leave', leaveParameters(participant, how));
      if (over) await end(participant, dismissed);
    },
    speak: (speaker, words) => {
      if (!begun || speaker.muted) return;
      for (const participant of participants) if (participant !== speaker) participant.hears(words);
    },
  };
}

const EVENT_NAMES: Readonly<Record<RoomEvent, string>> = {
  start: 'conference-start',
  end: 'conference-end',
  join: 'participant-join',
  leave: 'participant-leave',
};

const MODERATOR_LEFT = { status: 'in-progress', reason: 'moderator_ended_conference' };

function leaveParameters(
  participant: Participant,
  { status, reason }: { status: string; reason: string },
): Record<string, string> {
  return {
    ...participantParameters(participant),
    ParticipantCallStatus: status,
    ReasonParticipantLeft: reason,
  };
}

function participantParameters(participant: Participant): Record<string, string> {
  const { callSid, label, muted, startsRoom, endsRoom } = participant;
  return {
    CallSid: callSid,
    ...(label === '' ? {} : { ParticipantLabel: label }),
    Muted: String(muted),
    Hold: 'false',
    Coaching: 'false',
    StartConferenceOnEnter: String(startsRoom),
    EndConferenceOnExit: String(endsRoom),
  };
}
