/** The few words of TwiML that we use, written so that whatever is said, Twilio can play it. */
import type { PhoneNumber } from '@receptionist/core';
import type { Reply } from './telephony.ts';
import type { Speaking, TwilioAddresses } from './twilio-addresses.ts';

/** Twilio reads no more than 4,096 characters from one `<Say>`, and from one with a Polly voice no more than 3,000. */
const SAY_LIMIT = 3_000;
/** Twilio takes up to 500 hints of up to 100 characters. */
const HINTS = { count: 500, length: 100 };
/** A caller never hears nothing for more than 6 s: the rest is for the way to us and back. */
const SILENCE_SECONDS = 5;
const SECONDS_TO_PRESS = 8;
const LONGEST_MESSAGE_SECONDS = 120;

type Listening = Extract<Reply['next'], { action: 'listen' }>;

interface Manner {
  voice: Speaking;
  /** Absolute. */
  addresses: TwilioAddresses;
}

export function voiceResponse({ say, next }: Reply, { voice, addresses }: Manner): string {
  switch (next.action) {
    case 'hang_up':
      return farewellResponse(say, voice);
    case 'listen':
      return documentOf([
        element('Gather', gatherAttributes(next, { voice, addresses }), spoken(say, voice)),
      ]);
    case 'hand_off':
      return roomResponse(say, {
        voice,
        room: next.room,
        actionUrl: addresses.returned(next.turn),
        waitUrl: addresses.wait(voice),
        statusUrl: addresses.room(),
        starts: false,
      });
    case 'record':
      return recordResponse(say, next.turn, { voice, addresses });
  }
}

/** Whoever says nothing at the tone is asked again, as after any silence. */
function recordResponse(words: readonly string[], turn: number, { voice, addresses }: Manner): string {
  const attributes = {
    action: addresses.recorded(turn),
    method: 'POST',
    maxLength: String(LONGEST_MESSAGE_SECONDS),
    timeout: String(SILENCE_SECONDS),
    finishOnKey: '#',
    playBeep: 'true',
    recordingStatusCallback: addresses.recordingStatus(),
    recordingStatusCallbackMethod: 'POST',
  };
  const again = element('Redirect', { method: 'POST' }, [escapeXml(addresses.turn({ turn }))]);
  return documentOf([...spoken(words, voice), element('Record', attributes), again]);
}

/** The room ends when one of both leaves it. `starts`: whoever enters is a person, so that the waiting is over. */
export function roomResponse(
  words: readonly string[],
  {
    voice,
    room,
    actionUrl,
    waitUrl,
    statusUrl,
    starts,
  }: {
    voice: Speaking;
    room: string;
    /** Asked when the room has ended. */
    actionUrl: string;
    /** Heard until somebody comes. */
    waitUrl: string;
    statusUrl: string;
    starts: boolean;
  },
): string {
  const attributes = {
    startConferenceOnEnter: String(starts),
    endConferenceOnExit: 'true',
    beep: 'false',
    waitUrl,
    waitMethod: 'POST',
    statusCallback: statusUrl,
    statusCallbackMethod: 'POST',
    statusCallbackEvent: 'start join leave',
  };
  const conference = element('Conference', attributes, [escapeXml(room)]);
  return documentOf([
    ...spoken(words, voice),
    element('Dial', { action: actionUrl, method: 'POST' }, [conference]),
  ]);
}

/** Music, then words: Twilio begins anew at the end, so that they come every 20 s, and first after 15. */
export function waitResponse(musicUrl: string, words: readonly string[], voice: Speaking): string {
  return documentOf([element('Play', {}, [escapeXml(musicUrl)]), ...spoken(words, voice)]);
}

const RING_BACK_SECONDS = 30;

