/** What is to be learned of an entry: from the flags of a script, from a person, or as it was drafted. */
import { type AdminClient, type Answer, ROUTES, type Routes } from '@receptionist/admin-api';
import type { CallerReason, LessonKind } from '@receptionist/core';
import { CommandError } from '../failure.ts';
import { printable } from '../table.ts';

export type Draft = Answer<Routes['getLesson']>;

export type Lesson =
  | { kind: 'answer'; question: string; answer: string }
  | { kind: 'phrase'; phrase: string; reason: CallerReason };

export interface Wanted {
  question?: string | undefined;
  answer?: string | undefined;
  phrase?: string | undefined;
  reason?: CallerReason | undefined;
}

/** @throws CommandError `usage` where a part is neither given nor drafted */
export function lessonFrom(kind: LessonKind, draft: Draft, wanted: Wanted): Lesson {
  if (kind === 'phrase') {
    const phrase = wanted.phrase ?? draft.phrase;
    if (phrase === null) throw missing('phrase', 'What the caller said is not known.');
    return { kind, phrase, reason: wanted.reason ?? draft.reason };
  }
  const question = wanted.question ?? draft.question;
  const answer = wanted.answer ?? draft.answer;
  if (question === null) throw missing('question', 'What the caller asked is not known.');
  if (answer === null) throw missing('answer', 'The notes hold nothing to answer with.');
  return { kind, question, answer };
}

function missing(flag: string, why: string): CommandError {
  return new CommandError('usage', why, `Say it yourself: --${flag} TEXT`);
}

export function lessonInWords({ kind: _, ...parts }: Lesson): string[] {
  return Object.entries(parts).map(([name, text]) => `${name.padEnd(8)}  ${printable(text)}`);
}

/** @throws Problem `already_exists`, or `invalid_body` where it would take what callers say otherwise */
export async function teach(
  client: AdminClient,
  tenant_id: string,
  lesson: Lesson,
  query: { dry_run: boolean },
): Promise<void> {
  const params = { tenant_id };
  if (lesson.kind === 'answer') {
    const { question, answer } = lesson;
    await client.call(ROUTES.addAnswer, { params, query, body: { question, answer } });
  } else {
    const { phrase, reason } = lesson;
    await client.call(ROUTES.addPhrase, { params, query, body: { phrase, reason } });
  }
}
