import { expect, test } from 'vitest';
import { complaintsAboutBlocks, complaintsAboutView } from './block-kit.ts';

const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: 'x'.repeat(length) });
const button = (more: object = {}) => ({ type: 'button', text: plain(4), ...more });
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const DIVIDER = { type: 'divider' };
const OPTION = { text: plain(75), value: 'x'.repeat(150) };
const CONFIRM = {
  title: plain(100),
  text: mrkdwn(300),
  confirm: plain(30),
  deny: plain(30),
  style: 'danger',
};

test.each<[string, unknown[]]>([
  ['nothing', []],
  ['the most blocks', times(50, () => DIVIDER)],
  ['the longest header', [{ type: 'header', text: plain(150) }]],
  ['the longest section', [{ type: 'section', text: mrkdwn(3000), block_id: 'x'.repeat(255) }]],
  ['the most fields', [{ type: 'section', fields: times(10, () => mrkdwn(2000)) }]],
  ['an accessory', [{ type: 'section', text: plain(1), accessory: button() }]],
  ['context', [{ type: 'context', elements: times(10, () => mrkdwn(2000)) }]],
  ['an image', [{ type: 'image', image_url: 'https://a.test/x.png', alt_text: 'x' }]],
  ['the most buttons', [actions(...times(25, (index) => button({ action_id: `a${index}` })))]],
  [
    'the largest button',
    [actions({ ...button(), text: plain(75), value: 'x'.repeat(2000), style: 'primary', confirm: CONFIRM })],
  ],
  [
    'selects',
    [
      actions(
        { type: 'users_select', placeholder: plain(150) },
        { type: 'static_select', options: times(100, () => OPTION) },
      ),
    ],
  ],
  [
    'the same action in two blocks',
    [actions(button({ action_id: 'a' })), actions(button({ action_id: 'a' }))],
  ],
])('%s is fine', (_, blocks) => {
  expect(complaintsAboutBlocks(blocks)).toEqual([]);
});