/** Rings somebody from the line that hears this. */
export function dialResponse(
  words: readonly string[],
  {
    voice,
    callee,
    callerId,
    actionUrl,
    statusUrl,
  }: {
    voice: Speaking;
    callee: PhoneNumber;
    callerId: PhoneNumber;
    /** Asked when it is over, however it went. */
    actionUrl: string;
    /** Hears that they have answered. */
    statusUrl: string;
  },
): string {
  const attributes = {
    callerId,
    action: actionUrl,
    method: 'POST',
    timeout: String(RING_BACK_SECONDS),
    answerOnBridge: 'true',
  };
  const answered = {
    statusCallback: statusUrl,
    statusCallbackMethod: 'POST',
    statusCallbackEvent: 'answered',
  };
  const number = element('Number', answered, [escapeXml(callee)]);
  return documentOf([...spoken(words, voice), element('Dial', attributes, [number])]);
}

export function farewellResponse(words: readonly string[], voice: Speaking): string {
  return documentOf([...spoken(words, voice), element('Hangup')]);
}

/** Waits for one key, and hears no words: a mailbox talks, too. `actionUrl` is asked whether or not one is pressed. */
export function keyResponse(
  words: readonly string[],
  { voice, actionUrl, seconds = SECONDS_TO_PRESS }: { voice: Speaking; actionUrl: string; seconds?: number },
): string {
  const attributes = {
    input: 'dtmf',
    action: actionUrl,
    method: 'POST',
    timeout: String(seconds),
    numDigits: '1',
    actionOnEmptyResult: 'true',
  };
  return documentOf([element('Gather', attributes, spoken(words, voice))]);
}

/** `statusUrl` hears what becomes of them; none at all is an answer too. */
export function messageResponse(texts: readonly string[], statusUrl: string | null): string {
  const attributes: Record<string, string> = statusUrl ? { action: statusUrl, method: 'POST' } : {};
  return documentOf(texts.map((text) => element('Message', attributes, [escapeXml(text)])));
}

function gatherAttributes(listening: Listening, { voice, addresses }: Manner): Record<string, string> {
  const hints = joinHints(listening.hints);
  return {
    input: 'speech dtmf',
    action: addresses.turn(listening),
    method: 'POST',
    timeout: String(SILENCE_SECONDS),
    speechTimeout: 'auto',
    numDigits: '1',
    // Silence is a turn too: without this the call would fall off the end of the document.
    actionOnEmptyResult: 'true',
    language: voice.language,
    ...(hints ? { hints } : {}),
  };
}

function joinHints(hints: string[]): string {
  // A comma would begin another hint.
  const single = hints.map((hint) => hint.replaceAll(',', ' ').slice(0, beforeSurrogate(hint, HINTS.length)));
  return single.slice(0, HINTS.count).join(',');
}

function spoken(words: readonly string[], { voice, language }: Speaking): string[] {
  return words.flatMap(pieces).map((text) => element('Say', { voice, language }, [escapeXml(text)]));
}

/** Cuts between words where it can. */
function pieces(text: string): string[] {
  const whole = playable(text).trim();
  if (whole.length <= SAY_LIMIT) return whole ? [whole] : [];
  const space = whole.lastIndexOf(' ', SAY_LIMIT);
  const cut = space > 0 ? space : beforeSurrogate(whole, SAY_LIMIT);
  return [whole.slice(0, cut), ...pieces(whole.slice(cut))];
}

function beforeSurrogate(text: string, index: number): number {
  return /[\uDC00-\uDFFF]/.test(text.charAt(index)) ? index - 1 : index;
}

function documentOf(children: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${element('Response', {}, children)}`;
}

function element(name: string, attributes: Record<string, string> = {}, children: string[] = []): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  const open = `<${name}${written.join('')}`;
  return children.length > 0 ? `${open}>${children.join('')}</${name}>` : `${open}/>`;
}

function escapeXml(text: string): string {
  return playable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/**
 * Without what XML 1.0 cannot hold (section 2.2, "Char"), which would end the call with an error, and without U+FFFD,
 * which stands for what was lost before.
 */
function playable(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFC\u{10000}-\u{10FFFF}]/gu, ' ');
}
