/** How Twilio's REST API says no. https://www.twilio.com/docs/api/errors */
import { type Answer, jsonAnswer } from './loopback.ts';

/** HTTP status and words, with `$` for what was found. */
const TWILIO_REST_ERRORS = {
  20001: [400, 'Invalid parameter: $'],
  20003: [401, 'Authenticate'],
  20004: [405, 'Method not allowed'],
  20404: [404, 'The requested resource $ was not found'],
  20429: [429, 'Too Many Requests'],
  21201: [400, "No 'To' number is specified"],
  21205: [400, 'Url is not a valid URL: $'],
  21208: [400, 'Invalid Timeout: $'],
  21209: [400, 'Invalid Method: $'],
  21210: [
    400,
    "The source phone number provided, $, is not yet verified for your account. You may only make calls from phone numbers that you've verified or purchased from Twilio.",
  ],
  21211: [400, "Invalid 'To' Phone Number: $"],
  21212: [400, "Invalid 'From' Number: $"],
  21213: [400, "No 'From' number is specified"],
  21214: [400, "'To' phone number cannot be reached: $"],
  21215: [400, 'Account not authorized to call $'],
  21216: [400, 'Account not allowed to call $'],
  21217: [400, 'Phone number does not appear to be valid: $'],
  21220: [400, 'Call is not in-progress. Cannot redirect.'],
  21402: [400, 'Invalid Url: $'],
  21403: [400, 'Invalid Method: $'],
  21408: [
    400,
    "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: $",
  ],
  21602: [400, 'Message body is required.'],
  21603: [400, "A 'From' phone number is required."],
  21604: [400, "A 'To' phone number is required."],
  21606: [
    400,
    "The 'From' phone number provided ($) is not a valid message-capable Twilio phone number for this destination/account",
  ],
  21609: [400, 'The StatusCallback URL $ is not a valid URL.'],
  21610: [400, 'Attempt to send to unsubscribed recipient'],
  21611: [429, "This 'From' number has exceeded the maximum number of queued messages: $"],
  21612: [400, "Message cannot be sent with the current combination of 'To' and 'From' parameters: $"],
  21614: [400, "'To' number is not a valid mobile number: $"],
  21617: [400, 'The concatenated message body exceeds the 1600 character limit'],
  21626: [400, 'Invalid StatusCallbackEvent: $'],
  21910: [400, "Invalid 'From' and 'To' pair: they should be of the same channel"],
} as const satisfies Record<number, readonly [number, string]>;

export type TwilioRestCode = keyof typeof TWILIO_REST_ERRORS;

/** Twilio says no, to what was `found`. */
export class TwilioRefusal extends Error {
  override readonly name = 'TwilioRefusal';
  readonly code: TwilioRestCode;
  /** Nothing that the sender did wrong: the test asked for it, or the call had just ended. */
  readonly excused: boolean;

  constructor(code: TwilioRestCode, found = '', { excused = false } = {}) {
    super(TWILIO_REST_ERRORS[code][1].replace('$', () => found));
    this.code = code;
    this.excused = excused;
  }
}

export function refusalAnswer(
  { code, message }: TwilioRefusal,
  headers: Record<string, string> = {},
): Answer {
  const [status] = TWILIO_REST_ERRORS[code];
  return jsonAnswer(
    { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
    status,
    headers,
  );
}
