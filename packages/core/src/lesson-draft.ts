/**
 * What a resolved entry could teach: an answer that the tenant had not given, or a phrase that says at once that a person is
 * needed; in the caller's words and those of the notes. A draft, until somebody wants it.
 */
import type { EntryWithHistory, Reason } from './fallback.ts';
import { Problem } from './problem.ts';
import type { PastTurn } from './replay.ts';
import type { CallerReason } from './summaries.ts';
import { topics } from './words.ts';

export type LessonKind = 'answer' | 'phrase';

export interface LessonDraft {
  /** Null where nothing that could be told would have prevented it. */
  proposed: LessonKind | null;
  why: string;
  /** Null where it must still be found. */
  question: string | null;
  answer: string | null;
  phrase: string | null;
  reason: CallerReason;
}

/**
 * `turns`: of the entry's conversation; empty where there was none.
 * @throws Problem `invalid_transition` while it is not resolved
 */
export function draftLesson(entry: EntryWithHistory, turns: readonly PastTurn[]): LessonDraft {
  const { entry_id, status, resolution_notes } = entry;
  if (status !== 'resolved' || resolution_notes === null) {
    const message = `${entry_id} is ${status}. Resolve it first: what would have prevented it stands in the notes.`;
    throw new Problem('invalid_transition', message, { details: { entry_status: status } });
  }
  const words = mostTelling(wordsThatLedToIt(entry, turns).flatMap(sentencesOf));
  const said = words && withoutLeadIn(words);
  return {
    ...proposal(entry.reason, words),
    question: said && asQuestion(said),
    answer: answerFrom(resolution_notes),
    phrase: said,
    reason: reasonIn(words ?? '') ?? reasonIn(resolution_notes) ?? 'caller_asked_for_human',
  };
}

function proposal(reason: Reason, words: string | null): Pick<LessonDraft, 'proposed' | 'why'> {
  if (words === null) return { proposed: null, why: 'No words of the caller are known that led to it.' };
  if (reason === 'no_answer_found' || reason === 'out_of_scope')
    return { proposed: 'answer', why: 'The caller asked what nobody had told the receptionist.' };
  if (reason !== 'low_confidence')
    return { proposed: null, why: `${reason} goes to a person whatever the tenant's answers are.` };
  if (isQuestion(words))
    return { proposed: 'answer', why: 'The caller asked something that was not understood.' };
  return { proposed: 'phrase', why: 'The caller needed a person, and was understood too late.' };
}

/** The question that had no answer; else what was said in the turn in which a person was told, and in the one before it. */
function wordsThatLedToIt(
  { reason, reason_detail, context: { transcript } }: EntryWithHistory,
  turns: readonly PastTurn[],
): string[] {
  const detail = reason_detail === null ? [] : [reason_detail];
  if (reason === 'no_answer_found' && reason_detail !== null) return detail;
  const escalated = turns.findIndex(({ decision }) => decision === 'escalate');
  const misunderstood = escalated < 0 ? turns : turns.slice(Math.max(escalated - 1, 0), escalated + 1);
  const heard = misunderstood.flatMap((turn) => turn.heard ?? []);
  const told = turns.length > 0 ? heard : transcript.filter(({ speaker }) => speaker === 'caller');
  return [...told.map(({ text }) => text), ...detail];
}

function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.?!…])\s+/).map((sentence) => sentence.trim());
}

/** Rather a question, rather one that says more; keys are no words. */
function mostTelling(sentences: readonly string[]): string | null {
  const telling = sentences.filter((sentence) => topics(sentence).size > 0 && !sentence.startsWith('['));
  const questions = telling.filter(isQuestion);
  const best = (questions.length > 0 ? questions : telling).reduce(
    (a, b) => (topics(b).size > topics(a).size ? b : a),
    '',
  );
  return best || null;
}

const HESITATION =
  /^(?:(?:um+|uh+|er+|erm|hm+|oh|ah|well|ok|okay|so|and|but|yes|yeah|no|hi|hello|hey|good (?:morning|afternoon|evening)|please|sorry|excuse me|thanks|thank you|actually)\b[\s,.!-]*)+/i;
const WONDERING =
  /^(?:(?:i|we)(?:'m| am| was|'d like| would like| want(?:ed)?| just want(?:ed)?| need(?:ed)?)? ?(?:just )?(?:wondering|wonder|calling|asking|to know|to ask(?: you)?|to find out)|(?:can|could|would) you (?:please )?tell me|do you (?:happen to )?know|please tell me)(?: (?:about )?(?:if|whether|that))?[\s,:]+/i;

function withoutLeadIn(words: string): string {
  const bare = words.replace(HESITATION, '').replace(WONDERING, '').trim();
  return capitalized(bare || words.trim());
}

const ASKING =
  /^(?:what|whats|when|where|who|which|why|how|do|does|did|is|are|am|can|could|will|would|have|has|may|should|any)\b/i;

function isQuestion(words: string): boolean {
  const bare = words.replace(HESITATION, '').trim();
  return /\?\s*$/.test(bare) || WONDERING.test(bare) || ASKING.test(bare);
}

function asQuestion(said: string): string {
  return `${said.replace(/[\s.,!?…]+$/, '')}?`;
}

/** "Called her back, told her that we do" is what was done; "we do" is what the next caller should hear. */
const WAS_DONE =
  /^(?:(?:i|we)\s+)?(?:called|rang|phoned|texted|emailed|wrote|spoke|talked|resolved|done)\b(?:\s+(?:to|with|him|her|them|back|the|caller|patient|customer))*(?:\s*[,;:.–-]\s*|\s+and\s+|$)/i;
const WAS_TOLD =
  /^(?:(?:i|we)\s+)?(?:told|explained|said|answered|informed|let)\b(?:\s+(?:to|him|her|them|the|caller|patient|customer|know))*(?:\s+that\b)?[\s:,–-]*/i;
/** Whose number it is, nobody else may hear. */
const NUMBER = /\d(?:[\s().-]*\d){6,}/;

function answerFrom(notes: string): string | null {
  const told = sentencesOf(notes)
    .map((sentence) =>
      sentence
        .replace(WAS_DONE, '')
        .replace(WAS_TOLD, '')
        .replace(/[\s,;:]+$/, ''),
    )
    .filter((sentence) => /\p{L}/u.test(sentence) && !NUMBER.test(sentence))
    .map((sentence) => capitalized(/[.?!]$/.test(sentence) ? sentence : `${sentence}.`));
  return told.join(' ') || null;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What callers say and colleagues write about, each in their own grammar; the gravest first. */
const ABOUT: readonly [CallerReason, RegExp][] = [
  ['emergency', /\b(?:emergenc|urgent|911|ambulance)/i],
  ['complaint', /\b(?:complain|unhappy|angry|upset|apologi)/i],
  ['payment', /\b(?:pay|paid|bill|invoice|refund|charge|owe)/i],
  ['booking_not_allowed', /\b(?:appointment|book|reschedul|cancel)/i],
];

function reasonIn(words: string): CallerReason | null {
  return ABOUT.find(([, pattern]) => pattern.test(words))?.[0] ?? null;
}
