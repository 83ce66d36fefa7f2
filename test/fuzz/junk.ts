/** What people, programs and attackers send where it does not belong. */
import fc from 'fast-check';

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud800',
    '\ufeff',
    '\u202etxet',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    "'; drop table tenants; --",
    '%00',
    '%zz',
    '<Response><Hangup/></Response>',
    ']]>',
    '&#0;',
    '{{7*7}}',
    '4111 1111 1111 1111',
    '+14155550123',
    '1e999',
    '-0',
    'NaN',
    'null',
    '0000-00-00T00:00:00Z',
    '9999-12-31T23:59:59.999999999Z',
  ),
  fc.nat({ max: 20_000 }).map((length) => 'x'.repeat(length)),
);

export const junk: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(null, true, 0, -1, 1e308, 2 ** 53, [], {}, [[[[]]]], { length: 1e9 }, -0.5),
  fc.jsonValue({ maxDepth: 3 }),
  fc.integer({ min: 1, max: 200 }).map((depth) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)),
);

/** One time in ten the odd one. */
export function mostly<T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: usual, weight: 9 }, { arbitrary: odd, weight: 1 });
}

/** Like encodeURIComponent, which throws on half of a surrogate pair. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

export const anyBytes: fc.Arbitrary<Buffer> = fc
  .uint8Array({ maxLength: 500 })
  .map((bytes) => Buffer.from(bytes));

export const anyMethod: fc.Arbitrary<string> = fc.constantFrom(
  'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND',
); // biome-ignore format: a list of words

const SEGMENTS = [
  'admin', 'twilio', 'tenants', 't1', 'fallback', '..', '.', '%2e%2e', '%00', '%zz', '%c3', ';', '@', '\u00e9',
]; // biome-ignore format: a list of words

const LONGEST_SEGMENT = 3_000;

export const anyPath: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      hostileText.map((text) => percentEncoded(text).slice(0, LONGEST_SEGMENT)),
      fc.constantFrom(...SEGMENTS),
    ),
    { maxLength: 5 },
  )
  .map((segments) => `/${segments.join('/')}`);

const TYPES = [
  'application/json',
  'application/merge-patch+json',
  'application/json; charset=utf-16',
  'application/json; charset="',
  'application/x-www-form-urlencoded; charset=latin1',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/xml',
  ';',
  'x',
];

export type Headers = Record<string, string>;

export const oddHeaders = fc.record(
  {
    'content-type': fc.constantFrom(...TYPES),
    'content-encoding': fc.constantFrom('gzip', 'br', 'deflate', 'identity', 'rot13'),
    'transfer-encoding': fc.constant('chunked'),
    accept: fc.constantFrom('text/html', '*/*', 'application/problem+json', ';'),
    'x-request-id': fc.stringMatching(/^[!-~]{0,200}$/),
    'idempotency-key': fc.stringMatching(/^[ -~\u00a0-\u00ff]{0,300}$/),
    'i-twilio-idempotency-token': fc.stringMatching(/^[!-~]{0,300}$/),
    'x-forwarded-for': fc.constantFrom('1.2.3.4', 'x, y', '::1'),
    'x-forwarded-host': fc.constant('elsewhere.example'),
    cookie: fc
      .oneof({ arbitrary: fc.nat({ max: 200 }), weight: 9 }, fc.nat({ max: 20_000 }))
      .map((length) => 'c'.repeat(length)),
    range: fc.constantFrom('bytes=0-1', 'bytes=9-1'),
  },
  { requiredKeys: [], noNullPrototype: true },
);
