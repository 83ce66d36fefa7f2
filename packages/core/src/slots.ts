/** The values that a caller's words hold. A new slot is a line in the table and its function. */
import { digitRuns } from './digits.ts';
import { addDays, localTime, weekdayOf } from './opening-hours.ts';
import { isPhoneNumber } from './phone.ts';
import { WEEKDAYS, type Weekday } from './tenant.ts';
import type { Slots, UnderstandingContext } from './understanding.ts';
import { normalize, topics } from './words.ts';

type Extractors = {
  [S in keyof Slots]-?: (said: string, context: UnderstandingContext) => Slots[S] | undefined;
};

const EXTRACTORS: Pick<Extractors, 'date' | 'date_text' | 'service' | 'name' | 'phone' | 'yes_no'> = {
  date: (said, context) => dayNamed(said, context)?.date,
  date_text: (said, context) => dayNamed(said, context)?.words,
  service: serviceNamed,
  name: nameGiven,
  phone: phoneGiven,
  yes_no: yesOrNo,
};

/** What was heard; a slot that was not is not there. */
export function extractSlots(said: string, context: UnderstandingContext): Slots {
  const found = Object.entries(EXTRACTORS).map(([slot, extract]) => [slot, extract(said, context)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** A day that can be meant in one way only: "next Friday" is none. */
function dayNamed(said: string, context: UnderstandingContext): { date: string; words: string } | undefined {
  const pattern = new RegExp(
    `(?<!\\S)(?<!next |last )(today|tonight|now|tomorrow|${WEEKDAYS.join('|')})s?(?!\\S)`,
    'g',
  );
  const [first, second] = new Set(normalize(said).match(pattern));
  if (!first || second) return undefined;
  const { date: today } = localTime(context.now, context.time_zone);
  return { date: addDays(today, daysAhead(first, today)), words: first };
}

function daysAhead(word: string, today: string): number {
  if (word === 'tomorrow') return 1;
  const weekday = WEEKDAYS.indexOf(word.replace(/s$/, '') as Weekday);
  return weekday < 0 ? 0 : (weekday - WEEKDAYS.indexOf(weekdayOf(today)) + 7) % 7;
}

/** The one service that was named; of two that fit, the one with more words of its own. */
function serviceNamed(said: string, { services }: UnderstandingContext): string | undefined {
  const heard = topics(said);
  const fits = services
    .map(({ name, also }) => ({ name, words: longestFit([name, ...also], heard) }))
    .filter(({ words }) => words > 0)
    .sort((a, b) => b.words - a.words);
  const [best, next] = fits;
  return best && best.words !== next?.words ? best.name : undefined;
}

function longestFit(names: string[], heard: Set<string>): number {
  return Math.max(...names.map(topics).map((name) => (name.isSubsetOf(heard) ? name.size : 0)));
}

const NAME = "\\p{L}[\\p{L}'’-]*";
const NAMES = `(${NAME}(?: ${NAME}){0,2})`;
/** "This is Anna" is a name where it is written as one, or where the next word shows that somebody introduces herself. */
const INTRODUCTIONS = [
  new RegExp(`\\b(?:my|the) name(?: is|['’]?s) ${NAMES}`, 'iu'),
  new RegExp(
    `\\b(?:this is|it is|it['’]s|i am|i['’]?m|call me) (${NAME}(?: ${NAME})?) (?:calling|speaking|here|from)\\b`,
    'iu',
  ),
  /\b(?:[Tt]his is|[Ii]t['’]s|I am|I['’]m|i['’]m) (\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+){0,2})/u,
];
const NO_NAME = new Set(
  'a an and are at but call calling for from here i im in is it just my not on or phone so speaking still sure the to very want with'.split(
    ' ',
  ),
);

function nameGiven(said: string, { previous }: UnderstandingContext): string | undefined {
  const asked = /\byour name\b[^.]*\?\s*$/i.test(previous ?? '')
    ? new RegExp(`^\\W*${NAMES}\\W*$`, 'u').exec(said)
    : null;
  const found = INTRODUCTIONS.map((pattern) => pattern.exec(said)).find((match) => match !== null) ?? asked;
  const words = (found?.[1] ?? '').split(' ');
  const end = words.findIndex((word) => NO_NAME.has(normalize(word)));
  const name = (end < 0 ? words : words.slice(0, end)).map(capitalized).join(' ');
  return name === '' ? undefined : name;
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Places in the United States and Canada, where ten digits are a whole number and the country is +1. */
const NORTH_AMERICA =
  /^(?:US|Canada)\/|^Pacific\/Honolulu$|^America\/(?:New_York|Detroit|Chicago|Denver|Boise|Phoenix|Los_Angeles|Anchorage|Juneau|Puerto_Rico|Toronto|Montreal|Winnipeg|Regina|Edmonton|Vancouver|Halifax|St_Johns|Indiana|Kentucky|North_Dakota)/;

function phoneGiven(said: string, { time_zone }: UnderstandingContext): string | undefined {
  const numbers = digitRuns(said.replace(/[()]/g, ' ')).map(({ plus, digits }) => {
    if (plus) return `+${digits}`;
    return NORTH_AMERICA.test(time_zone) && /^1?[2-9]\d\d[2-9]\d{6}$/.test(digits)
      ? `+1${digits.slice(-10)}`
      : '';
  });
  return numbers.find(isPhoneNumber);
}

const YES =
  /^(?:yes|yeah|yep|yup|yea|sure|correct|right|exactly|absolutely|definitely|of course|certainly|ok|okay|please do|go ahead|sounds good)(?!\S)/;
const NO = /^(?:no|nope|nah|never|not|dont|i dont|wrong|incorrect)(?!\S)(?! (?:problem|worries))/;

function yesOrNo(said: string): 'yes' | 'no' | undefined {
  const words = normalize(said).replace(/^(?:(?:um|uh|oh|well|so|hmm|actually) )+/, '');
  return YES.test(words) ? 'yes' : NO.test(words) ? 'no' : undefined;
}
