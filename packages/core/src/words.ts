/** Words in a form in which they can be compared, whatever a recogniser or a thumb made of their spelling. */

/** Lower case, no apostrophes ("don't" is `dont`), one space between words; what ends a clause is a comma. */
export function normalize(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\p{M}'’‘`]/gu, '')
    .replace(/\b(dr|mrs?|ms|st)\.(?=\s)/g, '$1')
    .replace(/[.,;:!?…]+(?=\s|$)/g, ' , ')
    .replace(/[^\p{L}\p{N},]+/gu, ' ')
    .replace(/ *,[ ,]*/g, ' , ')
    .replace(/^[ ,]+|[ ,]+$/g, '');
}

/** Words that carry no topic. */
const EMPTY = new Set(
  `a about all am an and any anything are as at be been but by can could day did do does for from get give go going
   accept available had has have hello hey hi how i id if ill im in is it its ive just kind know let like long many may me more much my
   need of off offer ok okay on or our out please say should so some take tell than thank thanks that the their them then there
   these they thing this to too provide see uh use um up us want wanted was we well were what whats when where which who will wish with
   would yes you your youre`.split(/\s+/),
);

/** Words that mean the same to a receptionist; each group is one topic, named by its first. */
const SYNONYMS = [
  ['insurance', 'insured', 'insurer', 'coverage', 'covered', 'plan'],
  ['parking', 'park', 'garage'],
  ['price', 'cost', 'charge', 'fee', 'rate', 'expensive', 'cheap', 'pricing'],
  ['pay', 'payment', 'card', 'cash', 'credit', 'debit'],
  ['child', 'kid', 'children', 'toddler', 'son', 'daughter'],
  ['pet', 'dog', 'cat', 'animal'],
  ['wifi', 'internet', 'wlan'],
  ['wheelchair', 'accessible', 'disabled', 'step'],
  ['email', 'mail'],
  ['phone', 'telephone', 'number'],
];

const TOPIC = new Map(
  SYNONYMS.flatMap((group) => group.map((word) => [stem(word), stem(group[0] as string)])),
);

/** The topics of a text: its words without the empty ones, stemmed, with synonyms as one. */
export function topics(text: string): Set<string> {
  const words =
    normalize(text)
      .replace(/\bwi fi\b/g, 'wifi')
      .replace(/\bpayment plan/g, 'payment')
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(
    words
      .filter((word) => !EMPTY.has(word))
      .map(stem)
      .map((word) => TOPIC.get(word) ?? word),
  );
}

/** Just enough that "fillings", "filling" and "filled" meet. */
export function stem(word: string): string {
  if (word.length < 4) return word;
  return word
    .replace(/(?<=..[^s])s$/, '')
    .replace(/(?<=[a-z]{3})(?:ings?|ed|er|e)$/, '')
    .replace(/ie$|y$/, 'i')
    .replace(/([^aeiouls])\1$/, '$1');
}

/** So much of a sentence must be found in what was said for both to mean the same. */
export const SAME_MEANING = 0.6;

/** The one that is most like what was said, by a likeness of 0 to 1; null where none is like it. */
export function mostLike<T>(items: readonly T[], likeness: (item: T) => number): T | null {
  const best = items
    .map((item) => ({ item, score: likeness(item) }))
    .reduce((a, b) => (b.score > a.score ? b : a), { item: null as T | null, score: 0 });
  return best.score >= SAME_MEANING ? best.item : null;
}

/** How much of `wanted` is in `given`, 0 to 1. */
export function overlap(wanted: Set<string>, given: Set<string>): number {
  return wanted.size === 0 ? 0 : wanted.intersection(given).size / wanted.size;
}
