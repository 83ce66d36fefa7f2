/** A message as a person in the channel reads it. */

/** A button that can be pressed, or is only a link. */
export interface SlackButton {
  label: string;
  action_id: string | null;
  value: string | null;
  url: string | null;
}

type Item = Readonly<Record<string, unknown>>;

/** One line after the other; without blocks the text alone. */
export function readLines(text: string, blocks: readonly unknown[]): string[] {
  const lines = blocks.length > 0 ? blocks.map(asItem).flatMap(readBlock) : readMarkup(text).split('\n');
  return lines.map((line) => line.trimEnd());
}

export function findButtons(blocks: readonly unknown[]): SlackButton[] {
  return elementsOf(blocks)
    .filter(({ type }) => type === 'button')
    .map((button) => ({
      label: readText(button.text),
      action_id: stringOr(button.action_id, null),
      value: stringOr(button.value, null),
      url: stringOr(button.url, null),
    }));
}

/** Whom the message rings: `here`, `channel`, a user's or a group's id. */
export function findMentions(text: string, blocks: readonly unknown[]): string[] {
  const found = markupIn(text, blocks).flatMap((markup) => [
    ...markup.matchAll(/<(?:!(here|channel|everyone)|@([UW]\w+)|!subteam\^(S\w+))(?:\|[^>]*)?>/g),
  ]);
  return [...new Set(found.map(([, special, user, group]) => special ?? user ?? group ?? ''))];
}

/** Addresses in the words and behind buttons. */
export function findLinks(text: string, blocks: readonly unknown[]): string[] {
  const inWords = markupIn(text, blocks).flatMap((markup) =>
    [...markup.matchAll(/<((?:https?|mailto|tel):[^|>]+)(?:\|[^>]*)?>/g)].map(([, url]) =>
      unescaped(url ?? ''),
    ),
  );
  const behindButtons = findButtons(blocks).flatMap(({ url }) => url ?? []);
  return [...new Set([...inWords, ...behindButtons])];
}

function readBlock(block: Item): string[] {
  switch (block.type) {
    case 'header':
      return readText(block.text).split('\n');
    case 'section':
      return [
        ...(block.text ? readText(block.text).split('\n') : []),
        // Small cells side by side, mostly a name over a value: one line each.
        ...itemsOf(block.fields).map((text) => readText(text).replaceAll('\n', ': ')),
        ...(block.accessory ? [readElement(asItem(block.accessory))] : []),
      ];
    case 'context':
      return [itemsOf(block.elements).map(readElement).join(' ')];
    case 'actions':
      return [itemsOf(block.elements).map(readElement).join(' ')];
    case 'image':
      return [readElement(block)];
    case 'input':
      return [`${readText(block.label)}: ${readElement(asItem(block.element))}`];
    default:
      return ['———'];
  }
}

function readElement(element: Item): string {
  switch (element.type) {
    case 'plain_text':
    case 'mrkdwn':
      return readText(element);
    case 'image':
      return `(image: ${element.alt_text})`;
    case 'button':
      return element.url ? `[${readText(element.text)}: ${element.url}]` : `[${readText(element.text)}]`;
    default:
      return `[${readText(element.placeholder) || element.type}]`;
  }
}

export function readText(text: unknown): string {
  const { type, text: words } = asItem(text);
  if (typeof words !== 'string') return '';
  return type === 'mrkdwn' ? readMarkup(words) : words;
}

/** https://docs.slack.dev/messaging/formatting-message-text */
function readMarkup(markup: string): string {
  const named = markup
    // The reader's own time zone is not known here: the words for clients that can't show dates.
    .replace(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, '@$1')
    .replace(/<(?:@|!subteam\^)(\w+)\|([^>]+)>/g, '@$2')
    .replace(/<(?:@|!subteam\^)(\w+)>/g, '@$1')
    .replace(/<((?:https?|mailto|tel):[^|>]+)\|([^>]+)>/g, '$2 ($1)')
    .replace(/<((?:https?|mailto|tel):[^|>]+)>/g, '$1')
    .replace(/^&gt; ?/gm, '| ');
  return unescaped(withoutEmphasis(named));
}

/** `*bold*`, `_italic_`, `~struck~` and code marks count only around whole words. */
function withoutEmphasis(text: string): string {
  return text
    .replace(/```\n?([\s\S]*?)\n?```/g, '$1')
    .replace(/`([^`\n]+)`/g, '$1')
    .replace(/(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\w*_~])/g, '$2');
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Every string that Slack reads as markup. */
function markupIn(text: string, blocks: readonly unknown[]): string[] {
  const walk = (value: unknown): string[] => {
    if (Array.isArray(value)) return value.flatMap(walk);
    const item = asItem(value);
    if (item.type === 'mrkdwn' && typeof item.text === 'string') return [item.text];
    return Object.values(item).flatMap(walk);
  };
  return blocks.length > 0 ? walk(blocks) : [text];
}

function elementsOf(blocks: readonly unknown[]): Item[] {
  return blocks.map(asItem).flatMap((block) => [...itemsOf(block.elements), asItem(block.accessory)]);
}

function itemsOf(value: unknown): Item[] {
  return Array.isArray(value) ? value.map(asItem) : [];
}

function asItem(value: unknown): Item {
  return typeof value === 'object' && value !== null ? (value as Item) : {};
}

function stringOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise;
}
