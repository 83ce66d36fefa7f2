/**
 * Block Kit's rules for messages, as Slack enforces them: a message that breaks one is refused whole.
 * https://docs.slack.dev/reference/block-kit
 */

/** Complaints are worded like Slack's: what is wrong, and a JSON pointer to where. */
export function complaintsAboutBlocks(blocks: readonly unknown[], pointer = '/blocks'): string[] {
  const at = complainer(pointer);
  return [
    ...(blocks.length > 50 ? at('', 'no more than 50 items allowed') : []),
    ...blocks.flatMap((block, index) => messageBlock(block, `${pointer}/${index}`)),
    ...duplicates(blocks, 'block_id').flatMap((id) =>
      at('', `block_id ${JSON.stringify(id)} already exists`),
    ),
  ];
}

type Item = Readonly<Record<string, unknown>>;
type Rule = (value: unknown, pointer: string) => string[];
interface Shape {
  required: Readonly<Record<string, Rule>>;
  optional?: Readonly<Record<string, Rule>>;
  /** What no single property shows. */
  whole?: Rule;
}

function complaint(pointer: string, message: string): string {
  return `[ERROR] ${message} [json-pointer:${pointer}]`;
}

function complainer(pointer: string): (path: string, message: string) => string[] {
  return (path, message) => [complaint(pointer + path, message)];
}

const string =
  (most: number, least = 1): Rule =>
  (value, pointer) => {
    if (typeof value !== 'string') return [complaint(pointer, 'must be a string')];
    if (value.length < least) return [complaint(pointer, `must be more than ${least - 1} characters`)];
    return value.length > most ? [complaint(pointer, `must be less than ${most + 1} characters`)] : [];
  };

const boolean: Rule = (value, pointer) =>
  typeof value === 'boolean' ? [] : [complaint(pointer, 'must be a boolean')];

const oneOf =
  (...words: string[]): Rule =>
  (value, pointer) =>
    words.includes(value as string) ? [] : [complaint(pointer, `must be one of ${words.join(', ')}`)];

const webAddress: Rule = (value, pointer) => {
  const wrong = string(3_000)(value, pointer);
  if (wrong.length > 0) return wrong;
  return /^[a-z][a-z\d+.-]*:\/\/\S+$/i.test(value as string) && URL.canParse(value as string)
    ? []
    : [complaint(pointer, 'must be a valid URL')];
};

const list =
  (most: number, rule: Rule): Rule =>
  (value, pointer) => {
    if (!Array.isArray(value)) return [complaint(pointer, 'must be an array')];
    if (value.length === 0) return [complaint(pointer, 'no fewer than 1 items allowed')];
    const tooMany = value.length > most ? [complaint(pointer, `no more than ${most} items allowed`)] : [];
    return [...tooMany, ...value.flatMap((item, index) => rule(item, `${pointer}/${index}`))];
  };

const object =
  (shape: Shape): Rule =>
  (value, pointer) => {
    if (!isItem(value)) return [complaint(pointer, 'must be an object')];
    const rules = { ...shape.required, ...shape.optional };
    const missing = Object.keys(shape.required).filter((name) => value[name] === undefined);
    return [
      ...missing.map((name) => complaint(pointer, `missing required field: ${name}`)),
      ...Object.entries(value).flatMap(([name, member]) => {
        const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
        return rule
          ? rule(member, `${pointer}/${name}`)
          : [complaint(pointer, `invalid additional property: ${name}`)];
      }),
      ...(shape.whole?.(value, pointer) ?? []),
    ];
  };

/** One of several shapes, told apart by `type`; `common`: optional members of each. */
const typed =
  (shapes: Readonly<Record<string, Shape>>, kind: string, common: Shape['optional'] = {}): Rule =>
  (value, pointer) => {
    if (!isItem(value)) return [complaint(pointer, 'must be an object')];
    const type = String(value.type);
    const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
    if (!shape) return [complaint(`${pointer}/type`, `unsupported type for ${kind}: ${type}`)];
    return object({
      ...shape,
      required: { type: oneOf(type), ...shape.required },
      optional: { ...shape.optional, ...common },
    })(value, pointer);
  };

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

const option = object({
  required: { text: plainText(75), value: string(150) },
  optional: { description: plainText(75) },
});

const image: Shape = { required: { image_url: webAddress, alt_text: string(2_000) } };

const INTERACTIVE: Readonly<Record<string, Shape>> = {
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
  users_select: {
    required: {},
    optional: {
      action_id: string(255),
      placeholder: plainText(150),
      initial_user: string(255),
      confirm: confirmation,
    },
  },
  static_select: {
    required: { options: list(100, option) },
    optional: {
      action_id: string(255),
      placeholder: plainText(150),
      initial_option: option,
      confirm: confirmation,
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
      accessory: typed({ ...INTERACTIVE, image }, 'an accessory'),
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

function duplicates(items: readonly unknown[], name: string): unknown[] {
  const ids = items.filter(isItem).flatMap((item) => (item[name] === undefined ? [] : [item[name]]));
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
