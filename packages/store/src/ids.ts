import { randomBytes } from 'node:crypto';
import type { Instant } from '@receptionist/core';

/** What an id names: fallback entry, conversation, event, delivery, outgoing text, hand-off, its leg. */
export type IdPrefix = 'fb' | 'cv' | 'ev' | 'dl' | 'tx' | 'ho' | 'lg';

/** Crockford's base 32, in lower case: no letter that reads like a digit, and in the order of its values. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_DIGITS = 10;
const RANDOM_DIGITS = 16;

/** `fb_` and 26 digits: 50 bits of milliseconds, so that ids sort by time, then 80 random bits. The layout is ULID's. */
export function newId(prefix: IdPrefix, at: Instant): string {
  const time = Array.from(Date.parse(at).toString(32).padStart(TIME_DIGITS, '0'), (digit) =>
    Number.parseInt(digit, 32),
  );
  const random = Array.from(randomBytes(RANDOM_DIGITS), (byte) => byte % 32);
  return `${prefix}_${[...time, ...random].map((value) => DIGITS[value]).join('')}`;
}
