/**
 * The TwiML verbs that are played: their attributes and what may stand inside. A verb of calls is added here and in
 * players.ts, one of messages here and in replies.ts.
 */
import { PROGRESS_EVENTS, RECORDING_EVENTS, ROOM_EVENTS } from './events.ts';
import type { TwilioCode } from './problems.ts';
import { BEEPS } from './room.ts';

export interface AttributeRule {
  fits: (value: string) => boolean;
  /** Ends a sentence that begins with "expected". */
  expected: string;
  code: TwilioCode;
}

export interface VerbRule {
  attributes: Readonly<Record<string, AttributeRule>>;
  /**
   * `lines`: text that keeps its line ends; `speech`: text with speech markup; `message`: lines, or else Body and Media;
   * `dialled`: a number, or else one Number or Conference; a list: these verbs and no text.
   */
  content: 'nothing' | 'text' | 'lines' | 'speech' | 'message' | 'dialled' | readonly string[];
  /** It stands inside another one only. */
  nested?: true;
}

export type Vocabulary = Readonly<Record<string, VerbRule>>;

const anything: AttributeRule = { fits: () => true, expected: 'anything', code: 12200 };

function pattern(regex: RegExp, expected: string, code: TwilioCode = 12200): AttributeRule {
  return { fits: (value) => regex.test(value), expected, code };
}

function oneOf(words: readonly string[], code: TwilioCode = 12200): AttributeRule {
  return { fits: (value) => words.includes(value), expected: words.join(' or '), code };
}

const method = (code: TwilioCode = 12200) => oneOf(['GET', 'POST'], code);
const flag = (code: TwilioCode = 12200) => oneOf(['true', 'false'], code);
const seconds = (code: TwilioCode = 12200) => pattern(/^[1-9]\d{0,4}$/, 'a positive number of seconds', code);
const times = (code: TwilioCode) => pattern(/^\d{1,4}$/, 'a number of times, 0 for endless', code);
const events = (words: readonly string[]) =>
  pattern(new RegExp(`^(${words.join('|')})( (${words.join('|')}))*$`), words.join(', '));
const language = pattern(/^[a-z]{2,3}(-[a-z0-9]+)*$/i, 'a BCP 47 language tag');

/** https://www.twilio.com/docs/voice/twiml/gather#attributes-speechmodel */
const SPEECH_MODEL =
  /^(default|numbers_and_commands|phone_call|experimental_(conversations|utterances)|(googlev2|deepgram)_[\w-]+)$/;

