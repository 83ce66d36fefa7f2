/**
 * Block Kit's rules for messages and modals, as Slack enforces them: what breaks one is refused whole.
 * https://docs.slack.dev/reference/block-kit
 */
import {
  boolean,
  complaint,
  duplicates,
  type Item,
  isItem,
  list,
  object,
  oneOf,
  type Rule,
  type Shape,
  string,
  typed,
  webAddress,
  wholeNumber,
} from './block-kit-rules.ts';

export function complaintsAboutBlocks(blocks: readonly unknown[], pointer = '/blocks'): string[] {
  return complaintsAbout(blocks, pointer, { most: 50, rule: messageBlock });
}

/** https://docs.slack.dev/reference/views/modal-views */
export function complaintsAboutView(view: unknown, pointer = '/view'): string[] {
  const wrong = modal(view, pointer);
  if (!isItem(view) || !Array.isArray(view.blocks)) return wrong;
  return [...wrong, ...complaintsAbout(view.blocks, `${pointer}/blocks`, { most: 100, rule: modalBlock })];
}

function complaintsAbout(
  blocks: readonly unknown[],
  pointer: string,
  { most, rule }: { most: number; rule: Rule },
): string[] {
  return [
    ...(blocks.length > most ? [complaint(pointer, `no more than ${most} items allowed`)] : []),
    ...blocks.flatMap((block, index) => rule(block, `${pointer}/${index}`)),
    ...duplicates(blocks, 'block_id').map((id) =>
      complaint(pointer, `block_id ${JSON.stringify(id)} already exists`),
    ),
  ];
}

const plainText = (most: number): Rule =>
  object({ required: { type: oneOf('plain_text'), text: string(most) }, optional: { emoji: boolean } });

const anyText = (most: number): Rule =>
  typed(
    {
      plain_text: { required: { text: string(most) }, optional: { emoji: boolean } },
      mrkdwn: { required: { text: string(most) }, optional: { verbatim: boolean } },
    },
    'a text object',
  );

const confirmation = object({
  required: { title: plainText(100), text: anyText(300), confirm: plainText(30), deny: plainText(30) },
  optional: { style: oneOf('primary', 'danger') },
});

const optionWith = (text: (most: number) => Rule) =>
  object({ required: { text: text(75), value: string(150) }, optional: { description: text(75) } });

const option = optionWith(plainText);

/** Beside boxes and radio buttons words may be bold. */
const markedOption = optionWith(anyText);

const optionGroup = object({ required: { label: plainText(75), options: list(100, option) } });

const MENU: Shape = {
  required: {},
  optional: {
    action_id: string(255),
    options: list(100, option),
    option_groups: list(100, optionGroup),
    placeholder: plainText(150),
    confirm: confirmation,
    focus_on_load: boolean,
  },
  whole: (menu, pointer) =>
    isItem(menu) && (menu.options === undefined) === (menu.option_groups === undefined)
      ? [complaint(pointer, 'must have either options or option_groups')]
      : [],
};

const image: Shape = { required: { image_url: webAddress, alt_text: string(2_000) } };

/** What can be chosen, in the rows of a message or as an input of a modal. */
const SELECTIONS: Readonly<Record<string, Shape>> = {
  users_select: {
    required: {},
    optional: {
      action_id: string(255),
      placeholder: plainText(150),
      initial_user: string(255),
      confirm: confirmation,
    },
  },
  static_select: { ...MENU, optional: { ...MENU.optional, initial_option: option } },
  checkboxes: {
    required: { options: list(10, markedOption) },
    optional: {
      action_id: string(255),
      initial_options: list(10, markedOption),
      confirm: confirmation,
      focus_on_load: boolean,
    },
  },
  radio_buttons: {
    required: { options: list(10, markedOption) },
    optional: {
      action_id: string(255),
      initial_option: markedOption,
      confirm: confirmation,
      focus_on_load: boolean,
    },
  },
};

/** Not in a row of buttons. */
const MULTI_SELECTIONS: Readonly<Record<string, Shape>> = {
  multi_static_select: {
    ...MENU,
    optional: {
      ...MENU.optional,
      initial_options: list(100, option),
      max_selected_items: wholeNumber(1, 100),
    },
  },
};

const INTERACTIVE: Readonly<Record<string, Shape>> = {
  ...SELECTIONS,
  button: {
    required: { text: plainText(75) },
    optional: {
      action_id: string(255),
      value: string(2_000),
      url: webAddress,
      style: oneOf('primary', 'danger'),
      confirm: confirmation,
      accessibility_label: string(75),
    },
  },
  overflow: {
    required: { options: list(5, option) },
    optional: { action_id: string(255), confirm: confirmation },
  },
};

const BLOCKS: Readonly<Record<string, Shape>> = {
  header: { required: { text: plainText(150) } },
  section: {
    required: {},
    optional: {
      text: anyText(3_000),
      fields: list(10, anyText(2_000)),
      accessory: typed({ ...INTERACTIVE, ...MULTI_SELECTIONS, image }, 'an accessory'),
      expand: boolean,
    },
    whole: (block, pointer) =>
      isItem(block) && block.text === undefined && block.fields === undefined
        ? [complaint(pointer, 'must have text or fields')]
        : [],
  },
  context: {
    required: {
      elements: list(10, (element, pointer) =>
        isItem(element) && element.type === 'image'
          ? typed({ image }, 'a context element')(element, pointer)
          : anyText(2_000)(element, pointer),
      ),
    },
  },
  actions: {
    required: { elements: list(25, typed(INTERACTIVE, 'an element of actions')) },
    whole: (block, pointer) =>
      isItem(block) && Array.isArray(block.elements)
        ? duplicates(block.elements, 'action_id').map((id) =>
            complaint(`${pointer}/elements`, `action_id ${JSON.stringify(id)} already exists`),
          )
        : [],
  },
  divider: { required: {} },
  image: { ...image, optional: { title: plainText(2_000) } },
};

const messageBlock = typed(BLOCKS, 'a block', { block_id: string(255) });

const INPUTS: Readonly<Record<string, Shape>> = {
  ...SELECTIONS,
  ...MULTI_SELECTIONS,
  plain_text_input: {
    required: {},
    optional: {
      action_id: string(255),
      placeholder: plainText(150),
      initial_value: string(3_000, 0),
      multiline: boolean,
      min_length: wholeNumber(0, 3_000),
      max_length: wholeNumber(1, 3_000),
      focus_on_load: boolean,
    },
  },
};

const modalBlock = typed(
  {
    ...BLOCKS,
    input: {
      required: { label: plainText(2_000), element: typed(INPUTS, 'an input element') },
      optional: { hint: plainText(2_000), optional: boolean, dispatch_action: boolean },
    },
  },
  'a block',
  { block_id: string(255) },
);

const array: Rule = (value, pointer) =>
  Array.isArray(value) ? [] : [complaint(pointer, 'must be an array')];

const modal = object({
  required: { type: oneOf('modal'), title: plainText(24), blocks: array },
  optional: {
    submit: plainText(24),
    close: plainText(24),
    callback_id: string(255, 0),
    external_id: string(255, 0),
    private_metadata: string(3_000, 0),
    clear_on_close: boolean,
    notify_on_close: boolean,
  },
  whole: (view, pointer) =>
    isItem(view) && hasInput(view) && view.submit === undefined
      ? [complaint(pointer, 'missing required field: submit')]
      : [],
});

function hasInput({ blocks }: Item): boolean {
  return Array.isArray(blocks) && blocks.some((block) => isItem(block) && block.type === 'input');
}
