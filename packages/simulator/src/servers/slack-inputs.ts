/** What a person fills into a modal's inputs, and what Slack's own client sends back before the application sees it. */
import type { SlackInput, SlackModal } from './slack-modals.ts';
import { readText } from './slack-reading.ts';

/** By block_id or label. Words; for a menu the option's value or label, several for several. */
export type InputValues = Readonly<Record<string, string | readonly string[]>>;

type Item = Readonly<Record<string, unknown>>;

/** As `view.state.values`: what is not given keeps its initial value. @throws for an input or option that is not there */
export function fillIn(
  { inputs, title }: SlackModal,
  given: InputValues,
): Record<string, Record<string, Item>> {
  const known = inputs.flatMap(({ block_id, label }) => [block_id, label]);
  const stray = Object.keys(given).find((name) => !known.includes(name));
  if (stray !== undefined)
    throw new Error(`The modal "${title}" has no input "${stray}", but ${known.join(', ') || 'none'}.`);
  return Object.fromEntries(
    inputs.map((input) => {
      const value = given[input.block_id] ?? given[input.label];
      return [input.block_id, { [input.action_id]: stateOf(input, value) }];
    }),
  );
}

function stateOf({ element, label }: SlackInput, given: string | readonly string[] | undefined): Item {
  const { type } = element;
  const options = () => [given ?? []].flat().map((wanted) => findOption(element, wanted, label));
  switch (type) {
    case 'plain_text_input':
      return { type, value: String(given ?? element.initial_value ?? '') || null };
    case 'users_select':
      return { type, selected_user: given ?? element.initial_user ?? null };
    case 'static_select':
    case 'radio_buttons':
      return { type, selected_option: given ? options()[0] : (element.initial_option ?? null) };
    default:
      return { type, selected_options: given ? options() : (element.initial_options ?? []) };
  }
}

function findOption({ options = [], option_groups = [] }: Item, wanted: string, label: string): Item {
  const all = [
    ...(options as Item[]),
    ...(option_groups as Item[]).flatMap((group) => group.options as Item[]),
  ];
  const found = all.find(({ value, text }) => value === wanted || readText(text) === wanted);
  if (!found) throw new Error(`"${label}" does not offer "${wanted}".`);
  return found;
}

/** What Slack says at the inputs, by block_id, and then sends nothing. */
export function complaintsAboutInputs(
  { inputs }: SlackModal,
  values: Readonly<Record<string, Readonly<Record<string, Item>>>>,
): Record<string, string> {
  return Object.fromEntries(
    inputs.flatMap((input) => {
      const complaint = complaintAbout(input, values[input.block_id]?.[input.action_id] ?? {});
      return complaint === null ? [] : [[input.block_id, complaint]];
    }),
  );
}

function complaintAbout({ element, optional }: SlackInput, state: Item): string | null {
  const value = state.value ?? state.selected_user ?? state.selected_option ?? state.selected_options;
  const empty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
  if (empty) return optional ? null : 'Please complete this required field.';
  const { min_length = 0, max_length = 3_000, max_selected_items = 100 } = element;
  if (typeof value === 'string' && value.length < Number(min_length))
    return `Please enter at least ${min_length} characters.`;
  if (typeof value === 'string' && value.length > Number(max_length))
    return `Please enter at most ${max_length} characters.`;
  if (Array.isArray(value) && value.length > Number(max_selected_items))
    return `Please choose at most ${max_selected_items}.`;
  return null;
}
