/**
 * What must not be kept is masked on arrival, before the store, the log, an alert or a model sees it.
 * Every function takes any string, and time linear in its length.
 */
import { findCardNumbers } from './card-numbers.ts';
import { type DigitRun, digitRuns } from './digits.ts';
import type { PhoneNumber } from './tenant.ts';

/** A part of a text; `end` is not included. */
interface Part {
  start: number;
  end: number;
}

/** What is masked, in this order, and what stands there instead. A later one never sees what an earlier one took. */
const SECRETS: readonly [find: (text: string) => Part[], mask: string][] = [
  [findIbans, '[bank account]'],
  [findCardNumbers, '[card number]'],
  [findSocialSecurityNumbers, '[social security number]'],
  [findSecurityCodes, '[security code]'],
  [findPins, '[PIN]'],
  [findPasswords, '[password]'],
];

/**
 * Replace payment card numbers (in digits or words), security codes, US social security numbers, IBANs, PINs and
 * passwords by what they were: `[card number]`. Phone numbers, times, dates and prices stay. Masking twice changes
 * nothing more.
 */
export function maskSensitive(text: string): string {
  const masked = SECRETS.reduce((left, [find, mask]) => replaceParts(left, find(left), mask), text);
  // Digits that were one run with a card number may be something else without it.
  return masked === text ? text : maskSensitive(masked);
}

function replaceParts(text: string, parts: Part[], mask: string): string {
  let result = '';
  let done = 0;
  for (const { start, end } of parts) {
    result += text.slice(done, start) + mask;
    done = end;
  }
  return result + text.slice(done);
}

/** Two letters, two check digits, then 11 to 30 letters and digits, in one piece or in groups of four (ISO 13616). */
const IBAN =
  /(?<![A-Za-z\d])[A-Za-z]{2}\d{2}(?:[A-Za-z\d]{11,30}|(?:[ -][A-Za-z\d]{4}){2,7}(?:[ -][A-Za-z\d]{1,3})?)(?![A-Za-z\d])/g;

function findIbans(text: string): Part[] {
  return [...text.matchAll(IBAN)].flatMap(({ 0: found, index }) => {
    const end = endOfIban(found);
    return end === null ? [] : [{ start: index, end: index + end }];
  });
}

/** Where the longest beginning that is an IBAN ends: a word of four letters after it is taken along at first. */
function endOfIban(found: string): number | null {
  for (let end = found.length; end >= 15; end = Math.max(found.lastIndexOf(' ', end - 1), 0)) {
    if (isIban(found.slice(0, end).replace(/[ -]/g, ''))) return end;
  }
  return null;
}

/** ISO 7064: the first four characters to the end, letters as 10 to 35, and the remainder by 97 is 1. */
function isIban(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** Three, two and four digits with the same separator are one even without a word for it. */
const WRITTEN_SSN = /^\d{3}([- .])\d\d\1\d{4}$/;
const SSN_WORDS = announcing('ssn|social(?: security)?(?: number)?');

function findSocialSecurityNumbers(text: string): Part[] {
  return digitRuns(text).filter(
    (run) => WRITTEN_SSN.test(run.written) || (run.digits.length === 9 && isAnnounced(text, run, SSN_WORDS)),
  );
}

const SECURITY_CODE_WORDS = announcing(
  'cvv2?|cvc2?|cvn|csc|(?:security|verification) (?:code|number)|card code',
);
const PIN_WORDS = announcing('pin|pin (?:code|number)|pass ?code');

function findSecurityCodes(text: string): Part[] {
  return codesAfter(text, SECURITY_CODE_WORDS);
}

function findPins(text: string): Part[] {
  return codesAfter(text, PIN_WORDS);
}

function codesAfter(text: string, words: RegExp): Part[] {
  return digitRuns(text)
    .filter((run) => isAnnounced(text, run, words))
    .flatMap(codeAtStart);
}

/** Three to eight digits: one group, or digits that were said one by one. */
function codeAtStart(run: DigitRun): Part[] {
  const [first] = run.groups;
  if (!first) return [];
  if (first.digits.length > 2) return first.digits.length <= 8 ? [first] : [];
  const next = run.groups.findIndex((group) => group.digits.length > 2);
  const code = next < 0 ? run.groups : run.groups.slice(0, next);
  const length = code.reduce((sum, group) => sum + group.digits.length, 0);
  return length >= 3 ? [{ start: run.start, end: code.at(-1)?.end ?? run.end }] : [];
}

/** How far before its digits a word for them may stand, in characters. */
const REACH = 60;

/** The words, and then nothing but a few small ones up to the digits. */
function announcing(words: string): RegExp {
  const small =
    "is|was|are|it's|its|it|that's|would|be|on|the|back|of|my|our|card|number|code|uh|um|so|equals|has|reads";
  return new RegExp(`\\b(?:${words})[\\s:=,.#-]{1,3}(?:(?:${small})[\\s:=,.#-]{1,3}){0,7}$`, 'i');
}

function isAnnounced(text: string, run: DigitRun, words: RegExp): boolean {
  return words.test(text.slice(Math.max(run.start - REACH, 0), run.start));
}

const PASSWORD_WORDS =
  /\bpass ?(?:word|phrase)(?: (?:for|to|of|on) (?:\w{1,20} ){1,3}?| ?)(?:is|was|[:=])[\s:=]{1,3}(?=\S)/gi;

/** "My password is not working" gives nothing away. */
const NO_PASSWORD =
  /^(?:\[password\]|(?:not|no|wrong|incorrect|invalid|lost|locked|expired|forgotten|gone|never|still|too|the|an?|my|in|on|being|required|reset|what)\b)/i;

/** From here on the caller speaks of something else. */
const NEXT_CLAUSE = /^(?:and|but|so|because|please|then|i|can|could|thanks?)$/i;

function findPasswords(text: string): Part[] {
  const parts: Part[] = [];
  for (const words of text.matchAll(PASSWORD_WORDS)) {
    const start = words.index + words[0].length;
    const done = parts.at(-1)?.end ?? 0;
    if (start >= done && !NO_PASSWORD.test(text.slice(start, start + 20)))
      parts.push({ start, end: endOfPassword(text, start) });
  }
  return parts;
}

/** A password is a word, or several up to the end of the clause. */
function endOfPassword(text: string, start: number): number {
  const word = /\S+/g;
  word.lastIndex = start;
  let end = start;
  for (
    let found = word.exec(text);
    found && !(end > start && NEXT_CLAUSE.test(found[0]));
    found = word.exec(text)
  ) {
    const bare = found[0].replace(/[.,;!?]+$/, '') || found[0];
    end = found.index + bare.length;
    if (bare !== found[0]) break;
  }
  return end;
}

/** For logs: `+*******0123`. */
export function maskPhone(phone: PhoneNumber): string {
  return phone.replace(/\d(?=\d{4})/g, '*');
}

/** Nothing of these can be heard, and some of them no XML may hold: controls, direction marks, lone surrogates. */
const UNSPEAKABLE =
  /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * What a caller's words become on arrival: no control characters or lone surrogates, one space between words, composed
 * (NFC), and at most `maxLength` UTF-16 units, never cut inside a character.
 */
export function cleanText(text: string, maxLength: number): string {
  const clean = text
    .replace(/\s+/g, ' ')
    .replace(UNSPEAKABLE, '')
    .replace(/ {2,}/g, ' ')
    .normalize('NFC')
    .trim();
  return clean
    .slice(0, maxLength)
    .replace(/\p{Cs}$/u, '')
    .trim();
}
