/** A person decides what is learned, and in which words. Apart, because the prompts are slow to load. */
import { CALLER_REASONS } from '@receptionist/core';
import inquirer from 'inquirer';
import { type Draft, type Lesson, lessonFrom } from './lesson.ts';

const ask = inquirer.createPromptModule({ output: process.stderr });

/** Null: nothing. */
export async function askLesson(draft: Draft): Promise<Lesson | null> {
  const { kind } = await ask([
    {
      type: 'select',
      name: 'kind',
      message: 'What should the receptionist learn?',
      default: draft.proposed ?? 'nothing',
      choices: [
        { value: 'answer', name: 'an answer to the question' },
        { value: 'phrase', name: 'a phrase that needs a person at once' },
        { value: 'nothing', name: 'nothing' },
      ],
    },
  ]);
  if (kind === 'answer') {
    const question = await askText('The question:', draft.question);
    return lessonFrom(kind, draft, { question, answer: await askText('The answer:', draft.answer) });
  }
  if (kind !== 'phrase') return null;
  const phrase = await askText('The phrase:', draft.phrase);
  const { reason } = await ask([
    {
      type: 'select',
      name: 'reason',
      message: 'For which reason?',
      default: draft.reason,
      choices: CALLER_REASONS,
    },
  ]);
  return lessonFrom(kind, draft, { phrase, reason });
}

/** The draft stands there to be edited. */
async function askText(message: string, draft: string | null): Promise<string> {
  const { text } = await ask([
    { type: 'input', name: 'text', message, default: draft ?? '', prefill: 'editable', required: true },
  ]);
  return text.trim();
}
