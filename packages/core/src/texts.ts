/** Texts in writing: the words that belong to the carriers, and what became of a text of ours. */

import type { Channel } from './fallback.ts';
import type { Instant } from './tenant.ts';

/** What a text means to the carriers. Who has opted out gets nothing until they opt in again. */
export type Keyword = 'stop' | 'start' | 'help';

/** https://help.twilio.com/articles/223134027 */
const KEYWORDS: Record<Keyword, readonly string[]> = {
  stop: ['stop', 'stopall', 'unsubscribe', 'cancel', 'end', 'quit', 'optout', 'revoke'],
  start: ['start', 'unstop', 'yes'],
  help: ['help', 'info'],
};

/**
 * The keyword that the whole text is, or null: "stop calling me" is for a person. Only who has opted out can opt in, so
 * that "yes" to our own question stays an answer.
 */
export function keywordOf(body: string, { optedOut }: { optedOut: boolean }): Keyword | null {
  const word = body
    .trim()
    .toLowerCase()
    .replace(/[.!]+$/, '');
  const keywords = Object.keys(KEYWORDS) as Keyword[];
  const keyword = keywords.find((each) => KEYWORDS[each].includes(word)) ?? null;
  return keyword === 'start' && !optedOut ? null : keyword;
}

export type TextChannel = Extract<Channel, 'sms' | 'whatsapp'>;

/** After that much silence a conversation in writing has ended. */
const SILENCE_MS = 24 * 3_600_000;

export function endOfThread(last_at: Instant): Instant {
  return new Date(Date.parse(last_at) + SILENCE_MS).toISOString();
}

/** Whoever was silent since then is silent for too long. */
export function silentSince(now: Instant): Instant {
  return new Date(Date.parse(now) - SILENCE_MS).toISOString();
}

/** How far a text of ours got; the higher is later. Two that are equally high are both an end: the first stays. */
const PROGRESS = {
  accepted: 0,
  scheduled: 0,
  queued: 1,
  sending: 2,
  sent: 3,
  delivered: 4,
  undelivered: 4,
  failed: 4,
  canceled: 4,
  read: 5,
} as const;

export type TextStatus = keyof typeof PROGRESS;

export function isTextStatus(word: string): word is TextStatus {
  return Object.hasOwn(PROGRESS, word);
}

/** Reports come out of order: an earlier one never overwrites a later one. */
export function isLaterStatus(status: TextStatus, known: TextStatus | null): boolean {
  return known === null || PROGRESS[status] > PROGRESS[known];
}

/** Whether the text will never be read. */
export function isUndelivered(status: TextStatus): boolean {
  return status === 'undelivered' || status === 'failed' || status === 'canceled';
}

/** The carrier's word that the recipient wants no texts from us. */
export const OPTED_OUT_CODE = 21610;

/** https://www.twilio.com/docs/api/errors */
const CAUSES: Readonly<Record<number, string>> = {
  21211: 'no valid number',
  21408: 'texts to this country are not switched on',
  21606: 'our number cannot send texts',
  21610: 'opted out',
  21612: 'no route to this number',
  21614: 'no mobile number',
  30003: 'phone off or out of reach',
  30004: 'blocked by the recipient or the carrier',
  30005: 'unknown number',
  30006: 'landline',
  30007: 'filtered by the carrier',
  30008: 'unknown error of the carrier',
  30032: 'our toll-free number is not verified',
  30034: 'our number is not registered for texting',
  63016: 'outside the 24 hours in which WhatsApp takes free words',
};

/** `landline: 30006`, for the person who takes over. */
export function undeliveredBecause(code: number | null): string {
  if (code === null) return 'no reason given';
  return `${CAUSES[code] ?? 'error'}: ${code}`;
}

/** Characters that a phone shows well as one text. */
const COMFORTABLE = 320;
/** Longer ones are refused (Twilio 21617). */
const LONGEST = 1_600;
/** More are dropped from one answer (Twilio 14109). */
const MOST_TEXTS = 10;

/** What is to be said, cut into texts at the ends of sentences where that is possible. */
export function splitIntoTexts(say: readonly string[]): string[] {
  const sentences = say.flatMap(sentencesOf).flatMap(pieces);
  const comfortable = pack(sentences, COMFORTABLE);
  return comfortable.length <= MOST_TEXTS ? comfortable : pack(sentences, LONGEST).slice(0, MOST_TEXTS);
}

const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' });

export function sentencesOf(text: string): string[] {
  return Array.from(SENTENCES.segment(text), ({ segment }) => segment.trim()).filter((part) => part !== '');
}

function pack(sentences: readonly string[], limit: number): string[] {
  const texts: string[] = [];
  for (const sentence of sentences) {
    const joined = `${texts.at(-1)} ${sentence}`;
    if (texts.length > 0 && joined.length <= limit) texts[texts.length - 1] = joined;
    else texts.push(sentence);
  }
  return texts;
}

/** A sentence that no text can hold, cut between words, or else between characters. */
function pieces(sentence: string): string[] {
  if (sentence.length <= LONGEST) return [sentence];
  const space = sentence.lastIndexOf(' ', LONGEST);
  const cut = space > 0 ? space : LONGEST - (/[\uD800-\uDBFF]/.test(sentence.charAt(LONGEST - 1)) ? 1 : 0);
  return [sentence.slice(0, cut), ...pieces(sentence.slice(cut).trimStart())];
}