test.each<[string, unknown[], string, string]>([
  ['too many blocks', times(51, () => DIVIDER), '/blocks', 'no more than 50 items allowed'],
  ['no block', ['hello'], '/blocks/0', 'must be an object'],
  ['no type', [{}], '/blocks/0/type', 'unsupported type for a block: undefined'],
  ['an unknown type', [DIVIDER, { type: 'table' }], '/blocks/1/type', 'unsupported type for a block: table'],
  [
    'a type that every object has',
    [{ type: 'toString' }],
    '/blocks/0/type',
    'unsupported type for a block: toString',
  ],
  [
    'an unknown member',
    [{ type: 'divider', color: 'red' }],
    '/blocks/0',
    'invalid additional property: color',
  ],
  [
    'a long header',
    [{ type: 'header', text: plain(151) }],
    '/blocks/0/text/text',
    'must be less than 151 characters',
  ],
  [
    'an empty header',
    [{ type: 'header', text: plain(0) }],
    '/blocks/0/text/text',
    'must be more than 0 characters',
  ],
  [
    'markup in a header',
    [{ type: 'header', text: mrkdwn(1) }],
    '/blocks/0/text/type',
    'must be one of plain_text',
  ],
  ['a header that is a string', [{ type: 'header', text: 'Hi' }], '/blocks/0/text', 'must be an object'],
  ['a header without text', [{ type: 'header' }], '/blocks/0', 'missing required field: text'],
  ['a section without anything', [{ type: 'section' }], '/blocks/0', 'must have text or fields'],
  [
    'a long section',
    [{ type: 'section', text: mrkdwn(3001) }],
    '/blocks/0/text/text',
    'must be less than 3001 characters',
  ],
  [
    'too many fields',
    [{ type: 'section', fields: times(11, () => mrkdwn(1)) }],
    '/blocks/0/fields',
    'no more than 10 items allowed',
  ],
  ['no fields', [{ type: 'section', fields: [] }], '/blocks/0/fields', 'no fewer than 1 items allowed'],
  [
    'a long field',
    [{ type: 'section', fields: [mrkdwn(2001)] }],
    '/blocks/0/fields/0/text',
    'must be less than 2001 characters',
  ],
  [
    'emoji of markup',
    [{ type: 'section', text: { ...mrkdwn(1), emoji: true } }],
    '/blocks/0/text',
    'invalid additional property: emoji',
  ],
  [
    'too much context',
    [{ type: 'context', elements: times(11, () => plain(1)) }],
    '/blocks/0/elements',
    'no more than 10 items allowed',
  ],
  [
    'a button in context',
    [{ type: 'context', elements: [button()] }],
    '/blocks/0/elements/0/type',
    'unsupported type for a text object: button',
  ],
  ['no buttons', [actions()], '/blocks/0/elements', 'no fewer than 1 items allowed'],
  [
    'too many buttons',
    [actions(...times(26, () => button()))],
    '/blocks/0/elements',
    'no more than 25 items allowed',
  ],
  [
    'a long label',
    [actions(button({ text: plain(76) }))],
    '/blocks/0/elements/0/text/text',
    'must be less than 76 characters',
  ],
  [
    'a label with markup',
    [actions(button({ text: mrkdwn(1) }))],
    '/blocks/0/elements/0/text/type',
    'must be one of plain_text',
  ],
  [
    'a long value',
    [actions(button({ value: 'x'.repeat(2001) }))],
    '/blocks/0/elements/0/value',
    'must be less than 2001 characters',
  ],
  [
    'a value that is an object',
    [actions(button({ value: {} }))],
    '/blocks/0/elements/0/value',
    'must be a string',
  ],
  [
    'a long address',
    [actions(button({ url: `https://a.test/${'x'.repeat(3000)}` }))],
    '/blocks/0/elements/0/url',
    'must be less than 3001 characters',
  ],
  [
    'a path as an address',
    [actions(button({ url: 'docs/runbook.md' }))],
    '/blocks/0/elements/0/url',
    'must be a valid URL',
  ],
  [
    'an unknown style',
    [actions(button({ style: 'default' }))],
    '/blocks/0/elements/0/style',
    'must be one of primary, danger',
  ],
  [
    'a repeated action',
    [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
    '/blocks/0/elements',
    'action_id "a" already exists',
  ],
  [
    'a long action_id',
    [actions(button({ action_id: 'x'.repeat(256) }))],
    '/blocks/0/elements/0/action_id',
    'must be less than 256 characters',
  ],
  [
    'a long block_id',
    [{ type: 'divider', block_id: 'x'.repeat(256) }],
    '/blocks/0/block_id',
    'must be less than 256 characters',
  ],
  [
    'a repeated block_id',
    times(2, () => ({ type: 'divider', block_id: 'a' })),
    '/blocks',
    'block_id "a" already exists',
  ],
  [
    'too many options',
    [actions({ type: 'static_select', options: times(101, () => OPTION) })],
    '/blocks/0/elements/0/options',
    'no more than 100 items allowed',
  ],
  [
    'an image without words',
    [{ type: 'image', image_url: 'https://a.test/x.png' }],
    '/blocks/0',
    'missing required field: alt_text',
  ],
])('%s is refused', (_, blocks, pointer, message) => {
  expect(complaintsAboutBlocks(blocks)).toEqual([`[ERROR] ${message} [json-pointer:${pointer}]`]);
});

const input = (element: object, more: object = {}) => ({ type: 'input', label: plain(4), element, ...more });
const words = (more: object = {}) => ({ type: 'plain_text_input', ...more });
const menu = (more: object) => ({ type: 'multi_static_select', ...more });
const GROUP = { label: plain(75), options: [OPTION] };
const modal = (blocks: unknown[], more: object = {}) => ({
  ...{ type: 'modal', title: plain(24), submit: plain(24), blocks },
  ...more,
});

test.each<[string, object]>([
  ['nothing to fill in', { type: 'modal', title: plain(24), blocks: [] }],
  ['the most blocks', modal(times(100, () => DIVIDER))],
  [
    'the longest words',
    modal([], {
      ...{ close: plain(24), callback_id: 'x'.repeat(255), external_id: 'x'.repeat(255) },
      ...{ private_metadata: 'x'.repeat(3_000), notify_on_close: true },
    }),
  ],
  [
    'words to write',
    modal([input(words({ multiline: true, min_length: 0, max_length: 3_000, placeholder: plain(150) }))]),
  ],
  ['a menu in groups', modal([input(menu({ option_groups: times(100, () => GROUP) }), { optional: true })])],
  [
    'boxes',
    modal([input({ type: 'checkboxes', options: times(10, () => OPTION), initial_options: [OPTION] })]),
  ],
])('a modal with %s is fine', (_, view) => {
  expect(complaintsAboutView(view)).toEqual([]);
});

test.each<[string, unknown, string, string]>([
  ['that is none', 'modal', '', 'must be an object'],
  ['of another type', modal([], { type: 'home' }), '/type', 'must be one of modal'],
  ['without a title', modal([], { title: undefined }), '', 'missing required field: title'],
  ['with a long title', modal([], { title: plain(25) }), '/title/text', 'must be less than 25 characters'],
  ['with a long button', modal([], { submit: plain(25) }), '/submit/text', 'must be less than 25 characters'],
  [
    'with much to remember',
    modal([], { private_metadata: 'x'.repeat(3_001) }),
    '/private_metadata',
    'must be less than 3001 characters',
  ],
  ['with too many blocks', modal(times(101, () => DIVIDER)), '/blocks', 'no more than 100 items allowed'],
  ['without a button', modal([input(words())], { submit: undefined }), '', 'missing required field: submit'],
  [
    'with too long an input',
    modal([input(words({ max_length: 3_001 }))]),
    '/blocks/0/element/max_length',
    'must be an integer from 1 to 3000',
  ],
  [
    'with an input without a label',
    modal([{ type: 'input', element: words() }]),
    '/blocks/0',
    'missing required field: label',
  ],
  [
    'with a button as an input',
    modal([input(button())]),
    '/blocks/0/element/type',
    'unsupported type for an input element: button',
  ],
  [
    'with a menu of both kinds',
    modal([input(menu({ options: [OPTION], option_groups: [GROUP] }))]),
    '/blocks/0/element',
    'must have either options or option_groups',
  ],
  [
    'with too many boxes',
    modal([input({ type: 'checkboxes', options: times(11, () => OPTION) })]),
    '/blocks/0/element/options',
    'no more than 10 items allowed',
  ],
])('a modal %s is refused', (_, view, pointer, message) => {
  expect(complaintsAboutView(view)).toContain(`[ERROR] ${message} [json-pointer:/view${pointer}]`);
});

test('what belongs into a modal is refused in a message', () => {
  expect(complaintsAboutBlocks([input(words())])[0]).toContain('unsupported type for a block: input');
  expect(complaintsAboutBlocks([actions(menu({ options: [OPTION] }))])[0]).toContain('unsupported type');
});
