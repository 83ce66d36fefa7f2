/** `<Dial><Conference>`: a seat in a room. https://www.twilio.com/docs/voice/twiml/conference */
import { afterDial, type Dial, lastRequest, leavesByStar } from './dial.ts';
import { type RoomEvent, subscribed } from './events.ts';
import { createHoldMusic, type MusicSource } from './hold-music.ts';
import type { Line, Next } from './players.ts';
import { TwilioError } from './problems.ts';
import type { Beep, Departure, Participant, Room, RoomCallback } from './room.ts';
import { speakOrWait, takeSeat } from './seat.ts';
import type { Verb } from './twiml.ts';
import type { Leaving, Wait, WaitingFor } from './wait.ts';
import { resolveUrl } from './webhook.ts';

const BEEP_SECONDS = 0.5;

export async function enterRoom(noun: Verb, dial: Dial, line: Line): Promise<Next> {
  if (noun.text === '') throw new TwilioError(13237, 'a <Conference> without a name');
  const room = line.switchboard.rooms.open(noun.text, callbackIn(noun, line));
  const music = createHoldMusic(musicIn(noun, room, line), line);
  const answered = afterDial(dial, { DialCallStatus: 'answered' });
  const seat = takeSeat(line, async (seconds) => {
    if (!room.begun) return music.hear(seconds);
    line.hears({ what: room.talking ? 'talk' : 'silence', seconds, text: '' });
  });
  const participant: Participant = {
    ...participantIn(noun, line),
    dismiss: async () => {
      seat.rise();
      await line.resume(wait, answered);
    },
  };

  async function leave(how: Departure): Promise<Next> {
    seat.rise();
    await room.leave(participant, how);
    return answered;
  }

  const wait: Wait = {
    get waitingFor(): WaitingFor {
      return { kind: 'room', room: room.name, talking: room.talking };
    },
    act: async (what) => {
      if (leavesByStar(dial, what)) return leave(BY_STAR);
      const heardBy = (words: string) => room.speak(participant, words);
      return speakOrWait(what, { line, seat, waitingFor: wait.waitingFor, heardBy });
    },
    leave: async (how) => lastRequest(await leave(DEPARTURES[how]), how),
  };
  await room.enter(participant);
  await seat.bystander.hear(0);
  return { next: 'wait', wait };
}

const BY_STAR: Departure = { status: 'in-progress', reason: 'participant_pressed_star' };
const DEPARTURES: Readonly<Record<Leaving, Departure>> = {
  'hangs up': { status: 'completed', reason: 'participant_hung_up' },
  redirected: { status: 'in-progress', reason: 'participant_updated_via_api' },
};

function participantIn({ attributes }: Verb, line: Line): Omit<Participant, 'dismiss'> {
  return {
    callSid: line.callSid,
    label: attributes.participantLabel ?? '',
    muted: attributes.muted === 'true',
    startsRoom: attributes.startConferenceOnEnter !== 'false',
    endsRoom: attributes.endConferenceOnExit === 'true',
    beep: (attributes.beep ?? 'true') as Beep, // the vocabulary has checked it
    hears: line.note,
    hearsBeep: () => line.hears({ what: 'tone', seconds: BEEP_SECONDS, text: '' }),
  };
}

/** The address of the music is asked with the room's name. */
function musicIn({ attributes }: Verb, { sid, name }: Room, { documentUrl }: Line): MusicSource {
  if (attributes.waitUrl === undefined) return 'twilio';
  if (attributes.waitUrl === '') return 'silence';
  return {
    url: resolveUrl(attributes.waitUrl, documentUrl),
    method: attributes.waitMethod === 'GET' ? 'GET' : 'POST',
    params: { ConferenceSid: sid, FriendlyName: name },
  };
}

function callbackIn({ attributes }: Verb, line: Line): RoomCallback | null {
  const { accountSid, now, tell } = line;
  if (!attributes.statusCallback) return null;
  return {
    url: resolveUrl(attributes.statusCallback, line.documentUrl),
    method: attributes.statusCallbackMethod === 'GET' ? 'GET' : 'POST',
    events: subscribed<RoomEvent>(attributes.statusCallbackEvent, []),
    accountSid,
    now,
    tell,
  };
}