export const VOCABULARY = {
  Say: {
    attributes: { voice: pattern(/\S/, 'the name of a voice'), language, loop: times(13510) },
    content: 'speech',
  },
  Play: {
    attributes: { loop: times(13410), digits: pattern(/^[\d*#wW]+$/, 'keys, w for a pause') },
    content: 'text',
  },
  Pause: { attributes: { length: seconds(13910) }, content: 'nothing' },
  Gather: {
    attributes: {
      action: anything,
      method: method(13312),
      input: oneOf(['dtmf', 'speech', 'dtmf speech', 'speech dtmf']),
      timeout: seconds(13313),
      speechTimeout: pattern(/^([1-9]\d*|auto)$/, 'a positive number of seconds, or auto', 13327),
      maxSpeechTime: pattern(/^([1-9]|[1-5]\d|60)$/, '1 to 60 seconds'),
      speechModel: pattern(SPEECH_MODEL, 'a speech model'),
      enhanced: flag(),
      language,
      hints: anything,
      profanityFilter: flag(),
      bargeIn: flag(),
      numDigits: pattern(/^[1-9]\d*$/, 'a positive number', 13314),
      finishOnKey: pattern(/^[\d#*]?$/, 'one key, or nothing', 13310),
      actionOnEmptyResult: flag(13338),
      partialResultCallback: anything,
      partialResultCallbackMethod: method(),
      debug: flag(),
    },
    content: ['Say', 'Play', 'Pause'],
  },
  Redirect: { attributes: { method: method(13710) }, content: 'text' },
  Dial: {
    attributes: {
      action: anything,
      method: method(13210),
      timeout: seconds(13212),
      timeLimit: seconds(13216),
      callerId: pattern(/^\+[1-9]\d{6,14}$/, 'an E.164 number', 13214),
      answerOnBridge: flag(),
      hangupOnStar: flag(13213),
      ringTone: anything,
    },
    content: 'dialled',
  },
  Number: {
    attributes: {
      url: anything,
      method: method(13221),
      statusCallback: anything,
      statusCallbackEvent: events(PROGRESS_EVENTS),
      statusCallbackMethod: method(),
    },
    content: 'text',
    nested: true,
  },
  Conference: {
    attributes: {
      muted: flag(13230),
      beep: oneOf(BEEPS, 13235),
      startConferenceOnEnter: flag(13232),
      endConferenceOnExit: flag(13231),
      waitUrl: anything,
      waitMethod: method(13234),
      maxParticipants: pattern(/^([2-9]|[1-9]\d|1\d\d|2[0-4]\d|250)$/, '2 to 250'),
      region: anything,
      participantLabel: pattern(
        /^(?!CA[0-9a-f]{32}$)[^/]{1,128}$/,
        'up to 128 characters without "/"',
        16023,
      ),
      statusCallback: anything,
      statusCallbackEvent: events(ROOM_EVENTS),
      statusCallbackMethod: method(),
    },
    content: 'text',
    nested: true,
  },
  Record: {
    attributes: {
      action: anything,
      method: method(13610),
      maxLength: seconds(13612),
      timeout: seconds(13611),
      finishOnKey: pattern(/^[\d#*]*$/, 'keys', 13613),
      playBeep: flag(13616),
      trim: oneOf(['trim-silence', 'do-not-trim']),
      recordingStatusCallback: anything,
      recordingStatusCallbackEvent: events(RECORDING_EVENTS),
      recordingStatusCallbackMethod: method(),
    },
    content: 'nothing',
  },
  Hangup: { attributes: {}, content: 'nothing' },
  Reject: { attributes: { reason: oneOf(['rejected', 'busy'], 13810) }, content: 'nothing' },
} as const satisfies Vocabulary;

export type VerbName = keyof typeof VOCABULARY;

/** Those that stand by themselves. */
export type PlayedVerbName = {
  [Name in VerbName]: (typeof VOCABULARY)[Name] extends { nested: true } ? never : Name;
}[VerbName];

const ADDRESS = /^(whatsapp:)?\+?\d{3,15}$/;
const SENDER = /^((whatsapp:)?\+?\d{3,15}|[A-Za-z0-9 ]{1,11})$/;

/** https://www.twilio.com/docs/messaging/twiml */
export const MESSAGE_VOCABULARY = {
  Message: {
    attributes: {
      to: pattern(ADDRESS, 'a phone number', 14101),
      from: pattern(SENDER, 'a phone number or a name of up to 11 characters', 14102),
      action: anything,
      statusCallback: anything,
      method: method(14104),
    },
    content: 'message',
  },
  Body: { attributes: {}, content: 'lines', nested: true },
  Media: { attributes: {}, content: 'text', nested: true },
  Redirect: { attributes: { method: method(13710) }, content: 'text' },
} as const satisfies Vocabulary;

export type MessageVerbName = keyof typeof MESSAGE_VOCABULARY;

/** SSML elements inside `<Say>`: https://www.twilio.com/docs/voice/twiml/say/text-speech#ssml */
export const SPEECH_MARKUP: readonly string[] = [
  'break', 'emphasis', 'lang', 'p', 'phoneme', 'prosody', 's', 'say-as', 'sub', 'w',
]; // biome-ignore format: a list of words

/** Characters that one `<Say>` takes; by the kind of voice: https://www.twilio.com/docs/api/errors/13521 */
export function sayLimit(voice = ''): number {
  if (voice.startsWith('Polly.')) return 3_000;
  return voice.startsWith('Google.') ? 5_000 : 4_096;
}
