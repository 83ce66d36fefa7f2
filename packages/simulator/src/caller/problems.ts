/**
 * What Twilio writes into its debugger. The numbers are Twilio's own: https://www.twilio.com/docs/api/errors
 */
export const TWILIO_PROBLEMS = {
  11100: 'Invalid URL format',
  11200: 'HTTP retrieval failure',
  11205: 'HTTP connection failure',
  11210: 'HTTP bad host name',
  11215: 'HTTP too many redirects',
  11750: 'TwiML response body too large',
  12100: 'Document parse failure',
  12200: 'Schema validation warning',
  12300: 'Invalid Content-Type',
  13201: 'Dial: Cannot Dial out from a Dial Call Segment',
  13210: 'Dial: Invalid method value',
  13212: 'Dial: Invalid timeout value',
  13213: 'Dial: Invalid hangupOnStar value',
  13214: 'Dial: Invalid callerId value',
  13216: 'Dial: Invalid timeLimit value',
  13221: 'Dial->Number: Invalid method value',
  13223: 'Dial: Invalid phone number format',
  13230: 'Dial->Conference: Invalid muted value',
  13231: 'Dial->Conference: Invalid endConferenceOnExit value',
  13232: 'Dial->Conference: Invalid startConferenceOnEnter value',
  13234: 'Dial->Conference: Invalid waitMethod value',
  13235: 'Dial->Conference: Invalid beep value',
  13237: 'Dial->Conference: Invalid conference name',
  13238: 'Dial->Conference: Invalid verb used in waitUrl TwiML',
  13310: 'Gather: Invalid finishOnKey value',
  13312: 'Gather: Invalid method value',
  13313: 'Gather: Invalid timeout value',
  13314: 'Gather: Invalid numDigits value',
  13320: 'Gather: Invalid nested verb',
  13327: 'Gather: Invalid speechTimeout value',
  13335: 'Gather: speechTimeout must be a positive integer with this speechModel',
  13338: 'Gather: Invalid actionOnEmptyResult value',
  13410: 'Play: Invalid loop value',
  13420: 'Play: Invalid Content-Type',
  13510: 'Say: Invalid loop value',
  13520: 'Say: Invalid text',
  13521: '<Say> element character limits exceeded',
  13610: 'Record: Invalid method value',
  13611: 'Record: Invalid timeout value',
  13612: 'Record: Invalid maxLength value',
  13613: 'Record: Invalid finishOnKey value',
  13616: 'Record: playBeep must be true or false',
  13710: 'Redirect: Invalid method value',
  13810: 'Reject: Invalid cause',
  13910: 'Pause: Invalid length value',
  14101: 'Message: Invalid "to" attribute',
  14102: 'Message: Invalid "from" attribute',
  14103: 'Message: Invalid body',
  14104: 'Message: Invalid method attribute',
  14106: 'Message: Document retrieval limit reached',
  14109: 'Message: Reply limit exceeded',
  16023: 'Dial->Conference: Invalid participant label',
  21610: 'The recipient has opted out',
  21617: 'The message body exceeds the 1600 character limit',
  21623: 'More media than one message takes',
} as const;

export type TwilioCode = keyof typeof TWILIO_PROBLEMS;

export interface TwilioProblem {
  code: TwilioCode;
  /** An error ended the document (and, without a fallback, the call); a warning did not. */
  level: 'error' | 'warning';
  /** Twilio's words for the code and what was found. */
  words: string;
}

/** The document cannot be had or cannot be played. */
export class TwilioError extends Error {
  override readonly name = 'TwilioError';
  readonly code: TwilioCode;

  constructor(code: TwilioCode, found: string) {
    super(`${TWILIO_PROBLEMS[code]}: ${found}`);
    this.code = code;
  }
}

export function warning(code: TwilioCode, found: string): TwilioProblem {
  return { code, level: 'warning', words: `${TWILIO_PROBLEMS[code]}: ${found}` };
}

/** @throws whatever is no TwilioError */
export function problemIn(error: unknown): TwilioProblem {
  if (!(error instanceof TwilioError)) throw error;
  return { code: error.code, level: 'error', words: error.message };
}
