/** The built-in understanding: evidence for each intent from cues and from the context, and the likeliest wins. */
import type { Cue } from './cue.ts';
import { CUES } from './cues.ts';
import { extractSlots } from './slots.ts';
import {
  INTENTS,
  type Intent,
  type Slots,
  type Understanding,
  type UnderstandingContext,
} from './understanding.ts';
import { normalize, overlap, SAME_MEANING, topics } from './words.ts';

/** From here on an intent is likelier than not, and may be acted on. */
export const LIKELY = 0.5;

/** Another wish beside an insult must be as clear as this to be heard in its place. */
const CLEAR = 0.8;

interface Said {
  raw: string;
  /** Normalised. */
  words: string;
  slots: Slots;
  context: UnderstandingContext;
}

/** What the context adds: for one who knows the tenant and the last question, words mean more. */
const FROM_CONTEXT: readonly { intent: Intent; likelihood: (said: Said) => number }[] = [
  { intent: 'ask_question', likelihood: ({ raw, context }) => 0.9 * likenessOf(raw, context.questions) },
  { intent: 'ask_question', likelihood: ({ raw, context }) => 0.7 * likenessOf(raw, context.facts) },
  { intent: 'ask_question', likelihood: ({ raw }) => (raw.includes('?') ? 0.3 : 0) },
  {
    intent: 'book_appointment',
    likelihood: ({ words, slots }) => (slots.service && WISH.test(words) ? 0.7 : 0),
  },
  { intent: 'payment', likelihood: ({ raw }) => (raw.includes('[card number]') ? 0.9 : 0) },
  { intent: 'inform', likelihood: ({ slots }) => (slots.name || slots.phone ? 0.55 : 0) },
  { intent: 'inform', likelihood: ({ context }) => (/\?\s*$/.test(context.previous ?? '') ? 0.3 : 0) },
];

const WISH = /(?<!\S)(?:need|want|would like|id like|get|due for|looking for|come in for)(?!\S)/;

/** What was meant, by words alone. Any string has an answer; a low confidence says that it is a guess. */
export function understand(utterance: string, context: UnderstandingContext): Understanding {
  const said = {
    raw: utterance,
    words: normalize(utterance),
    slots: extractSlots(utterance, context),
    context,
  };
  const likelihoods = INTENTS.map((intent) => ({ intent, likelihood: likelihoodOf(intent, said) }));
  const [best, next] = likelihoods.sort((a, b) => b.likelihood - a.likelihood) as [Weighed, Weighed];
  const chosen = overriding(likelihoods) ?? best;
  if (chosen.likelihood === 0) return { intent: 'out_of_scope', confidence: 0.1, slots: said.slots };
  const rival = chosen === best ? next : best;
  const confidence = chosen.likelihood * (1 - rival.likelihood / 3);
  return { intent: chosen.intent, confidence: Math.round(confidence * 100) / 100, slots: said.slots };
}

interface Weighed {
  intent: Intent;
  likelihood: number;
}

/**
 * Some wishes count before likelier ones: what endangers somebody, and the wish for a person. And who swears while
 * asking for something is asking for something.
 */
function overriding(likelihoods: Weighed[]): Weighed | undefined {
  const likely = (intent: Intent) =>
    likelihoods.find((one) => one.intent === intent && one.likelihood >= LIKELY);
  const before = likely('emergency') ?? likely('talk_to_human');
  if (before || !likely('abuse')) return before;
  return likelihoods.find((one) => BUSINESS.has(one.intent) && one.likelihood >= CLEAR) ?? likely('abuse');
}

const BUSINESS = new Set<Intent>([
  'book_appointment',
  'reschedule_appointment',
  'cancel_appointment',
  'leave_message',
  'opening_hours',
  'payment',
  'complaint',
]);

/** Independent pieces of evidence: the chance that not all of them mislead. */
function likelihoodOf(intent: Intent, said: Said): number {
  const cues = CUES[intent].filter((cue) => isHeard(cue, said.words)).map((cue) => cue.likelihood);
  const context = FROM_CONTEXT.filter((one) => one.intent === intent).map((one) => one.likelihood(said));
  return 1 - [...cues, ...context].reduce((doubt, likelihood) => doubt * (1 - likelihood), 1);
}

function isHeard({ pattern, negatable }: Cue, words: string): boolean {
  return words
    .matchAll(pattern)
    .some((match) => !negatable || !NEGATED.test(words.slice(Math.max(match.index - 40, 0), match.index)));
}

/** "No" before a noun, "not" up to four words before anything, in the same clause. */
const NEGATED =
  /(?<!\S)(?:no|(?:not(?! sure)|dont|doesnt|didnt|isnt|arent|wasnt|never|without|no need)(?: (?!but |just |,)[^ ,]+){0,4}) $/;

function likenessOf(raw: string, questions: readonly string[]): number {
  const heard = topics(raw);
  const likeness = Math.max(0, ...questions.map((question) => overlap(topics(question), heard)));
  return likeness >= SAME_MEANING ? likeness : 0;
}
