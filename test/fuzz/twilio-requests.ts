/** Calls, texts and status callbacks, as Twilio sends them and as it never would. */
import fc from 'fast-check';
import { ACCOUNT_SID } from '../harness/credentials.ts';
import {
  anyBytes,
  anyMethod,
  anyPath,
  type Headers,
  hostileText,
  mostly,
  oddHeaders,
  percentEncoded,
} from './junk.ts';
import type { FuzzedRequest, Proof } from './requests.ts';

type Field = [name: string, value: string];

const PATHS = ['/twilio/webhook', '/twilio/voice/turn', '/twilio/status/call', '/twilio/status/message'];

/** A few, so that requests meet on the same call. */
const sids = (prefix: string) =>
  fc.constantFrom(...['1', '2', '3', '4'].map((digit) => prefix + digit.repeat(32)));

const FIELDS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  CallSid: sids('CA'),
  MessageSid: sids('SM'),
  AccountSid: fc.constantFrom(ACCOUNT_SID, `AC${'9'.repeat(32)}`),
  From: fc.constantFrom('+14155550123', 'whatsapp:+14155550123', 'anonymous', '+266696687'),
  To: fc.constantFrom('+15005550006', 'whatsapp:+15005550006', '+15005550099'),
  SpeechResult: fc.lorem({ maxCount: 8 }),
  Body: fc.constantFrom('Hello', 'STOP', 'HELP', 'are you open on friday?', 'a person please'),
  Confidence: fc.double({ min: -1, max: 2 }).map(String),
  Digits: fc.stringMatching(/^[\d*#]{0,20}$/),
  NumMedia: fc.constantFrom('0', '1', '99', '-1'),
  CallStatus: fc.constantFrom('ringing', 'in-progress', 'completed', 'no-answer'),
  MessageStatus: fc.constantFrom('sent', 'delivered', 'undelivered', 'failed'),
  ErrorCode: fc.constantFrom('30006', '21610', '0', 'x'),
};

const anyField: fc.Arbitrary<Field> = fc.oneof(
  ...Object.entries(FIELDS).map(([name, value]) => fc.tuple(fc.constant(name), mostly(value, hostileText))),
  fc.tuple(hostileText, hostileText),
);

const USUAL: readonly Field[] = [
  ['AccountSid', ACCOUNT_SID],
  ['From', '+14155550123'],
  ['To', '+15005550006'],
];

const fields = fc
  .record({ usual: fc.boolean(), more: fc.array(anyField, { maxLength: 12 }) })
  .map(({ usual, more }) => [...(usual ? USUAL : []), ...more]);

const query = fc.oneof(
  fc.constant(''),
  fc.integer({ min: -1, max: 20 }).map((turn) => `?turn=${turn}`),
  fc
    .tuple(hostileText, hostileText)
    .map(([turn, failures]) => `?turn=${percentEncoded(turn)}&failures=${percentEncoded(failures)}`),
);

const FORM: Headers = { 'content-type': 'application/x-www-form-urlencoded' };

export const twilioRequest: fc.Arbitrary<FuzzedRequest> = fc.record({
  proof: fc.constantFrom<Proof>('twilio', 'twilio', 'twilio', 'twilio', 'wrong signature', 'none'),
  method: mostly(fc.constant('POST'), anyMethod),
  path: fc.tuple(mostly(fc.constantFrom(...PATHS), anyPath), query).map((parts) => parts.join('')),
  headers: mostly(fc.constant(FORM), oddHeaders),
  body: mostly<FuzzedRequest['body']>(fields, anyBytes),
});
