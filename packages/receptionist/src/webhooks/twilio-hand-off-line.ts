/** Hand-offs as Twilio tells of them, and TwiML for them: conferences, legs, and callers who are called back. */
import { callOfRoom } from '../hand-off/room.ts';
import type { CallBack, EndedLeg, HandOffLine, LegAnswer, RoomNews } from './hand-off-line.ts';
import { DEFAULT_VOICE, type SignedRequest } from './telephony.ts';
import { createTwilioAddresses, type Speaking } from './twilio-addresses.ts';
import { accountIn, first, queryOf, readCount } from './twilio-fields.ts';
import { dialResponse, farewellResponse, keyResponse, roomResponse, waitResponse } from './twiml.ts';

const STILL_TRYING = 'Please stay on the line, I am still trying to reach someone.';
const CALLER_COMES = 'Please stay on the line, the caller is being connected.';
const NO_ROOM = 'This call is about nothing that is known here. Goodbye.';
const BRINGING = 'I have someone for you now.';
/** The caller waits meanwhile. */
const SECONDS_TO_PRESS = 5;

const ANSWERS: ReadonlyMap<string, LegAnswer> = new Map([
  ['', 'nothing'],
  ['1', 'take'],
  ['2', 'decline'],
]);

/** The statuses in which a call ends. */
const ENDS: ReadonlyMap<string, EndedLeg['how']> = new Map([
  ['completed', 'hung_up'],
  ['canceled', 'hung_up'],
  ['busy', 'busy'],
  ['no-answer', 'no_answer'],
  ['failed', 'failed'],
]);

/** Of the call to the caller, and of the `<Dial>` that it stands in. */
const CALL_BACKS: ReadonlyMap<string, CallBack['outcome']> = new Map([
  ['in-progress', 'answered'],
  ['answered', 'answered'],
  ['completed', 'answered'],
  ['busy', 'busy'],
  ['no-answer', 'no_answer'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
]);

export function createTwilioHandOffLine({
  publicUrl,
}: {
  /** What Twilio was given, without a slash at the end. */
  publicUrl: string;
}): HandOffLine {
  const addresses = createTwilioAddresses({ publicUrl });
  return {
    readLeg(request, fields) {
      const query = queryOf(request);
      const [leg_id, provider_id] = [query.get('leg'), first(fields, 'CallSid')];
      if (!leg_id || !provider_id) return null;
      return {
        leg_id,
        provider_id,
        account_id: accountIn(fields),
        said: readCount(query.get('said')),
        offer: query.get('offer') === 'call_back' ? 'call_back' : 'caller',
        answer: ANSWERS.get(first(fields, 'Digits')) ?? 'unknown',
      };
    },

    readEnd(request, fields) {
      const leg_id = queryOf(request).get('leg');
      const how = ENDS.get(first(fields, 'CallStatus'));
      if (!leg_id || how === undefined) return null;
      return { leg_id, account_id: accountIn(fields), how };
    },

    readCallBack(request, fields) {
      const leg_id = queryOf(request).get('leg');
      const outcome = CALL_BACKS.get(first(fields, 'DialCallStatus') || first(fields, 'CallStatus'));
      return leg_id && outcome ? { leg_id, account_id: accountIn(fields), outcome } : null;
    },

    readBring(fields) {
      const call_id = first(fields, 'CallSid');
      if (!call_id) return null;
      return { call_id, account_id: accountIn(fields), what: 'caller_comes' };
    },

    readRoom(fields) {
      const call_id = callOfRoom(first(fields, 'FriendlyName'));
      const ofCaller = first(fields, 'CallSid') === call_id;
      const what = whatHappened(first(fields, 'StatusCallbackEvent'), {
        ofCaller,
        isOver: first(fields, 'ParticipantCallStatus') === 'completed',
      });
      return call_id && what ? { call_id, account_id: accountIn(fields), what } : null;
    },

    render({ say, voice, next }) {
      switch (next?.action) {
        case undefined:
          return farewellResponse(say, voice);
        case 'ask': {
          const actionUrl = addresses.leg(next.call);
          return keyResponse(say, { voice, actionUrl, seconds: SECONDS_TO_PRESS });
        }
        case 'join':
          return roomResponse(say, {
            voice,
            room: next.room,
            actionUrl: addresses.legEnded(next.leg_id),
            waitUrl: addresses.connecting(voice),
            statusUrl: addresses.room(),
            starts: true,
          });
        case 'call_back':
          return dialResponse(say, {
            voice,
            callee: next.caller,
            callerId: next.number,
            actionUrl: addresses.calledBack(next.leg_id),
            statusUrl: addresses.callBackStatus(next.leg_id),
          });
      }
    },

    renderWait(request, whose) {
      const words = whose === 'caller' ? STILL_TRYING : CALLER_COMES;
      return waitResponse(addresses.holdMusic(), [words], speakingIn(request));
    },

    renderBring(request) {
      const query = queryOf(request);
      const room = query.get('room');
      const speaking = speakingIn(request);
      if (!room) return farewellResponse([NO_ROOM], speaking);
      return roomResponse([BRINGING], {
        voice: speaking,
        room,
        actionUrl: addresses.returned(readCount(query.get('turn'))),
        waitUrl: addresses.wait(speaking),
        statusUrl: addresses.room(),
        starts: false,
      });
    },

    answerUrl: (leg_id) => addresses.leg({ leg_id, said: 0, offer: 'caller' }),
    statusUrl: addresses.legStatus,
    bringUrl: ({ turn, room, voice: { voice, language } }) =>
      addresses.bring({ turn, room, voice, language }),
    returnUrl: addresses.returned,
  };
}

/** That a person comes proves nothing: the caller may have hung up without our hearing of it. */
function whatHappened(
  event: string,
  { ofCaller, isOver }: { ofCaller: boolean; isOver: boolean },
): RoomNews['what'] | null {
  if (event === 'conference-start') return 'begins';
  if (event === 'participant-join' && ofCaller) return 'caller_comes';
  return event === 'participant-leave' && ofCaller && isOver ? 'caller_hung_up' : null;
}

/** In the address, because the words must come even while no tenant can be read. */
function speakingIn(request: SignedRequest): Speaking {
  const query = queryOf(request);
  return {
    voice: query.get('voice') ?? DEFAULT_VOICE.voice,
    language: query.get('language') ?? DEFAULT_VOICE.language,
  };
}
