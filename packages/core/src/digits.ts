/**
 * Digits as people say and recognisers write them: `4111 1111`, `four one one one`, `double five`, with an `uh` in
 * between. What belongs together is a run.
 */

/** Digits that were written or said in one piece; `start` and `end` are offsets in the text, `end` not included. */
export interface DigitGroup {
  digits: string;
  start: number;
  end: number;
}

export interface DigitRun extends DigitGroup {
  groups: DigitGroup[];
  /** It begins with `+` or the word: a phone number with its country. */
  plus: boolean;
  /** The run in digits with its separators; single digits with only spaces between them are one: `415 555 0123`. */
  written: string;
}

const SPOKEN: Record<string, string> = {
  zero: '0', oh: '0', o: '0', nought: '0', one: '1', two: '2', three: '3', four: '4', five: '5', six: '6', seven: '7',
  eight: '8', nine: '9', ten: '10', eleven: '11', twelve: '12', thirteen: '13', fourteen: '14', fifteen: '15',
  sixteen: '16', seventeen: '17', eighteen: '18', nineteen: '19', twenty: '20', thirty: '30', forty: '40',
  fifty: '50', sixty: '60', seventy: '70', eighty: '80', ninety: '90',
}; // biome-ignore format: a table of words

const REPEATED: Record<string, number> = { double: 2, triple: 3 };

/** Words that people put between the digits of one number. `or` is not one: it stands between two numbers. */
const BETWEEN = new Set(
  'uh um er erm ah hmm and then dash hyphen minus space dot point period comma next followed by so ok okay yeah'.split(
    ' ',
  ),
);

const TOKEN = /\d+|\p{L}+/gu;
const SEPARATORS = /^[\s.,\-\u2010-\u2015\u00b7_]{0,6}$/u;
const LONGEST_PAUSE = 40;

/** All runs of a text, in order. Linear in its length. */
export function digitRuns(text: string): DigitRun[] {
  const runs: DigitRun[] = [];
  let run: DigitRun | null = null;
  let times = 1;
  for (const token of text.matchAll(TOKEN)) {
    const word = token[0].toLowerCase();
    const digits = lookUp(SPOKEN, word) ?? (/^\d/.test(word) ? word : null);
    if (digits === null) {
      times = lookUp(REPEATED, word) ?? 1;
      continue;
    }
    const group = { digits: digits.repeat(times), start: token.index, end: token.index + word.length };
    times = 1;
    const gap: string | null = run && gapBetween(text, run.end, group.start);
    if (run && gap !== null) {
      append(run, group, gap);
    } else {
      run = { ...group, groups: [group], plus: hasPlus(text, group.start), written: group.digits };
      runs.push(run);
    }
    if (isMinutes(text, group.start)) run = null;
  }
  return runs;
}

function append(run: DigitRun, group: DigitGroup, gap: string): void {
  const last = run.groups.at(-1) as DigitGroup;
  const tens = /^[2-9]0$/.test(last.digits) && last.end - last.start > 2;
  if (tens && group.digits.length === 1 && group.end - group.start > 1 && /^[\s-]?$/.test(gap)) {
    // "forty one" is 41.
    last.digits = last.digits.charAt(0) + group.digits;
    last.end = group.end;
    run.digits = run.digits.slice(0, -1) + group.digits;
    run.written = run.written.slice(0, -1) + group.digits;
  } else {
    const spelledOn = last.digits.length === 1 && group.digits.length === 1 && /^\s+$/.test(gap);
    run.groups.push(group);
    run.digits += group.digits;
    run.written += (spelledOn ? '' : gap) + group.digits;
  }
  run.end = group.end;
}

/** What stands between two groups of one run, small words as a comma; null where they are two runs. */
function gapBetween(text: string, from: number, to: number): string | null {
  if (to - from > LONGEST_PAUSE) return null;
  const gap = text.slice(from, to);
  if (SEPARATORS.test(gap)) return gap;
  const words = gap.toLowerCase().match(/\p{L}+/gu) ?? [];
  const onlyBetween = words.every((word) => BETWEEN.has(word) || word in REPEATED);
  if (!onlyBetween || !SEPARATORS.test(gap.replace(/\p{L}+|\s+/gu, ''))) return null;
  return words.every((word) => word in REPEATED) ? ' ' : ', ';
}

/** The `30` of `12:30`: what is said next is another number. */
function isMinutes(text: string, start: number): boolean {
  return /\d:$/.test(text.slice(Math.max(start - 2, 0), start));
}

function hasPlus(text: string, start: number): boolean {
  return /(?:\+|\bplus)\s?$/i.test(text.slice(Math.max(start - 6, 0), start));
}

function lookUp<T>(table: Record<string, T>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
