/** Phone numbers: whether a text is one, and who calls. */
import type { PhoneNumber } from './tenant.ts';

/** A leading zero is no country code; 7 digits is the shortest that a network routes, 15 the longest (ITU E.164). */
const E164 = /^\+[1-9]\d{6,14}$/;

export function isPhoneNumber(text: string): text is PhoneNumber {
  return E164.test(text);
}

/** A carrier that must send digits spells one of these on the keypad: +266696687 is ANONYMOUS. */
const WITHHELD = ['anonymous', 'blocked', 'private', 'restricted', 'unavailable', 'unknown', 'withheld'];
const WITHHELD_DIGITS = new Set(WITHHELD.map(onKeypad));

/** The caller's number from a provider's `From`, or null where it was withheld or is no phone number. */
export function callerNumber(from: string | null | undefined): PhoneNumber | null {
  const number = (from ?? '').trim().replace(/^whatsapp:/i, '');
  if (!isPhoneNumber(number) || WITHHELD_DIGITS.has(number.slice(1))) return null;
  return number;
}

function onKeypad(word: string): string {
  return Array.from(word, (letter) => '22233344455566677778889999'.charAt(letter.charCodeAt(0) - 97)).join(
    '',
  );
}
