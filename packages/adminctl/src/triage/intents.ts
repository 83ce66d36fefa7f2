/** The keys of the guided run: one for each move, and what it is for. */
import type { Status } from '@receptionist/core';

export type MoveIntent = 'acknowledge' | 'engage' | 'join' | 'note' | 'tag' | 'resolve' | 'reopen';
export type Intent = MoveIntent | 'skip' | 'back' | 'help' | 'quit' | 'interrupt';

interface Choice {
  key: string;
  intent: Intent;
  /** In the line of keys; begins with the key where it can. */
  label: string;
  /** On the page of help. */
  meaning: string;
  /** Of the entry; without them it is always possible. */
  from?: readonly Status[];
}

const UNRESOLVED = ['open', 'acknowledged', 'engaged'] as const;

export const CHOICES: readonly Choice[] = [
  { key: 'a', intent: 'acknowledge', label: 'ack', meaning: 'you have it: the alerts stop', from: ['open'] },
  {
    key: 'e',
    intent: 'engage',
    label: 'engage',
    meaning: 'you are on it, and how',
    from: ['open', 'acknowledged'],
  },
  {
    key: 'j',
    intent: 'join',
    label: 'join',
    meaning: 'your phone rings, and the caller is put through',
    from: ['open', 'acknowledged'],
  },
  { key: 'n', intent: 'note', label: 'note', meaning: 'add a note' },
  { key: 't', intent: 'tag', label: 'tag', meaning: 'add tags; -tag removes one' },
  {
    key: 'r',
    intent: 'resolve',
    label: 'resolve',
    meaning: 'it is done: notes, tags, and the next one',
    from: UNRESOLVED,
  },
  {
    key: 'o',
    intent: 'reopen',
    label: 'open again',
    meaning: 'it is not done after all',
    from: ['resolved'],
  },
  { key: 's', intent: 'skip', label: 'skip', meaning: 'leave it, and go to the next' },
  { key: 'b', intent: 'back', label: 'back', meaning: 'the one before' },
  { key: '?', intent: 'help', label: 'help', meaning: 'this page' },
  { key: 'q', intent: 'quit', label: 'quit', meaning: 'end, with a summary; so does Ctrl-C' },
];

const ALSO: Readonly<Record<string, Intent>> = {
  'ctrl-c': 'interrupt',
  'ctrl-d': 'quit',
  right: 'skip',
  down: 'skip',
  left: 'back',
  up: 'back',
  h: 'help',
};

/** `key`: a character, or the name of another key; null: the terminal is gone. */
export function intentOf(key: string | null): Intent | null {
  if (key === null) return 'quit';
  const typed = key.toLowerCase();
  return CHOICES.find((choice) => choice.key === typed)?.intent ?? ALSO[typed] ?? null;
}

export function choicesFrom(status: Status): Choice[] {
  return CHOICES.filter(({ from }) => from === undefined || from.includes(status));
}

/** Why a key does nothing here, or null where it does something. */
export function refusal(intent: Intent, status: Status): string | null {
  if (choicesFrom(status).some((choice) => choice.intent === intent) || intent === 'interrupt') return null;
  const { key, from = [] } = CHOICES.find((choice) => choice.intent === intent) ?? { key: intent };
  return `It is ${status}; ${key} is for what is ${from.join(' or ')}.`;
}
