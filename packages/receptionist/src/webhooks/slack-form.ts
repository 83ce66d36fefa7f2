/** The form that resolves an entry: a Slack modal. https://docs.slack.dev/surfaces/modals */
import { type Body, invalid, ROUTES, type Routes, validated } from '@receptionist/admin-api';
import type { Entry, Problem } from '@receptionist/core';
import type { ViewsOpenArguments } from '@slack/web-api';
import { plain } from '../notify/slack-markup.ts';
import { reasonInWords } from '../notify/words.ts';
import type { FieldState, Submission } from './slack-payloads.ts';

export const FORM_ID = 'resolve_entry';

/** What Slack takes: options of a list, the length of each, characters typed. */
export const MOST_TAGS_OFFERED = 100;
const LONGEST_OPTION = 75;
const LONGEST_NOTES = 3_000;
const LONGEST_NEW_TAGS = 1_000;

/** The names of its fields; what is wrong is said below the one it is about. */
const FIELDS = { notes: 'notes', tags: 'tags', newTags: 'new_tags' } as const;

/** What is wrong, by field. */
export type FormErrors = Readonly<Record<string, string>>;

/** `usedTags`: those to choose from. */
export function resolveForm(entry: Entry, usedTags: readonly string[]): ViewsOpenArguments['view'] {
  const offered = usedTags.filter((tag) => tag.length <= LONGEST_OPTION).slice(0, MOST_TAGS_OFFERED);
  return {
    type: 'modal',
    callback_id: FORM_ID,
    private_metadata: entry.entry_id,
    title: plain('Resolve', 24),
    submit: plain('Resolve', 24),
    close: plain('Cancel', 24),
    blocks: [
      {
        type: 'section',
        text: plain(`${entry.caller ?? 'The caller'} ${reasonInWords(entry)} (${entry.entry_id})`, 500),
      },
      {
        type: 'input',
        block_id: FIELDS.notes,
        label: plain('What was done', 150),
        element: {
          type: 'plain_text_input',
          action_id: FIELDS.notes,
          multiline: true,
          max_length: LONGEST_NOTES,
        },
      },
      ...(offered.length > 0 ? [tagChoice(offered)] : []),
      {
        type: 'input',
        block_id: FIELDS.newTags,
        label: plain(offered.length > 0 ? 'New tags' : 'Tags', 150),
        hint: plain('Separated by commas. They help us to learn.', 150),
        optional: true,
        element: { type: 'plain_text_input', action_id: FIELDS.newTags, max_length: LONGEST_NEW_TAGS },
      },
    ],
  };
}

function tagChoice(tags: readonly string[]) {
  return {
    type: 'input',
    block_id: FIELDS.tags,
    label: plain('Tags', 150),
    optional: true,
    element: {
      type: 'multi_static_select',
      action_id: FIELDS.tags,
      options: tags.map((tag) => ({ text: plain(tag, LONGEST_OPTION), value: tag })),
    },
  } as const;
}

/** What was typed, checked like the same through the API. @throws Problem `invalid_body` */
export function readForm({ view: { state } }: Submission): Body<Routes['resolveEntry']> {
  const notes = fieldOf(state, FIELDS.notes).value ?? '';
  const chosen = fieldOf(state, FIELDS.tags).selected_options.map(({ value }) => value);
  const typed = (fieldOf(state, FIELDS.newTags).value ?? '').split(',').map((tag) => tag.trim());
  const tags = [...new Set([...chosen, ...typed.filter(Boolean)])];
  if (notes.length > LONGEST_NOTES) {
    const message = `They may have ${LONGEST_NOTES} characters at most.`;
    throw invalid('invalid_body', [{ path: 'notes', message }]);
  }
  return validated(ROUTES.resolveEntry.body, { notes, tags }, 'invalid_body');
}

function fieldOf({ values }: Submission['view']['state'], name: string): FieldState {
  return values[name]?.[name] ?? { selected_options: [] };
}

/** Below the field that it is about; what is about none stands below the notes. */
export function formErrors({ errors, message }: Problem): FormErrors {
  const [first] = errors;
  if (first?.path.startsWith('tags')) return { [FIELDS.newTags]: first.message };
  return { [FIELDS.notes]: first?.message ?? message };
}
