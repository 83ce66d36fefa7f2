/** A tenant's own phrases: what its callers say when they need a person, in words that nobody else would take for it. */
import type { Phrase } from './tenant.ts';
import { mostLike, overlap, topics } from './words.ts';

/** The phrase that is most like what was said, or null where none is like it. */
export function phraseHeard(words: string, phrases: readonly Phrase[]): Phrase | null {
  if (phrases.length === 0) return null;
  const heard = topics(words);
  return mostLike(phrases, ({ phrase }) => overlap(topics(phrase), heard));
}
