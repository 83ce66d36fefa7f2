/** Payment card numbers in what people say: 13 to 19 digits that pass the Luhn check (ISO/IEC 7812). */
import { type DigitGroup, type DigitRun, digitRuns } from './digits.ts';

const SHORTEST = 13;
const LONGEST = 19;

/** Expiry and security code, said right after the number. */
const LONGEST_TAIL = 7;

/** Where card numbers stand, with the expiry and security code that follow in the same breath. */
export function findCardNumbers(text: string): { start: number; end: number }[] {
  return digitRuns(text)
    .filter((run) => run.digits.length >= SHORTEST && !isHarmless(run))
    .flatMap(cardsIn);
}

function cardsIn(run: DigitRun): { start: number; end: number }[] {
  const cards: { start: number; end: number }[] = [];
  for (let first = run.plus ? 1 : 0; first < run.groups.length; first++) {
    const last = lastGroupOfCard(run.groups, first);
    if (last === null) continue;
    const start = (run.groups[first] as DigitGroup).start;
    const tail = run.groups.slice(last + 1).reduce((length, group) => length + group.digits.length, 0);
    if (tail <= LONGEST_TAIL) return [...cards, { start, end: run.end }];
    cards.push({ start, end: (run.groups[last] as DigitGroup).end });
    first = last;
  }
  return cards;
}

/** The longest card that begins with this group. A recogniser may write card and security code as one group. */
function lastGroupOfCard(groups: DigitGroup[], first: number): number | null {
  let digits = '';
  let found: number | null = null;
  for (let last = first; last < groups.length && digits.length < LONGEST; last++) {
    const group = groups[last] as DigitGroup;
    digits += group.digits.slice(0, LONGEST);
    const shortest = group.digits.length > SHORTEST ? SHORTEST : digits.length;
    if (someBeginningIsCard(digits, Math.max(shortest, SHORTEST))) found = last;
  }
  return found;
}

function someBeginningIsCard(digits: string, shortest: number): boolean {
  for (let length = shortest; length <= Math.min(digits.length, LONGEST); length++) {
    if (passesLuhn(digits.slice(0, length))) return true;
  }
  return false;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits.at(-1 - index));
    const doubled = digit * 2;
    sum += index % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const GAP = '[ .,-]{0,3}';
const PHONE = `(?:1${GAP})?[2-9]\\d\\d${GAP}[2-9]\\d\\d${GAP}\\d{4}`;
const LOCAL_PHONE = '[2-9]\\d\\d[ .-]\\d{4}';
const DATE = '(?:[0-3]?\\d[-.][0-3]?\\d[-.](?:\\d{4}|\\d\\d)|\\d{4}[-.][01]\\d[-.][0-3]\\d)';
const TIME = '(?:[01]?\\d|2[0-4])[. ][0-5]\\d';
const PRICE = '\\d{1,3}(?:,\\d{3})?\\.\\d\\d';
const HARMLESS = new RegExp(`(?:(?:${PHONE})+|${LOCAL_PHONE}|${DATE}|${TIME}|${PRICE})(?!\\d)${GAP}`, 'y');

/**
 * One number in ten passes the Luhn check by accident, so phone numbers, dates, times and prices said one after the
 * other must be known for what they are: by their shapes, from the first digit of the run to the last.
 */
function isHarmless(run: DigitRun): boolean {
  if (run.plus && run.digits.length <= 15) return true;
  if (/^(?:00|011)[1-9]/.test(run.digits) && run.digits.length <= 18) return true;
  HARMLESS.lastIndex = 0;
  while (HARMLESS.test(run.written)) {
    if (HARMLESS.lastIndex >= run.written.length) return true;
  }
  return false;
}
